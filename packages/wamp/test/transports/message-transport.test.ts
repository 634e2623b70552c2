import { expect, it } from 'vitest'
import { MessageTooLarge } from '../../src/transports/message-transport.ts'

it('tells the size of a message that is too large, and what its receiver takes', () => {
  const error = new MessageTooLarge(600, 512)
  expect(error.message).toBe('a message of 600 octets is larger than the 512 that its receiver takes')
  expect([error.size, error.maxSize, error.code]).toEqual([600, 512, 'ERR_WAMP_MESSAGE_TOO_LARGE'])
})
