import { expect, it } from 'vitest'
import { JoinRefused } from '../../src/session/join-refused.ts'
import { isWampError } from '../../src/session/wamp-error.ts'

it('JoinRefused is a WampError with the details of ABORT', () => {
  const error = new JoinRefused('wamp.error.no_such_realm', { message: 'no realm x' }, { args: [1], kwargs: {} })
  expect(isWampError(error, 'wamp.error.no_such_realm')).toBe(true)
  expect(error).toMatchObject({ name: 'JoinRefused', code: 'ERR_WAMP_JOIN_REFUSED', args: [1], details: { message: 'no realm x' } })
  expect(error.message).toBe('the router refused the session: no realm x (wamp.error.no_such_realm)')
  expect(error.retryAfter).toBe(0)
  expect(new JoinRefused('wamp.close.system_shutdown', { _retry_after: 1200 }, undefined).retryAfter).toBe(1200)
})

it('JoinRefused without a message has its URI', () => {
  expect(new JoinRefused('wamp.error.no_such_realm', {}, undefined).message).toBe(
    'the router refused the session: wamp.error.no_such_realm',
  )
})
