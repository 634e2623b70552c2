import { expect, it } from 'vitest'
import { Call } from '../../../src/v1/rpc/call.ts'

it('has the values of the message, and neither result nor error yet', () => {
  const protocol = {}
  const call = new Call(protocol, 'id', 'uri', [1])
  expect(call).toMatchObject({ protocol, callId: 'id', uri: 'uri', args: [1] })
  expect([call.result, call.error, call.extra]).toEqual([undefined, undefined, undefined])
})
