import { expect, it } from 'vitest'
import { clientMessages } from '../../src/messages/client-messages.ts'

it('has the messages that only a client sends', () => {
  expect(clientMessages().map(({ name }) => name)).toEqual([
    ...['HELLO', 'AUTHENTICATE', 'PUBLISH', 'SUBSCRIBE', 'UNSUBSCRIBE', 'CALL', 'CANCEL', 'REGISTER', 'UNREGISTER', 'YIELD'],
  ])
  expect(clientMessages().some(({ isFromRouter }) => isFromRouter)).toBe(false)
})
