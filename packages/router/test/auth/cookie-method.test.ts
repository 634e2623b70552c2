import type { TransportCookie } from '@autobahn-ts/wamp/protocol'
import { describe, expect, it } from 'vitest'
import type { AuthOptions } from '../../src/auth/auth-options.ts'
import type { CookieMethod } from '../../src/auth/cookie-method.ts'
import { CookieStore } from '../../src/auth/cookie-store.ts'
import type { Method } from '../../src/auth/method.ts'
import { methodsOf } from '../../src/auth/methods.ts'
import { authWorld, challengeOf, joinRequest } from '../fixtures/join-requests.ts'

const users = { joe: { ticket: 't', role: 'user' }, jim: { ticket: 'u', role: 'user' } }

describe('the method cookie', () => {
  it('knows a client that has joined by another method', async () => {
    const { joins, begin } = await world()
    await joins('joe', 't', { issued: 'c' })
    expect(await begin({ known: 'c' })).toEqual({ principal: { authid: 'joe', authrole: 'user', authprovider: 'static' } })
    expect(await begin({ known: 'c' }, 'joe')).toBeDefined()
  })

  it.each<[string, TransportCookie | undefined, string | undefined]>([
    ['without a cookie', undefined, undefined],
    ['with a cookie that was issued just now', { issued: 'c' }, undefined],
    ['with a cookie of nobody', { known: 'd' }, undefined],
    ['that gives another name', { known: 'c' }, 'jim'],
  ])('does not apply to a client %s', async (_, cookie, authid) => {
    const { joins, begin } = await world()
    await joins('joe', 't', { issued: 'c' })
    expect(await begin(cookie, authid)).toBeUndefined()
  })

  it('knows nobody in another realm', async () => {
    const { joins, methods } = await world()
    await joins('joe', 't', { issued: 'c' })
    expect(await methods.get('cookie')!.begin(joinRequest({ realm: 'realm2', transport: withCookie({ known: 'c' }) }))).toBeUndefined()
  })

  it.each<[string, AuthOptions]>([
    ['is gone', { ticket: { users: { jim: users.jim } } }],
    ['has another secret', { ticket: { users: { joe: { ticket: 'new', role: 'user' } } } }],
    ['joins by another method', { wampcra: { users: { joe: { secret: 't', role: 'user' } } } }],
  ])('forgets a client whose user %s after a reload', async (_, options) => {
    const { joins, reloaded } = await world()
    await joins('joe', 't', { issued: 'c' })
    const { begin, store } = reloaded(options)
    expect(await begin({ known: 'c' })).toBeUndefined()
    expect(store.size).toBe(0)
  })

  it('has the present role of a user', async () => {
    const { joins, reloaded } = await world()
    await joins('joe', 't', { issued: 'c' })
    const { begin } = reloaded({ ticket: { users: { joe: { ticket: 't', role: 'admin' } } } })
    expect(await begin({ known: 'c' })).toMatchObject({ principal: { authrole: 'admin' } })
  })

  it('believes a function that checks tickets for as long as the cookie lasts', async () => {
    const check = { check: () => ({ authid: 'ann', role: 'guest' }) }
    const { joins, begin, pass } = await world({ ticket: check })
    await joins('ann', 'x', { issued: 'c' })
    expect(await begin({ known: 'c' })).toMatchObject({ principal: { authid: 'ann', authrole: 'guest' } })
    pass(604_800_000)
    expect(await begin({ known: 'c' })).toBeUndefined()
  })

  it('holds to a lower age after a reload, also for cookies that are there', async () => {
    const { joins, reloaded, pass } = await world()
    await joins('joe', 't', { issued: 'c' })
    await joins('jim', 'u', { issued: 'd' })
    const { begin, store } = reloaded({ ticket: { users }, cookie: { maxAge: 60 } })
    pass(59_999)
    expect(await begin({ known: 'c' })).toMatchObject({ principal: { authid: 'joe' } })
    pass(1)
    expect(await begin({ known: 'd' })).toBeUndefined()
    expect(store.size).toBe(1)
  })

  it('remembers nobody who has no name, and nobody under a cookie that was brought', async () => {
    const { cookie, joins, store } = await world()
    const guest = { authid: 'random', authrole: 'guest' }
    for (const authmethod of ['anonymous', 'local', 'tls']) {
      expect(cookie.joined(joinRequest({ transport: withCookie({ issued: 'c' }) }), authmethod, guest)).toBeUndefined()
    }
    await joins('joe', 't', { known: 'planted' })
    expect(store.size).toBe(0)
  })

  it('forgets the cookie of a client when another one joins over it', async () => {
    const { joins, begin, store } = await world()
    await joins('joe', 't', { issued: 'c' })
    await joins('joe', 't', { known: 'c' })
    expect(store.size).toBe(1)
    await joins('jim', 'u', { known: 'c' })
    expect(store.size).toBe(0)
    expect(await begin({ known: 'c' })).toBeUndefined()
  })

  it('names the cookie of a client that proves itself anew, so that a logout makes it void', async () => {
    const { joins } = await world()
    expect(await joins('joe', 't', { issued: 'c' })).toBe('c')
    expect(await joins('joe', 't', { known: 'c' })).toBe('c')
    expect(await joins('jim', 'u', { known: 'c' })).toBeUndefined()
  })

  it.each([0, 1.5, -1, 31_536_001, '60'])('refuses %j as the age of a cookie', async maxAge => {
    await expect(world({ cookie: { maxAge: maxAge as number } })).rejects.toThrow('maxAge of cookie must be a whole number of seconds')
  })
})

async function world(options: AuthOptions = { ticket: { users } }) {
  let now = 0
  const random = authWorld()
  const clock = { ...random, today: () => now }
  const store = new CookieStore({ ...clock, settings: () => ({ maxAge: 1, secure: false }) })
  const withMethods = (given: AuthOptions) => {
    const methods = methodsOf({ cookie: {}, ...given }, clock, store)
    const cookie = methods.get('cookie') as CookieMethod
    const begin = async (brought?: TransportCookie, authid?: string) =>
      cookie.begin(joinRequest({ realm: 'realm1', authid, transport: withCookie(brought) }))
    const joins = async (authid: string, secret: string, brought: TransportCookie) => {
      const request = joinRequest({ realm: 'realm1', authid, transport: withCookie(brought) })
      const method = methods.get('ticket') as Method
      const principal = await challengeOf(await method.begin(request)).answered(secret, {})
      return cookie.joined(request, 'ticket', principal!)
    }
    return { methods, cookie, begin, joins, store }
  }
  const pass = (milliseconds: number) => {
    now += milliseconds
  }
  return { ...withMethods(options), reloaded: withMethods, pass }
}

function withCookie(cookie: TransportCookie | undefined) {
  return { kind: 'websocket' as const, peer: '', isSecure: false, headers: {}, cookie }
}
