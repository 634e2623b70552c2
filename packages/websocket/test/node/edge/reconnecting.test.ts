import { createServer, type Server, type Socket } from 'node:net'
import { Readable } from 'node:stream'
import { afterEach, describe, expect, it } from 'vitest'
import { Channel } from '../../../src/channels/channel.ts'
import type { Handler } from '../../../src/conversation/route.ts'
import { HttpException } from '../../../src/handshake/http/http-exception.ts'
import { type ConnectionOptions, connect, type ReconnectingConnection } from '../../../src/node/edge/connect.ts'
import type { Listener } from '../../../src/node/edge/listener.ts'
import { type ServeOptions, serve } from '../../../src/node/edge/serve.ts'
import { FakeClock } from '../../../src/testing/fake-clock.ts'
import { until } from '../../fixtures/until.ts'

const listeners: Listener[] = []
const connections: ReconnectingConnection[] = []
afterEach(async () => {
  for (const connection of connections.splice(0)) void connection.close()
  for (const listener of listeners.splice(0)) await listener.close({ timeout: 0 })
})

describe('a reconnecting connection over sockets', () => {
  it('goes on in one loop over a server that restarts, and logs in on each connection', async () => {
    const seen: string[] = []
    const port = await started(logged(seen))
    const ws = await connected(port, { onOpen: connection => connection.send('log in') })
    const received: unknown[] = []
    const loop = (async () => {
      for await (const message of ws) received.push(message)
    })()
    await ws.send('one')
    await until(() => received.length === 1)
    await listeners.pop()!.close({ timeout: 0 })
    await until(() => !ws.isOpen)
    await started(logged(seen), port)
    await until(() => ws.isOpen)
    await ws.send('two')
    await until(() => received.length === 2)
    expect({ seen, received }).toEqual({ seen: ['log in', 'one', 'log in', 'two'], received: ['one', 'two'] })
    await ws.close()
    await loop
  })

  it('has the subprotocol, the extensions and the unsent octets of the connection in use, and its end when it is over for good', async () => {
    const port = await started(serveOnly, 0, { protocols: ['chat'] })
    const ws = await connected(port, {}, { protocols: ['chat'] })
    ws.latest.protocol.dropConnection({ abort: true })
    await until(() => !ws.isOpen)
    expect(ws.closeInfo).toBeUndefined()
    await until(() => ws.isOpen)
    const { subprotocol, extensions, bufferedAmount } = ws
    expect({ subprotocol, extensions, bufferedAmount }).toEqual({ subprotocol: 'chat', extensions: [], bufferedAmount: 0 })
    await ws.close()
    expect(ws.closeInfo).toBe(await ws.closed)
    expect(ws.closeInfo).toMatchObject({ code: 1000, by: 'self' })
  })

  it('loses its socket in the middle of a message: the message is not sent again, and not received in part', async () => {
    const got: string[] = []
    let served = 0
    const port = await started(async ws => {
      served++
      if (served > 1) void ws.send('whole')
      for await (const message of ws) got.push(String(message).slice(0, 5))
    })
    const relay = await relayed(port)
    const ws = await connected(relay.port)
    const next = ws.receive()
    relay.stop()
    const large = ws.send(new Uint8Array(8 * 1024 * 1024))
    const lost = expect(large).rejects.toMatchObject({ name: 'ConnectionClosed', closeCode: 1006 })
    // the first part of a message of the server: a text of 100 octets, of which 3 come
    relay.toClient(Uint8Array.of(0x81, 100, 0x61, 0x62, 0x63))
    relay.cut()
    await lost
    relay.go()
    expect(await next).toBe('whole')
    await ws.send('after')
    await until(() => got.length > 0)
    expect(got).toEqual(['after'])
    relay.close()
  })

  it('ends a stream that is sent while there is no connection, because it does not wait for one', async () => {
    const ws = await connected(await started(async ws => ws.close(1001)), { queue: 5, initialDelay: 3600, maxDelay: 3600 })
    await until(() => !ws.isOpen)
    const stream = new Readable({ read: () => undefined })
    await expect(ws.send(stream)).rejects.toMatchObject({
      name: 'ConnectionClosed',
      message: expect.stringContaining('only whole messages wait'),
    })
    await expect(ws.send('x', { signal: 5 as never })).rejects.toMatchObject({ name: 'ApiMisuse' })
    expect(stream.destroyed).toBe(true)
    await ws.close()
  })

  it('notices a server that is silent, by its pings, and connects again', async () => {
    const clock = new FakeClock()
    const port = await started(async ws => {
      void ws.send('here')
      for await (const _ of ws);
    })
    const relay = await relayed(port)
    const losses: unknown[] = []
    const ws = await connected(
      relay.port,
      { onLost: ({ code, retryIn }) => losses.push({ code, willRetry: retryIn !== undefined }) },
      { clock, autoPingInterval: 10, autoPingTimeout: 5 },
    )
    expect(await ws.receive()).toBe('here')
    relay.stop()
    await until(() => {
      clock.advance(1000)
      return losses.length > 0
    })
    relay.go()
    clock.advance(60_000)
    expect(await ws.receive()).toBe('here')
    expect(losses).toEqual([{ code: 1006, willRetry: true }])
    relay.close()
  })

  it('gives up after 401, and waits as long as a 503 asks', async () => {
    const clock = new FakeClock()
    let refusal: HttpException | undefined
    const options: Partial<ServeOptions> = {
      onConnect: () => {
        if (refusal !== undefined) throw refusal
      },
    }
    const port = await started(serveOnly, 0, options)
    const losses: { retryIn: number | undefined; status: unknown }[] = []
    const ws = await connected(
      port,
      { jitter: 0, onLost: ({ retryIn, cause }) => losses.push({ retryIn, status: (cause as { status?: number } | undefined)?.status }) },
      { clock },
    )
    refusal = new HttpException(503, 'busy', [['Retry-After', '60']])
    ws.latest.protocol.dropConnection({ abort: true })
    await until(() => losses.length === 1)
    clock.advance(1000)
    await until(() => losses.length === 2)
    refusal = new HttpException(401, 'who are you?')
    clock.advance(60_000)
    const { cause } = await ws.closed
    expect({ losses, cause }).toEqual({
      losses: [
        { retryIn: 1000, status: undefined },
        { retryIn: 60_000, status: 503 },
        { retryIn: undefined, status: 401 },
      ],
      cause: expect.objectContaining({ name: 'HandshakeFailed', status: 401 }),
    })
  })

  it('asks for the URL of each connection, and counts a failure of that as a failed try', async () => {
    const tokens: (string | null)[] = []
    const port = await started(async (ws, request) => {
      tokens.push(
        new URL(request.path + (request.params.size > 0 ? `?token=${request.params.get('token')![0]}` : ''), 'ws://test').searchParams.get(
          'token',
        ),
      )
      for await (const _ of ws);
    })
    let asked = 0
    const losses: string[] = []
    const ws = await connect(
      async () => {
        asked++
        if (asked === 2) throw new Error('no token')
        return new URL(`ws://127.0.0.1:${port}/?token=${asked}`)
      },
      { reconnect: { initialDelay: 0.001, onLost: ({ reason }) => losses.push(reason) } },
    )
    connections.push(ws)
    ws.latest.protocol.dropConnection({ abort: true })
    await until(() => tokens.length === 2)
    expect({ tokens, last: losses.at(-1) }).toEqual({ tokens: ['1', '3'], last: 'no token' })
  })

  it('asks for the headers of each connection', async () => {
    const seen: (string | undefined)[] = []
    const port = await started(async (ws, request) => {
      seen.push(request.headers.get('authorization'))
      for await (const _ of ws);
    })
    let asked = 0
    const ws = await connected(port, {}, { headers: async () => ({ Authorization: `Bearer ${++asked}` }) })
    ws.latest.terminate()
    await until(() => seen.length === 2)
    expect(seen).toEqual(['Bearer 1', 'Bearer 2'])
  })

  it('does not join a channel itself: each connection that onOpen gets does', async () => {
    const channel = new Channel()
    const ws = await connected(await started(serveOnly), { onOpen: connection => void channel.join(connection) })
    await expect(channel.join(ws)).rejects.toMatchObject({ name: 'ApiMisuse' })
    expect([...channel]).toEqual([ws.latest])
  })

  it('measures the round trip while there is a connection, and has its protocol', async () => {
    const ws = await connected(await started(serveOnly))
    expect(await ws.ping()).toBeGreaterThan(0)
    expect(ws.protocol).toBe(ws.latest.protocol)
    ws.protocol.dropConnection({ abort: true })
    await expect(ws.ping()).rejects.toMatchObject({ name: 'ConnectionClosed' })
  })

  it('rejects where the first connection cannot be opened, and with retryFirst tries it again', async () => {
    const port = await started(serveOnly)
    await listeners.pop()!.close()
    await expect(connected(port)).rejects.toMatchObject({ name: 'HandshakeFailed' })
    let failures = 0
    const opening = connected(port, { retryFirst: true, onLost: () => failures++ })
    await until(() => failures > 1)
    await started(serveOnly, port)
    expect((await opening).isOpen).toBe(true)
  })

  it('is ended by its signal at any time', async () => {
    const controller = new AbortController()
    const ws = await connected(await started(serveOnly), {}, { signal: controller.signal })
    const rest = (async () => {
      for await (const _ of ws);
    })()
    controller.abort()
    await rest
    expect(await ws.closed).toMatchObject({ code: 1000, wasClean: true, by: 'self' })
  })

  it('does not take a stream in place of TCP, which connects once, nor options that do not exist', async () => {
    await expect(connected(1, {}, { socket: new (await import('node:stream')).PassThrough() })).rejects.toMatchObject({
      name: 'ApiMisuse',
      message: 'the option socket cannot be used with reconnect: a stream connects once',
    })
    await expect(connected(1, { onLoss: () => undefined } as object)).rejects.toThrow('did you mean onLost?')
    await expect(connect('ws://127.0.0.1:1', { reconnect: true as never })).rejects.toThrow(
      'option reconnect must be an object of options ({} takes the defaults), and not true',
    )
    await expect(connect('ws://127.0.0.1:1', { reconnect: { onLoss: () => undefined } as object })).rejects.toThrow(
      'there is no option onLoss of reconnect; did you mean onLost?',
    )
  })
})

