import { spawnSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { testeeServer } from '@autobahn-ts/testsuite'
import { connect } from '@autobahn-ts/websocket'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { hasNatsServer, NatsServer } from '../packages/nats/test/fixtures/nats-server.ts'
import { endPrograms, freePort, listening, Program } from './program.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const folders: string[] = []

afterEach(endPrograms)
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

describe("the repository's README", { timeout: 60_000 }, () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8')
  let programs: Programs
  beforeAll(() => {
    programs = compiled(readme)
  }, 60_000)

  it('has the programs that are tested here', () => {
    expect(programs.names).toEqual([
      'server.mjs',
      'client.mjs',
      'login.ts',
      'attach.ts',
      'json.ts',
      'reconnect.ts',
      'server.ts',
      'client.ts',
      'answer.ts',
      'echo.ts',
      'frames.ts',
      'streaming.ts',
      'broadcast.ts',
    ])
  })

  it('begins with a server and a client in JavaScript, and rooms by name', async () => {
    await meetsInRooms(programs)
  })

  it('has a server that knows who is connected, and refuses others with 401', async () => {
    const { program, port } = await programs.start('login.ts')
    await listening(program, port)
    const ada = await connect(`ws://localhost:${port}/whoami`, { headers: { Cookie: 'session=s3cret' } })
    expect(await ada.receive()).toMatch(/^you are Ada, from (::1|127\.0\.0\.1|::ffff:127\.0\.0\.1)$/)
    await ada.close()
    await expect(connect(`ws://localhost:${port}/whoami`)).rejects.toMatchObject({ status: 401 })
  })

  it('has handlers on an HTTP server, which closes them in the end', async () => {
    const { program, port } = await programs.start('attach.ts')
    await listening(program, port)
    expect(await (await fetch(`http://localhost:${port}/`)).text()).toBe('this is HTTP\n')
    const ws = await connect(`ws://localhost:${port}/ws/Ada`)
    await ws.send('hello')
    expect(await ws.receive()).toBe('Ada: hello')
    const ended = program.terminate()
    expect(await ws.closed).toMatchObject({ code: 1001 })
    expect(await ended).toBe(0)
  })

  it('has JSON with a schema, which refuses what does not fit', async () => {
    const { program, port } = await programs.start('json.ts')
    await listening(program, port)
    const ws = await connect(`ws://localhost:${port}/`)
    await ws.sendJson({ item: 'tea', count: 2 })
    expect(await ws.receiveJson()).toEqual({ ok: true, total: 6 })
    await ws.sendJson({ item: 'tea', count: 'many' })
    expect(await ws.closed).toMatchObject({ code: 1008 })
  })

  it('has a client that comes back when its server was away', async () => {
    const { program: server, port } = await programs.start('server.mjs')
    await server.printed(/listening on ws:/)
    const { program: client } = await programs.start('reconnect.ts', port)
    await saidInTheLobby(port)
    await client.printed(/^first$/m)
    await server.kill()
    await client.printed(/^lost \(1006\), next try in \d+ ms$/m)
    const { program: again } = await programs.start('server.mjs', port)
    await again.printed(/listening on ws:/)
    await saidInTheLobby(port)
    await client.printed(/^first$[\s\S]*^first$/m)
  })

  it('has a server and a client that agree on the digest of a file', async () => {
    await uploadsTheFile(programs)
  })

  it('has a server that echoes, and one that sends news to members', async () => {
    const { program, port } = await programs.start('server.ts')
    await listening(program, port)
    const echo = await connect(`ws://localhost:${port}/echo`)
    await echo.send('hello')
    expect(await echo.receive()).toBe('hello')
    await echo.close()
    const news = await connect(`ws://localhost:${port}/news`)
    expect(await news.receive()).toBe('tick')
    await news.close()
  })

  it('has a client that waits a limited time for an answer', async () => {
    const server = await programs.start('server.ts')
    await listening(server.program, server.port)
    const { program } = await programs.start('answer.ts', server.port)
    expect(await program.output()).toBe('anybody there?\n')
  })

  it('has an echo server in class style', async () => {
    await echoes(programs)
  })

  it('has a program that handles frames one by one', async () => {
    const { program } = await programs.start('frames.ts')
    expect(await program.output()).toBe('frame: 300 octets\nframe: 70000 octets\n')
  })

  it('has a stream of 1 GiB that arrives unchanged', { timeout: 120_000 }, async () => {
    const { program } = await programs.start('streaming.ts')
    const zeros = createHash('sha256')
    for (let i = 0; i < 1024; i++) zeros.update(Buffer.alloc(1024 * 1024))
    expect(await program.output()).toBe(`${zeros.digest('hex')}\n`)
  })

  it('has a broadcast that reaches all', async () => {
    const { program } = await programs.start('broadcast.ts')
    expect(await program.output()).toBe("sent 3, skipped 0\n[ 'to everybody', 'to everybody', 'to everybody' ]\n")
  })

  it('links to files that exist', () => {
    const links = [...readme.matchAll(/\]\(([^)#]+)\)/g)].map(match => match[1]!)
    expect(links.length).toBeGreaterThan(5)
    expect(links.filter(link => !link.includes('://') && !existsSync(join(root, link)))).toEqual([])
  })
})

describe('the README of @autobahn-ts/websocket', { timeout: 60_000 }, () => {
  let programs: Programs
  beforeAll(() => {
    programs = compiled(readFileSync(join(root, 'packages/websocket/README.md'), 'utf8'))
  }, 60_000)

  it('has the programs that are tested here', () => {
    expect(programs.names).toEqual([
      'server.mjs',
      'client.mjs',
      'login.ts',
      'attach.ts',
      'reconnect.ts',
      'server.ts',
      'client.ts',
      'streams.ts',
      'platform-class.ts',
      'echo.ts',
    ])
  })

  it('begins with a server and a client in JavaScript, and rooms by name', async () => {
    await meetsInRooms(programs)
  })

  it('has a server and a client that agree on the digest of a file', async () => {
    await uploadsTheFile(programs)
  })

  it('has an echo server of web streams, and one in class style', async () => {
    await echoes(programs, 'streams.ts')
    await echoes(programs)
  })
})

describe('the README of @autobahn-ts/websocket/testing', { timeout: 60_000 }, () => {
  const outputs: Readonly<Record<string, string>> = {
    'classes.ts': "[ 'hello' ]\n[ 'hello', 'a ping' ]\n",
    'functions.ts': 'HELLO\n4000\n',
    'latency.ts': '80\n',
    'raw.ts':
      "[ 'text tick', 'close 1002 unmasked client frame' ]\nfalse\ntrue\nconnection reset by peer\n[ 'close 1002 masked server frame' ]\n",
    'shutdown.ts': '1001 1\n0\n',
  }
  let programs: Programs
  beforeAll(() => {
    programs = compiled(readFileSync(join(root, 'packages/websocket/src/testing/README.md'), 'utf8'))
  }, 60_000)

  it('has the programs that are tested here', () => {
    expect(programs.names).toEqual(Object.keys(outputs))
  })

  for (const [name, output] of Object.entries(outputs)) {
    it(`has a program that prints what it says: ${name}`, async () => {
      expect(await new Program(join(programs.folder, name.replace('.ts', '.js')), [], programs.folder).output()).toBe(output)
    })
  }
})

describe('the README of @autobahn-ts/testsuite', { timeout: 60_000 }, () => {
  it('has a program that tests a server, and fails where there is none', async () => {
    const programs = compiled(readFileSync(join(root, 'packages/testsuite/README.md'), 'utf8'))
    expect(programs.names).toEqual(['conformance.ts'])
    const server = await testeeServer({ host: '127.0.0.1', port: 0 })
    const { program } = await programs.start('conformance.ts', Number(new URL(server.url).port))
    expect(await program.output()).toMatch(/^\d+\/\d+ 1\.1\.1 OK OK$/m)
    await server.close()
    const alone = await programs.start('conformance.ts')
    await expect(alone.program.output()).rejects.toThrow(/ended with 1; it printed:\nmine: 127\.0\.0\.1:\d+ cannot be reached/)
  })
})

describe('the guide to extensions', { timeout: 60_000 }, () => {
  it('has an extension that checks messages and sends frames of its own', async () => {
    const programs = compiled(readFileSync(join(root, 'docs/extensions.md'), 'utf8'))
    expect(programs.names).toEqual(['extension.ts', 'noon.ts'])
    const { program } = await programs.start('extension.ts')
    expect(await program.output()).toBe('client: the peer says it is twelve\nhello to you\n')
  })

  it('has a frame for many connections, and reports those without the extension', async () => {
    const { program } = await compiled(readFileSync(join(root, 'docs/extensions.md'), 'utf8')).start('noon.ts')
    expect(await program.output()).toBe('sent to 1, missed by 1\nit is noon\ngood bye good bye\n')
  })
})

describe.skipIf(!hasNatsServer)('the README of @autobahn-ts/nats', { timeout: 60_000 }, () => {
  let nats: NatsServer
  let programs: Programs
  beforeAll(async () => {
    nats = await NatsServer.startWithJetStream()
    const printed = readFileSync(join(root, 'packages/nats/README.md'), 'utf8')
    programs = compiled(printed.replaceAll('nats://127.0.0.1:4222', nats.url))
  }, 60_000)
  afterAll(() => nats.end())

  it('begins with a chat of several processes', async () => {
    expect(programs.names).toEqual(['chat.mjs', 'history.ts'])
    const servers = [await programs.start('chat.mjs'), await programs.start('chat.mjs')]
    for (const { program, port } of servers) await listening(program, port)
    const [ada, ben] = await Promise.all(servers.map(({ port }) => connect(`ws://localhost:${port}/`)))
    // Joining takes effect a moment after the connection is open, so Ada speaks until Ben hears her.
    let isHeard = false
    const speaking = (async () => {
      while (!isHeard) {
        await ada!.send('hello')
        await ada!.ping()
      }
    })()
    expect(await ben!.receive()).toBe('hello')
    isHeard = true
    await speaking
    await ben!.send('hello, Ada')
    expect(await ada!.receive()).toBe('hello, Ada')
    await Promise.all([ada!.close(), ben!.close()])
  })

  it('has rooms that keep what was said, for those who come later and those who come back to another process', async () => {
    const servers = [await programs.start('history.ts'), await programs.start('history.ts')]
    for (const { program, port } of servers) await listening(program, port)
    const [here, there] = servers.map(({ port }) => `ws://localhost:${port}/room/1`)
    const ada = await connect(here!)
    for (const text of ['one', 'two']) await ada.send(text)
    const ben = await connect(there!)
    const heard = [await ben.receive(), await ben.receive(), await ben.receive(), await ben.receive()]
    expect(heard).toEqual(['one', expect.stringMatching(/^at /), 'two', expect.stringMatching(/^at /)])
    await ben.close()
    await ada.send('three')
    const again = await connect(`${here}?since=${String(heard[1]).slice('at '.length)}`)
    expect([await again.receive(), await again.receive(), await again.receive()]).toEqual(['two', expect.stringMatching(/^at /), 'three'])
    await Promise.all([ada.close(), again.close()])
  })
})

/** The programs of a text, unchanged except for the port, because 9000 may be in use here. */
class Programs {
  readonly names: readonly string[]
  readonly folder: string

  constructor(folder: string, names: readonly string[]) {
    this.folder = folder
    this.names = names
  }

  async start(name: string, usedPort?: number): Promise<{ program: Program; port: number }> {
    const port = usedPort ?? (await freePort())
    const file = join(this.folder, name.replace(/\.ts$/, '.js'))
    const printed = readFileSync(file, 'utf8')
    expect(printed).toMatch(/\b9000\b/)
    const started = file.replace(/(\.m?js)$/, `-${port}$1`)
    writeFileSync(started, printed.replaceAll(/\b9000\b/g, String(port)))
    return { program: new Program(started, [], this.folder), port }
  }
}

/** Runs the quick start: an echo, and two who talk in a room while a third is in another. */
async function meetsInRooms(programs: Programs): Promise<void> {
  const { program, port } = await programs.start('server.mjs')
  await program.printed(/listening on ws:/)
  const client = await programs.start('client.mjs', port)
  expect(await client.program.output()).toBe('hello\n')
  const [ada, ben, other] = await Promise.all(['a', 'a', 'b'].map(room => connect(`ws://localhost:${port}/room/${room}`)))
  await Promise.all([ada!.ping(), ben!.ping(), other!.ping()])
  await ada!.send('hello, room')
  await other!.send('hello, other room')
  await ben!.send('hello, Ada')
  expect({ ada: await ada!.receive(), ben: await ben!.receive() }).toEqual({ ada: 'hello, Ada', ben: 'hello, room' })
  await Promise.all([ada!.close(), ben!.close(), other!.close()])
}

/** Waits until the client has come to the lobby, and says something there. */
async function saidInTheLobby(port: number): Promise<void> {
  const ws = await connect(`ws://localhost:${port}/room/lobby`)
  expect(await ws.receive()).toBe('here I am')
  await ws.send('first')
  await ws.close()
}

async function uploadsTheFile(programs: Programs): Promise<void> {
  const image = randomBytes(3 * 1024 * 1024 + 1)
  writeFileSync(join(programs.folder, 'disk.img'), image)
  const server = await programs.start('server.ts')
  await listening(server.program, server.port)
  const client = await programs.start('client.ts', server.port)
  expect(await client.program.output()).toBe(`${createHash('sha256').update(image).digest('hex')}\n`)
  expect(server.program.hasEnded).toBe(false)
}

async function echoes(programs: Programs, name = 'echo.ts'): Promise<void> {
  const { program, port } = await programs.start(name)
  await listening(program, port)
  const ws = await connect(`ws://localhost:${port}`)
  await ws.send('hello')
  await ws.send(Uint8Array.of(1, 2, 3))
  expect(await ws.receive()).toBe('hello')
  expect(await ws.receive()).toEqual(Uint8Array.of(1, 2, 3))
  await ws.close()
}

/**
 * Checks the types as a user's compiler would, and compiles to JavaScript, in a folder from which the package can be imported. Programs in
 * JavaScript stay as they are.
 */
function compiled(text: string): Programs {
  const printed = /^```(?:ts|js)\n(\/\/ (\S+\.(?:ts|mjs))\n[\s\S]*?)^```$/gm
  const blocks = [...text.matchAll(printed)].map(match => ({ name: match[2]!, code: match[1]! }))
  expect(blocks.length).toBe(text.split(/```(?:ts|js)\n/).length - 1)
  const cache = join(root, 'node_modules/.cache')
  mkdirSync(cache, { recursive: true })
  const folder = mkdtempSync(join(cache, 'readme-'))
  folders.push(folder)
  for (const { name, code } of blocks) writeFileSync(join(folder, name), code)
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ compilerOptions, files: blocks.map(({ name }) => name).filter(name => name.endsWith('.ts')) }),
  )
  const { status, stdout } = spawnSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', folder], {
    encoding: 'utf8',
  })
  expect(stdout).toBe('')
  expect(status).toBe(0)
  return new Programs(
    folder,
    blocks.map(({ name }) => name),
  )
}

const compilerOptions = { target: 'ES2022', module: 'nodenext', strict: true, noImplicitOverride: true, types: ['node'] }
