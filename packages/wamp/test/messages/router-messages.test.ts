import { expect, it } from 'vitest'
import { routerMessages } from '../../src/messages/router-messages.ts'

it('has the messages that a router sends, also those that clients send too', () => {
  expect(routerMessages().map(({ name }) => name)).toEqual([
    ...['WELCOME', 'ABORT', 'CHALLENGE', 'GOODBYE', 'ERROR', 'PUBLISHED', 'SUBSCRIBED', 'UNSUBSCRIBED', 'EVENT', 'RESULT', 'REGISTERED'],
    ...['UNREGISTERED', 'INVOCATION', 'INTERRUPT'],
  ])
  expect(routerMessages().every(({ isFromRouter }) => isFromRouter)).toBe(true)
})
