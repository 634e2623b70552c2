import { describe, expect, it } from 'vitest'
import { CookieStore, type RememberedClient } from '../../src/auth/cookie-store.ts'

describe('a store of cookies', () => {
  it('issues 256 random bits for the host alone, which no script and no other site can use', () => {
    const { store } = world()
    const { cookie, setCookie } = store.meet('', false)
    const [, value = ''] = /^wamp=([A-Za-z0-9_-]+); Path=\/; Max-Age=3600; HttpOnly; SameSite=Strict$/.exec(setCookie!) ?? []
    expect(Buffer.from(value, 'base64url')).toHaveLength(32)
    expect(cookie.known).toBeUndefined()
    expect(cookie.issued).not.toContain(value)
    expect(store.meet('', true).setCookie).toMatch(/^__Host-wamp=.*; Path=\/; .*; Secure$/)
    expect(world({ secure: true }).store.meet('', false).setCookie).toMatch(/^__Host-wamp=.*; Secure$/)
  })

  it('knows a cookie again once its client has joined, and issues no other one then', () => {
    const { store, issued } = world()
    const { id, header } = issued()
    expect(store.meet(header, false).cookie.known).toBeUndefined()
    store.remember(id, joe)
    expect(store.meet(`a=b; ${header}; c=d`, false)).toEqual({ cookie: { known: id } })
    expect(store.find(id, 'realm1')).toBe(joe)
    expect(store.find(id, 'realm2')).toBeUndefined()
  })

  it('never takes over a cookie that a request has brought', () => {
    const { store } = world()
    for (const header of ['wamp=planted', 'wamp=', 'wamp', '=wamp', 'wamp==', `wamp=${'x'.repeat(100_000)}`, ';;;']) {
      const { cookie, setCookie } = store.meet(header, false)
      expect(cookie.known).toBeUndefined()
      expect(setCookie).not.toContain('planted')
    }
  })

  it('takes two cookies of its name for none, because one of them is from elsewhere', () => {
    const { store, issued } = world()
    const { id, header } = issued()
    store.remember(id, joe)
    expect(store.meet(`${header}; wamp=planted`, false).cookie.known).toBeUndefined()
    expect(store.meet(`wamp=planted; ${header}`, false).cookie.known).toBeUndefined()
  })

  it('does not know over TLS what was issued without it', () => {
    const { store, issued } = world()
    const { id, header } = issued()
    store.remember(id, joe)
    expect(store.meet(header, true).cookie.known).toBeUndefined()
  })

  it('forgets cookies after their time, on demand, and with their realm', () => {
    const { store, issued, pass } = world()
    const [one, two, three] = [issued(), issued(), issued()]
    for (const { id } of [one, two]) store.remember(id, joe)
    store.remember(three.id, { ...joe, realm: 'realm2' })
    store.forget(one.id)
    store.forget(one.id)
    expect([one, two].map(({ header }) => store.meet(header, false).cookie.known)).toEqual([undefined, two.id])
    store.forgetRealm('realm2')
    expect(store.size).toBe(1)
    pass(1000)
    expect(store.find(two.id, 'realm1')).toBeUndefined()
    expect(store.size).toBe(0)
  })

  it('keeps a hundred cookies of one client, and no client pushes out those of another', () => {
    const { store, issued } = world()
    const jim = issued()
    store.remember(jim.id, { ...joe, principal: { authid: 'jim', authrole: 'user' } })
    const all = Array.from({ length: 102 }, issued)
    for (const { id } of all) store.remember(id, joe)
    expect(store.size).toBe(101)
    expect(store.find(jim.id, 'realm1')).toBeDefined()
    expect(all.map(({ id }) => store.find(id, 'realm1') !== undefined).indexOf(true)).toBe(2)
  })

  it('keeps 100,000 cookies, of which the oldest goes first', () => {
    const { store } = world()
    for (let n = 0; n <= 100_000; n++) store.remember(`${n}`, { ...joe, principal: { authid: `${n}`, authrole: 'user' } })
    expect(store.size).toBe(100_000)
    expect([store.find('0', 'realm1'), store.find('1', 'realm1')?.principal.authid]).toEqual([undefined, '1'])
  })
})

const joe: RememberedClient = {
  realm: 'realm1',
  authmethod: 'ticket',
  principal: { authid: 'joe', authrole: 'user' },
  credential: 'hash',
  since: 0,
  expires: 1000,
}

function world({ secure = false } = {}) {
  let now = 0
  const store = new CookieStore({
    randomOctets: length => crypto.getRandomValues(new Uint8Array(length)),
    today: () => now,
    settings: () => ({ maxAge: 3600, secure }),
  })
  const issued = () => {
    const { cookie, setCookie = '' } = store.meet('', false)
    return { id: cookie.issued!, header: setCookie.split(';')[0]! }
  }
  const pass = (milliseconds: number) => {
    now += milliseconds
  }
  return { store, issued, pass }
}
