import { connect, cookie, ticket } from '@autobahn-ts/wamp'
import { afterEach, describe, expect, it } from 'vitest'
import WebSocket from 'ws'
import { createRouter } from '../../src/node/create-router.ts'
import { listen } from '../../src/node/listening/listen.ts'
import type { ListenOptions } from '../../src/node/listening/listen-options.ts'
import type { RouterListener } from '../../src/node/listening/router-listener.ts'
import { fullAccess } from '../../src/realm/access.ts'
import type { RealmOptions } from '../../src/router/router.ts'

const open: RouterListener[] = []
afterEach(async () => {
  for (const listener of open.splice(0)) await listener.close({ timeout: 0 })
})

const users = { joe: { ticket: 't', role: 'user' }, jim: { ticket: 'u', role: 'user' } }
const realm = { auth: { ticket: { users }, cookie: {} }, access: fullAccess }

describe('a browser whose client has joined', () => {
  it('joins again by its cookie, without the secret', async () => {
    const { visit } = await serving()
    const first = await visit()
    expect(await first.join('joe', 't')).toMatchObject({ authid: 'joe', authmethod: 'ticket' })
    expect(first.setCookie).toMatch(/^wamp=[\w-]{43}; Path=\/; Max-Age=604800; HttpOnly; SameSite=Strict$/)
    const second = await visit(first.cookie)
    expect(second.setCookie).toBeUndefined()
    expect(await second.join()).toMatchObject({ authid: 'joe', authrole: 'user', authmethod: 'cookie' })
  })

  it('joins over long-poll by the cookie that it got over WebSocket, and the other way round', async () => {
    const { visit, url } = await serving()
    const first = await visit()
    await first.join('joe', 't')
    const http = url.replace('ws:', 'http:')
    const client = await connect(`${http}/lp`, { realm: 'realm1', auth: cookie(), transport: { headers: { Cookie: first.cookie } } })
    expect(client.session).toMatchObject({ authid: 'joe', authmethod: 'cookie' })
    await client.close()
    const body = JSON.stringify({ protocols: ['wamp.2.json'] })
    const opened = await fetch(`${http}/lp/open`, { method: 'POST', body })
    expect(opened.headers.get('set-cookie')).toContain('HttpOnly; SameSite=Strict')
    const again = await fetch(`${http}/lp/open`, { method: 'POST', body, headers: { Cookie: first.cookie } })
    expect(again.headers.get('set-cookie')).toBeNull()
  })

  it('is asked for its secret where the router does not know the cookie, by the next method of the client', async () => {
    const { url } = await serving()
    const auth = [cookie(), ticket('joe', 't')]
    const client = await connect(url, { realm: 'realm1', auth, transport: { headers: { Cookie: 'wamp=unknown' } } })
    expect(client.session).toMatchObject({ authid: 'joe', authmethod: 'ticket' })
    await client.close()
  })

  it('has no use of its cookie after it has logged out, and a cookie that was killed is void too', async () => {
    for (const logOut of ['wamp.close.logout', 'kill'] as const) {
      const { visit } = await serving()
      const first = await visit()
      await first.join('joe', 't')
      const second = await visit(first.cookie)
      const { session } = await second.join()
      if (logOut === 'kill') {
        const other = await visit()
        await other.join('jim', 'u')
        await other.ask([48, 1, {}, 'wamp.session.kill', [session]])
      } else await second.ask([6, {}, logOut])
      const replayed = await visit(first.cookie)
      expect(await replayed.join()).toMatchObject({ refused: 'wamp.error.no_matching_auth_method' })
      expect(replayed.setCookie).toBeDefined()
    }
  })

  it('keeps its cookie after it has just left', async () => {
    const { visit } = await serving()
    const first = await visit()
    await first.join('joe', 't')
    await first.ask([6, {}, 'wamp.close.normal'])
    expect(await (await visit(first.cookie)).join()).toMatchObject({ authid: 'joe' })
  })

  it('has to show its secret when its user is gone at a reload', async () => {
    const { visit, router } = await serving()
    const first = await visit()
    await first.join('joe', 't')
    router.updateRealm('realm1', { ...realm, auth: { ...realm.auth, ticket: { users: { jim: users.jim } } } })
    expect(await (await visit(first.cookie)).join()).toMatchObject({ refused: 'wamp.error.no_matching_auth_method' })
  })
})