const serveOnly: Handler = async ws => {
  for await (const _ of ws);
}

/** Echoes everything but what logs in. */
function logged(seen: string[]): Handler {
  return async ws => {
    for await (const message of ws) {
      seen.push(String(message))
      if (message !== 'log in') await ws.send(message)
    }
  }
}

async function started(handler: Handler, port = 0, options: Partial<ServeOptions> = {}): Promise<number> {
  const listener = await serve({ port, host: '127.0.0.1', ...options }, handler)
  listeners.push(listener)
  return Number(new URL(listener.url).port)
}

async function connected(
  port: number,
  reconnect: NonNullable<ConnectionOptions['reconnect']> = {},
  options: ConnectionOptions = {},
): Promise<ReconnectingConnection> {
  const quick = { initialDelay: 0.001, maxDelay: 0.01 }
  const ws = await connect(`ws://127.0.0.1:${port}`, { ...options, reconnect: { ...(options.clock === undefined && quick), ...reconnect } })
  connections.push(ws)
  return ws
}

/** A relay in front of a server that can stop to pass anything on, and cut its connections. */
async function relayed(port: number) {
  const { connect: connectTcp } = await import('node:net')
  const pairs = new Set<readonly [client: Socket, server: Socket]>()
  let isStopped = false
  const relay: Server = createServer(client => {
    const server = connectTcp(port, '127.0.0.1')
    const pair = [client, server] as const
    pairs.add(pair)
    for (const [from, to] of [pair, [server, client] as const]) {
      from.on('data', octets => void (isStopped || to.write(octets)))
      from.on('error', () => to.destroy())
      from.on('close', () => to.destroy())
    }
  })
  await new Promise<void>(resolve => relay.listen(0, '127.0.0.1', resolve))
  const cut = (): void => {
    for (const pair of pairs) for (const socket of pair) socket.destroy()
    pairs.clear()
  }
  return {
    port: (relay.address() as { port: number }).port,
    stop: () => {
      isStopped = true
      for (const [client] of pairs) client.pause()
    },
    go: () => {
      isStopped = false
      cut()
    },
    toClient: (octets: Uint8Array) => {
      for (const [client] of pairs) client.write(octets)
    },
    cut,
    close: () => {
      cut()
      relay.close()
    },
  }
}
