import { expect, it } from 'vitest'
import { MessageType } from '../../src/messages/message-type.ts'
import { refuse, refuseUnknown } from '../../src/session/refuse.ts'

it('answers with wamp.error.unavailable, after which a dealer may ask another callee', () => {
  const sent: unknown[] = []
  const link = { send: (message: unknown) => sent.push(message) } as never
  refuse(link, 7, 'no')
  refuseUnknown(link, 8, 9)
  const answer = (request: number, why: string) => {
    const payload = { args: [why], kwargs: {} }
    return [MessageType.ERROR, MessageType.INVOCATION, request, {}, 'wamp.error.unavailable', payload]
  }
  expect(sent).toEqual([answer(7, 'no'), answer(8, 'there is no registration 9')])
})