describe('attacks by cookies', () => {
  it('a cookie that an attacker has planted does not become that of the client who joins with it', async () => {
    const { visit } = await serving()
    const attacker = await visit()
    const victim = await visit(attacker.cookie)
    expect(victim.setCookie).toBeDefined()
    await victim.join('joe', 't')
    expect(await (await visit(attacker.cookie)).join()).toMatchObject({ refused: 'wamp.error.no_matching_auth_method' })
  })

  it('the cookie of an attacker who has joined does not become that of a client who joins over it', async () => {
    const { visit } = await serving()
    const attacker = await visit()
    await attacker.join('jim', 'u')
    await (await visit(attacker.cookie)).join('joe', 't')
    expect(await (await visit(attacker.cookie)).join()).toMatchObject({ refused: 'wamp.error.no_matching_auth_method' })
  })

  it('a page of another origin gets no connection, with or without the cookie', async () => {
    const { visit, url } = await serving()
    const first = await visit()
    await first.join('joe', 't')
    await expect(visit(first.cookie, 'https://evil.example')).rejects.toThrow('403')
    const answer = await fetch(`${url.replace('ws:', 'http:')}/lp/open`, {
      method: 'POST',
      body: JSON.stringify({ protocols: ['wamp.2.json'] }),
      headers: { Cookie: first.cookie, Origin: 'https://evil.example' },
    })
    expect([answer.status, answer.headers.get('set-cookie')]).toEqual([403, null])
  })

  it('a name beside the cookie does not make it that of somebody else', async () => {
    const { visit } = await serving()
    const first = await visit()
    await first.join('joe', 't')
    expect(await (await visit(first.cookie)).join('jim')).toMatchObject({ refused: 'wamp.error.no_matching_auth_method' })
  })

  it('a realm without the method takes no cookies, and a router without it sets none', async () => {
    const { visit, router } = await serving()
    router.addRealm('realm2', { auth: { ticket: { users } } })
    const first = await visit()
    await first.join('joe', 't')
    expect(await (await visit(first.cookie)).join(undefined, undefined, 'realm2')).toHaveProperty('refused')
    const plain = await serving({ auth: { ticket: { users } } })
    expect((await plain.visit()).setCookie).toBeUndefined()
  })
})

async function serving(options: RealmOptions = realm, listening: ListenOptions = {}) {
  const router = createRouter({ realms: { realm1: options } })
  const listener = await listen(router, { port: 0, ...listening })
  open.push(listener)
  const url = `ws://127.0.0.1:${listener.port}`
  const visit = (cookie?: string, origin?: string) => Visitor.open(url, cookie, origin)
  return { router, url, visit }
}

/** A browser with one connection, in the hands of the test. */
class Visitor {
  readonly setCookie: string | undefined
  readonly #socket: WebSocket

  static open(url: string, cookie?: string, origin?: string): Promise<Visitor> {
    const headers = { ...(cookie !== undefined && { Cookie: cookie }), ...(origin !== undefined && { Origin: origin }) }
    const socket = new WebSocket(url, ['wamp.2.json'], { headers })
    return new Promise((resolve, reject) => {
      socket.once('error', reject)
      socket.once('upgrade', ({ headers: answered }) => {
        const [setCookie] = answered['set-cookie'] ?? []
        socket.once('open', () => resolve(new Visitor(socket, setCookie)))
      })
    })
  }

  constructor(socket: WebSocket, setCookie: string | undefined) {
    this.#socket = socket
    this.setCookie = setCookie
  }

  /** The cookie as a browser sends it. */
  get cookie(): string {
    return (this.setCookie ?? '').split(';')[0]!
  }

  /** Sends a message, and resolves with the next one that comes. */
  ask(message: readonly unknown[]): Promise<readonly unknown[]> {
    return new Promise(resolve => {
      this.#socket.once('message', data => resolve(JSON.parse(String(data)) as unknown[]))
      this.#socket.send(JSON.stringify(message))
    })
  }

  /** Joins by a ticket, or by the cookie where there is none. */
  async join(authid?: string, secret?: string, wanted = 'realm1') {
    const authmethods = [secret === undefined ? 'cookie' : 'ticket']
    let answer = await this.ask([1, wanted, { roles: { caller: {} }, authmethods, ...(authid !== undefined && { authid }) }])
    if (answer[0] === 4) answer = await this.ask([5, secret, {}])
    return answer[0] === 2 ? { session: answer[1], ...(answer[2] as object) } : { session: undefined, refused: answer[2] }
  }
}
