import { expect, it } from 'vitest'
import { ErrorUri, procedureUri, topicUri } from '../../../src/v1/messages/uris.ts'

it('has the URIs of WAMP 1, letter for letter', () => {
  expect([procedureUri, topicUri]).toEqual(['http://api.wamp.ws/procedure#', 'http://api.wamp.ws/topic#'])
  expect([ErrorUri.Generic, ErrorUri.Internal, ErrorUri.NoSuchRpcEndpoint]).toEqual([
    'http://api.wamp.ws/error#generic',
    'http://api.wamp.ws/error#internal',
    'http://api.wamp.ws/error#NoSuchRPCEndpoint',
  ])
})
