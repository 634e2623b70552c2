import { expect, it } from 'vitest'
import { cookie } from '../../src/auth/cookie.ts'

it('the method cookie offers itself, says nothing, and is never challenged', async () => {
  const method = cookie()
  expect(method.name).toBe('cookie')
  const { hello, answer } = await method.begin({ kind: 'websocket', peer: '', isSecure: false, headers: {} })
  expect(hello).toEqual({})
  expect(() => answer({}, 'cookie')).toThrow('a router never challenges a client for the method cookie')
})
