import { fileURLToPath } from 'node:url'
import { connect } from '@autobahn-ts/websocket'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { endPrograms, Program } from '../../test/program.ts'

/** A framework, with what its program answers to a message at `/chat`. */
interface Framework {
  readonly name: string
  readonly program: string
  /** The messages of users of the program: text, unless the framework has an envelope of its own. */
  readonly say?: (text: string) => string
  readonly said?: (text: string) => string
  readonly hasRooms?: false
}

const frameworks: readonly Framework[] = [
  { name: 'Express', program: 'express' },
  { name: 'Fastify', program: 'fastify' },
  { name: 'Koa', program: 'koa' },
  { name: 'Hono', program: 'hono' },
  { name: 'Next', program: 'next' },
  {
    name: 'Nest',
    program: 'nest',
    say: data => JSON.stringify({ event: 'say', data }),
    said: data => JSON.stringify({ event: 'said', data }),
    hasRooms: false,
  },
]

afterAll(endPrograms)

for (const { name, program, say = same, said = same, hasRooms = true } of frameworks) {
  describe(name, () => {
    let server: Program
    let site: string
    let cookie: string

    beforeAll(async () => {
      server = started(program)
      site = (await server.printed(/^listening at (http:\/\/[\w.[\]:]+)/m))[1]!
      cookie = await login(site)
    }, 300_000)
    afterAll(() => server.kill())

    const connecting = (path: string, headers: Record<string, string> = {}): ReturnType<typeof connect> =>
      connect(`${site.replace('http:', 'ws:')}${path}`, { headers, origin: site })

    it('answers pages and WebSocket connections at one port, and knows who logged in', async () => {
      const ws = await connecting('/chat', { Cookie: cookie })
      await ws.send(say('hello'))
      expect(await ws.receive()).toBe(said('ada: hello'))
      expect(await (await fetch(site)).text()).toContain(`hello from ${name}`)
      await ws.send(say('still here'))
      expect(await ws.receive()).toBe(said('ada: still here'))
      await ws.close()
    })

    it.runIf(hasRooms)('serves handlers in function style beside a class', async () => {
      const ws = await connecting('/rooms/7', { Cookie: cookie })
      await ws.send('hello')
      expect(await ws.receive()).toBe('ada in 7: hello')
      await ws.close()
    })

    it('refuses who has not logged in with 401, and a forged session too', async () => {
      await expect(connecting('/chat')).rejects.toMatchObject({ status: 401 })
      const forged = cookie.replace(/=.{4}/, '=abcd')
      await expect(connecting('/chat', { Cookie: forged })).rejects.toMatchObject({ status: 401 })
    })

    it('answers other paths with 404', async () => {
      await expect(connecting('/nothing', { Cookie: cookie })).rejects.toMatchObject({ status: 404 })
    })

    it('refuses pages of other origins', async () => {
      const foreign = connect(`${site.replace('http:', 'ws:')}/chat`, { headers: { Cookie: cookie }, origin: 'http://other.example' })
      await expect(foreign).rejects.toMatchObject({ status: 403 })
    })

    it('closes connections with 1001 when it ends, and ends', async () => {
      const clients = [await connecting('/chat', { Cookie: cookie })]
      if (hasRooms) clients.push(await connecting('/rooms/7', { Cookie: cookie }))
      const [code] = await Promise.all([server.terminate(), ...clients.map(({ closed }) => closed)])
      expect(code).toBe(0)
      for (const client of clients) expect(await client.closed).toMatchObject({ code: 1001, wasClean: true })
    })
  })
}

describe('Next', () => {
  it('has its own connections beside ours during development', { timeout: 120_000 }, async () => {
    const server = started('next', 'dev')
    const site = (await server.printed(/^listening at (http:\/\/[\w.[\]:]+)/m))[1]!
    const cookie = await login(site)
    const ws = await connect(`${site.replace('http:', 'ws:')}/chat`, { headers: { Cookie: cookie }, origin: site })
    // without an origin, because during development Next lets pages of localhost in and no others
    const hot = await connect(`${site.replace('http:', 'ws:')}/_next/hmr`)
    expect(await hot.receive()).toBeDefined()
    await ws.send('hello')
    expect(await ws.receive()).toBe('ada: hello')
    await Promise.all([ws.close(), hot.close()])
    await server.kill()
  })
})

describe('Nest', () => {
  it('sends the exceptions of handlers as its own adapters do', async () => {
    const server = started('nest')
    const site = (await server.printed(/^listening at (http:\/\/[\w.[\]:]+)/m))[1]!
    const ws = await connect(`${site.replace('http:', 'ws:')}/chat`, { headers: { Cookie: await login(site) } })
    await ws.send(JSON.stringify({ event: 'say', data: '' }))
    expect(JSON.parse(String(await ws.receive()))).toMatchObject({ event: 'exception', data: { message: 'nothing to say' } })
    await ws.close()
    expect(await server.terminate()).toBe(0)
  })
})

function started(program: string, ...args: string[]): Program {
  return new Program(fileURLToPath(new URL(`${program}.mjs`, import.meta.url)), args)
}

async function login(site: string): Promise<string> {
  const { headers } = await fetch(`${site}/login?name=ada`, { method: 'POST' })
  return headers
    .getSetCookie()
    .map(cookie => cookie.split(';', 1)[0])
    .join('; ')
}

function same(text: string): string {
  return text
}
