import { MessageType } from '@autobahn-ts/wamp/protocol'
import { expect, it } from 'vitest'
import { refusal } from '../../src/parties/refusal.ts'

it('refusal makes ERROR, with or without a sentence', () => {
  expect(refusal(MessageType.CALL, 3, 'wamp.error.timeout', 'too late')).toEqual([
    MessageType.ERROR,
    MessageType.CALL,
    3,
    {},
    'wamp.error.timeout',
    { args: ['too late'], kwargs: {} },
  ])
  expect(refusal(MessageType.CALL, 3, 'wamp.error.timeout')[5]).toBeUndefined()
})
