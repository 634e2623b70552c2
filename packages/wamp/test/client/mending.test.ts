import { ApiMisuse, HandshakeFailed } from '@autobahn-ts/websocket/portable'
import { expect, it } from 'vitest'
import { isWorthRetrying } from '../../src/client/mending.ts'
import { JoinRefused } from '../../src/session/join-refused.ts'
import { SessionClosed } from '../../src/session/session-closed.ts'

it.each([
  [new ApiMisuse('a bug'), false],
  [new JoinRefused('wamp.error.no_such_realm', {}, undefined), false],
  [new JoinRefused('wamp.error.no_auth_method', {}, undefined), false],
  [new JoinRefused('wamp.close.system_shutdown', {}, undefined), true],
  [new HandshakeFailed('refused', 403), false],
  [new HandshakeFailed('refused', 503), true],
  [new SessionClosed('lost', false, 'wamp.close.killed'), true],
  [new Error('ECONNREFUSED'), true],
])('%s is worth another try: %s', (cause, expected) => {
  expect(isWorthRetrying({ code: 1006, reason: cause.message, cause })).toBe(expected)
})
