import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { connect } from '@autobahn-ts/websocket'
import { afterEach, describe, expect, it } from 'vitest'
import { endPrograms, Program } from './program.ts'

const examples = fileURLToPath(new URL('../examples', import.meta.url))

afterEach(endPrograms)

describe('examples', { timeout: 60_000 }, () => {
  it('echo: text and binary come back', async () => {
    const { output, server } = await run('echo/server', 'echo/client')
    expect(output).toBe('text: hello\nbinary: Uint8Array(3) [ 1, 2, 3 ]\nclosed with 1000, clean\n')
    expect(await server.terminate()).toBe(0)
  })

  it('echo-tls: with the certificate that its script makes', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'autobahn-ts-example-'))
    try {
      await start('echo-tls/make-certificate', folder).output()
      const { output, server } = await run('echo-tls/server', 'echo-tls/client', { more: [folder] })
      expect(output).toBe('hello over TLS\nHandshakeFailed DEPTH_ZERO_SELF_SIGNED_CERT\n')
      await server.printed(/^TLSv1\.3 from 127\.0\.0\.1$/m)
      expect(await server.terminate()).toBe(0)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })

  it('site-and-websocket: page and WebSocket share a port', async () => {
    const server = start('site-and-websocket/server', 0)
    const [, site] = await server.printed(/^listening at (http:.*)$/m)
    expect(await (await fetch(site!)).text()).toContain('<title>Site and WebSocket</title>')
    expect((await fetch(`${site}nothing`)).status).toBe(404)
    const ws = await connect(`${site!.replace('http', 'ws')}shout`, { origin: site!.replace(/\/$/, '') })
    await ws.send('hello')
    expect(await ws.receive()).toBe('HELLO')
    await expect(connect(`${site!.replace('http', 'ws')}other`)).rejects.toMatchObject({ status: 404 })
    expect(await server.terminate()).toBe(0)
    expect(await ws.closed).toMatchObject({ code: 1001 })
  })

  it('broadcast: all clients get the ticks', async () => {
    const server = start('broadcast/server', 0)
    const port = await portOf(server)
    const clients = [start('broadcast/client', port), start('broadcast/client', port)]
    for (const client of clients) expect(await client.output()).toMatch(/^tick \d+\ntick \d+\ntick \d+\n$/)
    await server.printed(/^tick \d+: \d sent, 0 skipped$/m)
    expect(await server.terminate()).toBe(0)
  })

  it('ping: both sides ping and both answer', async () => {
    const { output, server } = await run('ping/server', 'ping/client')
    expect(output).toMatch(/^pong 1 after [\d.]+ ms\npong 2 after [\d.]+ ms\npong 3 after [\d.]+ ms\n$/)
    await server.printed(/^pong: are you there\?$/m)
    for (const number of [1, 2, 3]) await server.printed(new RegExp(`^ping: ${number}$`, 'm'))
    expect(await server.terminate()).toBe(0)
  })

  for (const server of ['multiproto/server', 'multiproto/attached-server']) {
    it(`${server}: services by path, 404 for the rest`, async () => {
      const ran = await run(server, 'multiproto/client')
      expect(ran.output).toBe('/echo -> stressed\n/reverse -> desserts\n/count -> 8 letters\n/nothing -> HandshakeFailed 404\n')
      expect(await ran.server.terminate()).toBe(0)
    })
  }

  it('headers: both ways, with cookies and a subprotocol', async () => {
    const { output, server } = await run('headers/server', 'headers/client')
    expect(output).toContain('server: Greeter/1 politeness\n')
    expect(output).toContain("cookies: [ 'visits=7; HttpOnly', 'seen=yes' ]\n")
    expect(output).toContain('subprotocol: greeting.v2\n')
    expect(output).toContain('hello guest-of-127.0.0.1, visit 7, in greeting.v2\n')
    expect(output).toContain('hello friend, visit 1, in \n')
    expect(output).toMatch(/401.*\n$/)
    expect(await server.terminate()).toBe(0)
  })

  it('slow-handlers: the order is kept, and the client is told to stop', async () => {
    const { output, server } = await run('slow-handlers/server', 'slow-handlers/client')
    expect(output).toBe('200 answers in order; told to stop: true\n')
    await server.printed(/^handled 200 messages of 100000 octets$/m)
    expect(await server.terminate()).toBe(0)
  })

  it('extension-reserved-bit: what is urgent is told apart', async () => {
    const { output, server } = await run('extension-reserved-bit/server', 'extension-reserved-bit/client')
    expect(output).toBe('extensions: x-urgent\nin good time: a cup of tea\nat once: the fire brigade\n')
    expect(await server.terminate()).toBe(0)
  })

  it('extension-reserved-opcode: a frame of its own between those of a message', async () => {
    const { output, server } = await run('extension-reserved-opcode/server', 'extension-reserved-opcode/client')
    expect(output).toBe('opcode 11 came back: 3, 4\na message of 2000 octets\n')
    await server.printed(/^opcode 11: cursor at 3, 4$/m)
    expect(await server.terminate()).toBe(0)
  })

  it('permessage-brotli: messages get small, and one stays as it is', async () => {
    const { output, server } = await run('permessage-brotli/server', 'permessage-brotli/client')
    expect(output).toBe(
      [
        "permessage-brotli { server_lgwin: '16', client_lgwin: '16' }",
        'here: 1',
        '1000 of 1000 came back, sent in less than a quarter of their octets: true\n',
      ].join('\n'),
    )
    expect(await server.terminate()).toBe(0)
  })

  it('sha256/message: whole messages', async () => {
    const { output, server } = await run('sha256/message-server', 'sha256/message-client')
    expect(output).toMatch(/^message of 1048576 octets: same digest [0-9a-f]{64}\n$/)
    expect(await server.terminate()).toBe(0)
  })

  it('sha256/frame: every frame has its digest before the message ends', async () => {
    const { output, server } = await run('sha256/frame-server', 'sha256/frame-client')
    expect(output).toMatch(/^(frame [1-5]: same digest [0-9a-f]{64}\n){5}$/)
    expect(await server.terminate()).toBe(0)
  })

  it('sha256/streaming: octets as they arrive', async () => {
    const { output, server } = await run('sha256/streaming-server', 'sha256/streaming-client')
    expect(output).toMatch(/^frame of 1048576 octets: same digest [0-9a-f]{64}\n$/)
    await server.printed(/^hashed 1048576 octets$/m)
    expect(await server.terminate()).toBe(0)
  })

  it('sha256/producer: 64 MiB in frames of one MiB, as fast as the server takes them', async () => {
    const { output, server } = await run('sha256/producer-server', 'sha256/producer-client')
    expect(output).toMatch(/^message of 64 MiB: same digest [0-9a-f]{64}\nwaited for the server: true\n$/)
    // And the empty one that ends the message.
    await server.printed(/^hashed 65 frames$/m)
    expect(await server.terminate()).toBe(0)
  })

  it('are all in their README, with commands that name files', () => {
    const readme = readFileSync(join(examples, 'README.md'), 'utf8')
    const programs = readdirSync(examples, { recursive: true, encoding: 'utf8' })
      .filter(file => /(server|client|certificate)\.mjs$/.test(file))
      .map(file => `node examples/${file.replaceAll('\\', '/')}`)
    const commands = new Set([...readme.matchAll(/`(node examples\/[^`]+)`/g)].map(match => match[1]!))
    expect([...commands].sort()).toEqual(programs.sort())
  })
})

async function run(server: string, client: string, { more = [] as string[] } = {}): Promise<{ output: string; server: Program }> {
  const serving = start(server, 0, ...more)
  const port = await portOf(serving)
  return { output: await start(client, port, ...more).output(), server: serving }
}

/** Port 0 takes a free one; the server says which. */
async function portOf(server: Program): Promise<number> {
  const [, port] = await server.printed(/^listening at \w+:\/\/[\w.]+:(\d+)/m)
  return Number(port)
}

function start(name: string, ...args: (string | number)[]): Program {
  return new Program(join(examples, `${name}.mjs`), args)
}
