import { randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { connect } from '@autobahn-ts/websocket'
import { afterEach, describe, expect, it } from 'vitest'
import { hasNatsServer, NatsServer } from '../packages/nats/test/fixtures/nats-server.ts'
import { endPrograms, freePort, Program } from './program.ts'

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

  it('chat-rooms: who has logged in talks in a room, and is heard nowhere else', async () => {
    const { output, server } = await run('chat-rooms/server', 'chat-rooms/client')
    expect(output.split('\n')).toEqual([
      'bob has joined, 2 here',
      'bob: hello',
      'bob has left',
      'eve: anybody?',
      '/room/blue: 401',
      '/room: 404',
      '/room/%ff: 400',
      '',
    ])
    expect(await server.terminate()).toBe(0)
  })

  it('session-middleware: the session that a cookie names, and 401 without it', async () => {
    const { output, server } = await run('session-middleware/server', 'session-middleware/client')
    expect(output).toBe('hello alice\nwithout the cookie: 401\n')
    await server.terminate()
  })

  it('broadcast: all clients get the ticks', async () => {
    const server = start('broadcast/server', 0)
    const port = await portOf(server)
    const clients = [start('broadcast/client', port), start('broadcast/client', port)]
    for (const client of clients) expect(await client.output()).toMatch(/^tick \d+\ntick \d+\ntick \d+\n$/)
    await server.printed(/^tick \d+: \d sent, 0 skipped$/m)
    expect(await server.terminate()).toBe(0)
  })

  it('several-processes: what is said in one process is heard in another', async () => {
    const port = await freePort()
    const server = start('several-processes/server', port)
    await server.printed(/^listening at ws:\/\/127\.0\.0\.1:\d+, \d+ processes by (?:reusePort|node:cluster)$/m)
    expect(await start('several-processes/client', port).output()).toBe('the same process: hello\nanother process: hello\n')
    const ws = await connect(`ws://127.0.0.1:${port}`)
    const [code] = await Promise.all([server.terminate(), ws.closed])
    expect(code).toBe(0)
    expect(await ws.closed).toMatchObject({ code: 1001, wasClean: true })
  })

  it.skipIf(!hasNatsServer)('several-machines: members of two servers hear each other', async () => {
    const nats = await NatsServer.start()
    try {
      const servers = [start('several-machines/server', 0, nats.url), start('several-machines/server', 0, nats.url)]
      const ports = await Promise.all(servers.map(portOf))
      expect(await start('several-machines/client', ...ports).output()).toBe(
        [
          'member 1: welcome to /lobby',
          'member 2: welcome to /lobby',
          'member 1 hears: hello from member 2',
          'member 2 hears: hello from member 1',
          '',
        ].join('\n'),
      )
      for (const server of servers) expect(await server.terminate()).toBe(0)
    } finally {
      await nats.end()
    }
  })

  it('ping: both sides ping and both answer', async () => {
    const { output, server } = await run('ping/server', 'ping/client')
    expect(output).toMatch(/^pong 1 after [\d.]+ ms\npong 2 after [\d.]+ ms\npong 3 after [\d.]+ ms\n$/)
    await server.printed(/^pong: are you there\?$/m)
    for (const number of [1, 2, 3]) await server.printed(new RegExp(`^ping: ${number}$`, 'm'))
    expect(await server.terminate()).toBe(0)
  })

  for (const server of ['multiproto/server', 'multiproto/attached-server']) {
    it(`${server}: services by path, 404 for other paths`, async () => {
      const ran = await run(server, 'multiproto/client')
      expect(ran.output).toBe('/echo -> stressed\n/reverse -> desserts\n/count -> 8 letters\n/nothing -> HandshakeFailed 404\n')
      expect(await ran.server.terminate()).toBe(0)
    })
  }

  it('metrics: Prometheus gets what the clients did', async () => {
    const server = start('metrics/server', 0)
    const port = await portOf(server)
    const [, metrics] = await server.printed(/^metrics at (http:.*)$/m)
    const scraped = async (): Promise<string[]> => (await (await fetch(metrics!)).text()).split('\n')
    expect(await scraped()).toContain('websocket_connections{state="open"} 0')
    expect(await start('metrics/client', port).output()).toBe('one\ntwo\nthree\nrefused with 401\n')
    const ws = await connect(`ws://127.0.0.1:${port}`, { headers: { Authorization: 'Bearer let-me-in' } })
    await ws.send('still here')
    await ws.receive()
    let lines = await scraped()
    while (!lines.includes('websocket_closed_total{code="1000"} 1')) lines = await scraped()
    for (const line of [
      'websocket_connections{state="opening"} 0',
      'websocket_connections{state="open"} 1',
      'websocket_opened_total 2',
      'websocket_refused_total{status="401"} 1',
      'websocket_failed_total 0',
      'websocket_messages_total{direction="received"} 4',
      'websocket_messages_total{direction="sent"} 4',
      'websocket_handshake_seconds_count{outcome="opened"} 2',
      'websocket_handshake_seconds_count{outcome="refused"} 1',
      'websocket_handler_seconds_count 4',
      'websocket_message_bytes_sum{direction="received"} 21',
      'websocket_message_bytes_sum{direction="sent"} 21',
    ]) {
      expect(lines).toContain(line)
    }
    expect(lines.find(line => line.startsWith('websocket_wire_bytes_total{direction="received"}'))).toMatch(/ [1-9]\d{2,}$/)
    expect(await server.terminate()).toBe(0)
    expect(await ws.closed).toMatchObject({ code: 1001 })
  })

  it('tracing: the handshakes of client and server are of one trace, and messages are linked to it', async () => {
    const { output, server } = await run('tracing/server', 'tracing/client')
    const [{ trace }] = spansOf(output, 'errand') as [{ trace: string }]
    expect(spansOf(output, 'websocket handshake')).toEqual([
      expect.objectContaining({ trace, 'url.path': '/echo', 'http.response.status_code': 101 }),
      expect.objectContaining({ 'url.path': '/nothing', 'http.response.status_code': 404 }),
    ])
    expect(output).toMatch(/^refused with 404$/m)
    const [printedByServer] = await server.printed(/^[\s\S]*span websocket handshake \(server\) .*"\/nothing".*$/m)
    expect(spansOf(printedByServer, 'websocket handshake')).toEqual([
      expect.objectContaining({ trace, 'url.path': '/echo', 'http.response.status_code': 101, 'client.address': '127.0.0.1' }),
      expect.objectContaining({ 'url.path': '/nothing', 'http.response.status_code': 404 }),
    ])
    const messages = spansOf(printedByServer, 'websocket message')
    expect(messages).toEqual([
      expect.objectContaining({ links: [trace], 'messaging.message.body.size': 3 }),
      expect.objectContaining({ links: [trace], 'messaging.message.body.size': 5 }),
    ])
    for (const message of messages) expect(message.trace).not.toBe(trace)
    expect(await server.terminate()).toBe(0)
  })

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

  it('slow-handlers: the order is kept, and the client stops when sendMessage returns false', async () => {
    const { output, server } = await run('slow-handlers/server', 'slow-handlers/client')
    expect(output).toBe('200 answers in order; told to stop: true\n')
    await server.printed(/^handled 200 messages of 100000 octets$/m)
    expect(await server.terminate()).toBe(0)
  })

  it('extension-reserved-bit: urgent messages are distinguished', async () => {
    const { output, server } = await run('extension-reserved-bit/server', 'extension-reserved-bit/client')
    expect(output).toBe('extensions: x-urgent\nin good time: a cup of tea\nat once: the fire brigade\n')
    expect(await server.terminate()).toBe(0)
  })

  it('extension-reserved-opcode: a frame of the extension between those of a message', async () => {
    const { output, server } = await run('extension-reserved-opcode/server', 'extension-reserved-opcode/client')
    expect(output).toBe('opcode 11 came back: 3, 4\na message of 2000 octets\n')
    await server.printed(/^opcode 11: cursor at 3, 4$/m)
    expect(await server.terminate()).toBe(0)
  })

  it('permessage-brotli: messages are compressed, except for one', async () => {
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

  it('sha256/frame: every frame is answered with its digest before the message ends', async () => {
    const { output, server } = await run('sha256/frame-server', 'sha256/frame-client')
    expect(output).toMatch(/^(frame [1-5]: same digest [0-9a-f]{64}\n){5}$/)
    expect(await server.terminate()).toBe(0)
  })

  it('sha256/streaming: octets are hashed as they arrive', async () => {
    const { output, server } = await run('sha256/streaming-server', 'sha256/streaming-client')
    expect(output).toMatch(/^frame of 1048576 octets: same digest [0-9a-f]{64}\n$/)
    await server.printed(/^hashed 1048576 octets$/m)
    expect(await server.terminate()).toBe(0)
  })

  it('sha256/producer: 64 MiB in frames of one MiB, as fast as the server reads them', async () => {
    const { output, server } = await run('sha256/producer-server', 'sha256/producer-client')
    expect(output).toMatch(/^message of 64 MiB: same digest [0-9a-f]{64}\nwaited for the server: true\n$/)
    // One more for the empty frame that ends the message.
    await server.printed(/^hashed 65 frames$/m)
    expect(await server.terminate()).toBe(0)
  })

  it('wamp-v1/simple-rpc: functions and methods, answered in the order in which they are ready', async () => {
    const { output, server } = await run('wamp-v1/simple-rpc/server', 'wamp-v1/simple-rpc/client')
    expect(output).toBe(
      [
        '23 + 7 = 30',
        'hello Ada, you are number 1',
        'hello Grace, you are number 2',
        '1 + 1 = 2',
        'the first call',
        'CallTimedOut: no answer within 0.01 s\n',
      ].join('\n'),
    )
    expect(await server.terminate()).toBe(0)
  })

  it('wamp-v1/decorators: decorated methods are called and published', async () => {
    const { output, server } = await run('wamp-v1/decorators/server', 'wamp-v1/decorators/client')
    expect(output).toBe("apples: 3\nand two more: 5\n{ place: 'town', event: 'market day' }\n")
    expect(await server.terminate()).toBe(0)
  })

  it('wamp-v1/calculator: errors with details', async () => {
    const { output, server } = await run('wamp-v1/calculator/server', 'wamp-v1/calculator/client')
    expect(output).toContain('add 23 7: 30\ndivide 1 8: 0.125\n')
    expect(output).toContain('calculator/error#divided-by-zero: nothing can be divided by 0 { dividend: 5 }\n')
    expect(output).toContain('calculator/error#negative: a negative number has no real root { operand: -2 }\n')
    expect(output).toContain("calculator/error#no-number: an operand must be a number { operand: 'two' }\n")
    expect(output).toMatch(/power 2 8: http:\/\/api\.wamp\.ws\/error#NoSuchRPCEndpoint: .*\n$/)
    await server.printed(/^calculator:divide\(1, 8\) = 0\.125$/m)
    expect(await server.terminate()).toBe(0)
  })

  it('wamp-v1/key-value: versions are kept, and watchers get changes', async () => {
    const { output, server } = await run('wamp-v1/key-value/server', 'wamp-v1/key-value/client')
    // An answer and an event for two clients may arrive in any order.
    expect(output.trimEnd().split('\n').sort()).toEqual(
      [
        'keys: []',
        'set: 1',
        "tea is now { sort: 'green', grams: 100 } at version 1",
        'set: 2',
        "tea is now { sort: 'green', grams: 90 } at version 2",
        "conflict: tea is at version 2, and not 1 { key: 'tea', current: 2 }",
        "no-such-key: there is no key coffee { key: 'coffee', known: [ 'tea' ] }",
        'no-key: a key must be a non-empty string ',
        'delete: null',
        'tea is now null at version 0',
        'keys: []',
      ].sort(),
    )
    expect(await server.terminate()).toBe(0)
  })

  it('wamp-v1/symmetric-rpc: the server asks the client before it answers', async () => {
    const { output, server } = await run('wamp-v1/symmetric-rpc/server', 'wamp-v1/symmetric-rpc/client')
    expect(output).toBe(
      [
        'the server asks: a bicycle for 400?',
        'no bicycle then',
        'the server asks: a bell for 8?',
        'bell is on its way',
        'closed with 1000, clean\n',
      ].join('\n'),
    )
    expect(await server.terminate()).toBe(0)
  })

  it('wamp-v1/pubsub: events to all, to all but some, to some only', async () => {
    const { output, server } = await run('wamp-v1/pubsub/server', 'wamp-v1/pubsub/client')
    const general = 'hears of http://example.com/chat#general:'
    expect(output.split('\n\n')).toEqual([
      `Alan ${general} "hello all"\nGrace ${general} "hello all"`,
      `Ada ${general} "an echo"\nAlan ${general} "an echo"\nGrace ${general} "an echo"`,
      `Grace ${general} "not for Alan"`,
      `Alan ${general} "for Alan alone"`,
      'Grace hears of http://example.com/chat/room#tea: {"invitation":"at five"}',
      '',
    ])
    await server.printed(/^3 in http:\/\/example\.com\/chat#general$/m)
    expect(await server.terminate()).toBe(0)
  })

  it('wamp-v1/custom-pubsub: handlers decide, and change events', async () => {
    const { output, server } = await run('wamp-v1/custom-pubsub/server', 'wamp-v1/custom-pubsub/client')
    expect(output).toBe(
      'http://example.com/weather/berlin { celsius: 21.5, fahrenheit: 70.7 }\nhttp://example.com/weather/paris { celsius: 23, fahrenheit: 73.4 }\n',
    )
    await server.printed(/^subscribe atlantis: no$/m)
    await server.printed(/^publish berlin "warm": no\npublish berlin 5000: no\npublish atlantis 12: no\npublish paris 23: yes$/m)
    expect(await server.terminate()).toBe(0)
  })

  it('wamp-v1/authentication: clients without authentication have no rights', async () => {
    const { output, server } = await run('wamp-v1/authentication/server', 'wamp-v1/authentication/client')
    const [wrong, nobody, early, anonymous, still, joe] = output.split('\n')
    expect([wrong, nobody].map(line => line?.split(':')[0])).toEqual(['invalid-signature', 'no-such-authkey'])
    expect([early, still].map(line => line?.split(':')[0])).toEqual(['NoSuchRPCEndpoint', 'NoSuchRPCEndpoint'])
    expect(anonymous).toBe('as nobody: {"pubsub":[{"uri":"http://example.com/news","sub":true}]}')
    expect(joe).toBe('as joe: the cake is in the cupboard, joe')
    await server.printed(/^joe is here$/m)
    expect(await server.terminate()).toBe(0)
  })

  it('wamp-v1/browser: the module of the page runs in a terminal', async () => {
    const { output, server } = await run('wamp-v1/browser/server', 'wamp-v1/browser/client')
    expect(output).toBe('nobody else is here\n6 × 7 = 42\n')
    expect(await server.terminate()).toBe(0)
  })

  it('wamp/add: a service and its caller meet at a router, and errors arrive', async () => {
    expect(await runWamp('wamp/add')).toBe(
      ['2 + 3 = 5', 'sums: [ 2, 4, 6 ]', 'com.example.error.division_by_zero { dividend: 5 }', 'wamp.error.no_such_procedure', ''].join(
        '\n',
      ),
    )
  })

  it('wamp/progress: results arrive one by one, and leaving the loop stops the service', async () => {
    const { output, service } = await ranWamp('wamp/progress')
    expect(output).toBe('2\n3\n5\n7\n11\n13\n17\n19\nin all: 8\nthe first above 1000: 1009\n')
    await service.printed(/^primes up to 20: complete\nprimes up to 1000000000: cancelled$/m)
    expect(await service.terminate()).toBe(0)
  })

  it('wamp/typed: what the catalogue promises is what arrives', async () => {
    expect(await runWamp('wamp/typed')).toBe(
      [
        'green tea: 10',
        'after taking 3: 7',
        'an event says: 7',
        '- GREEN TEA',
        '- BLACK TEA',
        '2 found',
        'too few of coffee: 7 left',
        'sessions: 2',
        '',
      ].join('\n'),
    )
  })

  for (const [client, ...lines] of [
    ['ticket', 'joined by ticket as tina, user', 'wamp.error.not_authorized', 'with another ticket: wamp.error.authentication_failed'],
    ['wampcra', 'joined by wampcra as carl, user', 'with another password: wamp.error.authentication_failed'],
    ['scram', 'joined by wamp-scram as sara, user', 'with another password: wamp.error.authentication_failed'],
    [
      'cryptosign',
      'joined by cryptosign as kay, user',
      'with another router: the router has not proved that it has the key of the option routerKey',
    ],
  ]) {
    it(`wamp/login: ${client} lets its user in, and nobody else`, async () => {
      const { output, server } = await run('wamp/login/router', `wamp/login/${client}-client`)
      expect(output.trimEnd().split('\n')).toEqual(lines)
      expect(await server.terminate()).toBe(0)
    })
  }

  it('wamp/file-transfer: a file arrives in chunks, and whole', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'autobahn-ts-example-'))
    try {
      const file = join(folder, 'file.bin')
      writeFileSync(file, randomBytes(2_000_000))
      const { output, service, serving } = await ranWamp('wamp/file-transfer', { args: [file] })
      expect(output).toBe('2000000 octets in 31 chunks, the same digest\n')
      await service.printed(/^received file\.bin: 2000000 octets$/m)
      expect(await service.terminate()).toBe(0)
      expect(await serving.terminate()).toBe(0)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })

  it('wamp/sensors: each of a hundred subscribers gets the events of its topics, and no others', async () => {
    expect(await runWamp('wamp/sensors')).toBe(
      [
        'the last temperature in the kitchen: { args: [ 20 ], retained: true }',
        'round 2',
        'com.example.sensor.attic.temperature (exact): 33 events',
        'com.example.sensor.cellar. (prefix): 66 events',
        'com.example.sensor..humidity (wildcard): 99 events',
        '5 topics were seen',
        '',
      ].join('\n'),
    )
  })

  it('are all listed in their README, with commands that name existing files', () => {
    const readme = readFileSync(join(examples, 'README.md'), 'utf8')
    const programs = readdirSync(examples, { recursive: true, encoding: 'utf8' })
      .filter(file => /(server|client|certificate|router|service)\.mjs$/.test(file))
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

/** Runs the service and the client of a folder at a router, ends all three, and returns what the client has printed. */
async function runWamp(folder: string): Promise<string> {
  const { output, service, serving } = await ranWamp(folder)
  expect(await service.terminate()).toBe(0)
  expect(await serving.terminate()).toBe(0)
  return output
}

/** Runs the service and the client of a folder at a router, and returns what the client has printed; the router and the service go on. */
async function ranWamp(folder: string, { args = [] as string[] } = {}): Promise<{ output: string; service: Program; serving: Program }> {
  const serving = start('wamp/router', 0)
  const port = await portOf(serving)
  const service = start(`${folder}/service`, port)
  await service.printed(/^ready$/m)
  return { output: await start(`${folder}/client`, port, ...args).output(), service, serving }
}

/** Returns the port that the server prints; it listens on port 0, which is a free one. */
async function portOf(server: Program): Promise<number> {
  const [, port] = await server.printed(/^listening at \w+:\/\/[\w.]+:(\d+)/m)
  return Number(port)
}

/** Returns the facts of the spans of a name that a program has printed, in their order. */
function spansOf(output: string, name: string): { readonly trace: string }[] {
  return [...output.matchAll(new RegExp(`^span ${name} \\(\\w+\\) (.*)$`, 'gm'))].map(([, facts]) => JSON.parse(facts!))
}

function start(name: string, ...args: (string | number)[]): Program {
  return new Program(join(examples, `${name}.mjs`), args)
}
