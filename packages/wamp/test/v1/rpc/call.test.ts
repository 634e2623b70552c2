import { expect, it } from 'vitest'
import { Call } from '../../../src/v1/rpc/call.ts'

it('is what came in, and nothing yet of what comes out', () => {
  const protocol = {}
  const call = new Call(protocol, 'id', 'uri', [1])
  expect(call).toMatchObject({ protocol, callId: 'id', uri: 'uri', args: [1] })
  expect([call.result, call.error, call.extra]).toEqual([undefined, undefined, undefined])
})
