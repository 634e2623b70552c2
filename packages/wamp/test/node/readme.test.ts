import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createRouter } from '@autobahn-ts/router'
import { type Client, connect, ticket } from '@autobahn-ts/wamp'
import { listenWS } from '@autobahn-ts/websocket'
import { defaultsOf } from '@autobahn-ts/websocket/portable'
import { transformSync } from 'esbuild'
import { WebSocket } from 'undici'
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import { transportClock } from '../../src/node/transport-clock.ts'
import { JsonSerializer } from '../../src/serializers/json.ts'
import { transportOptions } from '../../src/transports/transport-options.ts'
import { webSocketServerFactory } from '../../src/transports/websocket-server.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = mkdtempSync(join(root, 'dist', 'readme-'))
const programs: ChildProcess[] = []
afterEach(() => {
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})
afterAll(() => {
  for (const program of programs) program.kill()
  rmSync(folder, { recursive: true, force: true })
})

describe('the README', { timeout: 60_000 }, () => {
  it('has a service, a caller, and a program with types, that work together', async () => {
    const { url, port } = await routing()
    run('service.ts', port)
    const waiting = await connect(url, { realm: 'realm1' })
    const isReady = (): Promise<unknown> => waiting.call('wamp.registration.match', ['com.example.upload']).catch(() => null)
    await expect.poll(isReady, { timeout: 20_000 }).not.toBe(null)
    await waiting.close()
    const caller = run('caller.ts', port)
    await expect.poll(said(caller), { timeout: 20_000 }).toBe("5\n[ 'x1' ] { left: 0 }\n1\n2\n3\ndone\ncom.example.tick number\n")
    const typed = run('typed.ts', port)
    await expect.poll(said(typed), { timeout: 20_000 }).toBe('5.0\na.txt has 13 characters\nHELLO\ntrue true\n')
    await expect.poll(() => [caller.exitCode, typed.exitCode]).toEqual([0, 0])
  })

  it('has a page of the client that stays connected', async () => {
    const { url, port } = await routing()
    const shown: unknown[] = []
    vi.stubGlobal('WebSocket', WebSocket)
    vi.stubGlobal('document', { body: { append: (text: unknown) => shown.push(text) } })
    vi.stubGlobal('fetch', async () => new Response('token'))
    vi.spyOn(console, 'log').mockImplementation(() => {})
    const page: { client: Client } = await import(written('page.ts', port, text => `${text}\nexport { client }\n`))
    const publisher = await connect(url, { realm: 'realm1', auth: ticket('ada', 'token') })
    await publisher.publish('com.example.tick', [12], {}, { acknowledge: true })
    await expect.poll(() => shown).toEqual(['12'])
    await Promise.all([page.client.close(), publisher.close()])
  })

  it('has a test in memory', async () => {
    await expect.poll(said(run('rehearsal.ts', 0)), { timeout: 20_000 }).toBe('5\n')
  })

  it('has a server, and clients in both styles, that work together', async () => {
    const port = await freePort()
    const server = run('wamp-server.ts', port)
    await listening(port, 426)
    const client = run('wamp-client.ts', port)
    await expect
      .poll(said(client), { timeout: 20_000 })
      .toBe('30\nhttp://example.com/error#negative no real root { x: -1 }\nhttp://example.com/news#today fine weather\n')
    expect([server.exitCode, client.exitCode]).toEqual([null, null])
    await expect.poll(said(run('wamp-class.ts', port)), { timeout: 20_000 }).toBe('in class style: 3\nclosed true 1000 \n')
  })

  it('has a page, and the site that it belongs to', async () => {
    const port = await freePort()
    run('wamp-site.ts', port)
    await listening(port, 200)
    const shown: unknown[] = []
    vi.stubGlobal('WebSocket', WebSocket)
    vi.stubGlobal('location', { href: `http://127.0.0.1:${port}/` })
    vi.stubGlobal('document', { body: { append: (text: unknown) => shown.push(text) } })
    const page: { client: { publish(topic: string, event: string, options: object): boolean; close(): Promise<void> } } = await import(
      written('wamp-page.ts', port, text => `${text}\nexport { client }\n`)
    )
    page.client.publish('http://example.com/news#time', 'noon', { excludeMe: false })
    await expect.poll(() => shown).toEqual(['noon'])
    await page.client.close()
  })
})

/** A router on loopback, which lets everyone in, and `ada` with her ticket. */
async function routing(): Promise<{ readonly url: string; readonly port: number }> {
  const all = { call: true, register: true, publish: true, subscribe: true }
  const permissions = ['', 'wamp.'].map(uri => ({ uri, match: 'prefix', allow: all }) as const)
  const router = createRouter({
    realms: {
      realm1: {
        auth: { anonymous: { role: 'anonymous' }, ticket: { users: { ada: { role: 'user', ticket: 'token' } } } },
        roles: { anonymous: permissions, user: permissions },
      },
    },
  })
  const factory = webSocketServerFactory({
    spoken: { serializers: [new JsonSerializer()], isBatched: false },
    limits: defaultsOf(transportOptions),
    clock: transportClock(undefined),
    accept: transport => router.accept(transport),
    onError: error => expect.unreachable(error.message),
  })
  const { port } = await listenWS(factory, { port: 0, host: '127.0.0.1' })
  return { url: `ws://127.0.0.1:${port}`, port: port! }
}

/** The program of the README, on a port of its own. */
function run(name: string, port: number): ChildProcess {
  const file = written(name, port)
  const program = spawn(process.execPath, [file], { cwd: dirname(file), stdio: ['ignore', 'pipe', 'inherit'] })
  programs.push(program)
  return program
}

function written(name: string, port: number, changed: (text: string) => string = text => text): string {
  const readme = readFileSync(join(root, 'README.md'), 'utf8')
  const text = new RegExp(`^\`\`\`ts\\n// ${name.replace('.', '\\.')}\\n([\\s\\S]*?)^\`\`\`$`, 'm').exec(readme)?.[1]
  if (text === undefined) throw new Error(`the README has no ${name}`)
  const file = join(folder, name.replace('.ts', `-${port}.mjs`))
  writeFileSync(
    file,
    transformSync(changed(text).replaceAll('9000', String(port)).replaceAll('8080', String(port)), { loader: 'ts', target: 'es2022' }).code,
  )
  return file
}

function said(program: ChildProcess): () => string {
  let text = ''
  program.stdout?.on('data', more => {
    text += more
  })
  return () => text
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

async function listening(port: number, wanted: number): Promise<void> {
  const status = (): Promise<number> =>
    fetch(`http://127.0.0.1:${port}/`).then(
      response => response.status,
      () => 0,
    )
  await expect.poll(status, { timeout: 20_000 }).toBe(wanted)
}
