import { connect as connectTcp, createServer, type Socket } from 'node:net'
import { connect } from '@autobahn-ts/websocket'
import { describe, expect, it } from 'vitest'
import { fuzzingClient } from '../../src/fuzzing/fuzzing-client.ts'
import { fuzzingServer } from '../../src/fuzzing/fuzzing-server.ts'
import type { ReportRow } from '../../src/report/report-writer.ts'
import { acceptKey } from '../../src/wire/accept-key.ts'
import { encodeFrame, Opcode } from '../../src/wire/frame.ts'
import { hex, utf8 } from '../../src/wire/octets.ts'

const pace = { opening: 2, answer: 0.4, failure: 0.4, close: 0.3, drop: 0.3 }
/** One case for each kind of step: answers, failure, pauses, large messages, compression, a special opening handshake. */
const cases = ['1.1.2', '1.1.8', '2.7', '3.1', '6.4.1', '7.1.1', '20.1.1', '20.6.1', '22.1.4', '23.1.1', '25.1.1']
const clientCases = ['1.1.2', '1.1.8', '2.7', '3.1', '7.1.1', '20.10.1', '20.13.1', '22.1.4', '23.1.1']
/** Far longer than any case may take with this pace, in milliseconds that this process was given: 6.4.1 has two pauses of a second. */
const longest = 15_000
/** In milliseconds of the clock: on a busy machine what takes 15 seconds takes longer. */
const patience = 120_000
/** The actions of a hostile testee on a connection. `doesOpen`: it first completes the opening handshake. */
type Hostility = readonly [what: string, doesOpen: boolean, does: (socket: Socket) => void]

const hostilities: readonly Hostility[] = [
  ['says nothing at all', false, () => {}],
  ['ends TCP at once', false, socket => socket.end()],
  ['resets within the opening handshake', false, socket => setTimeout(() => socket.resetAndDestroy(), 20)],
  ['sends a head that does not end', false, socket => flood(socket, 'X-Header: and one more\r\n')],
  ['sends a head of one octet after another', false, socket => drip(socket, 'H')],
  ['sends random octets in place of a head', false, socket => socket.write('\0\r\n\r\n'.repeat(1000))],
  ['answers with a body that does not end', false, socket => flood(socket, 'HTTP/1.1 400 No\r\n\r\n', 'x'.repeat(1000))],
  ['says nothing behind the opening handshake', true, () => {}],
  ['reads nothing behind the opening handshake', true, socket => socket.pause()],
  ['resets behind the opening handshake', true, socket => socket.resetAndDestroy()],
  ['ends its side of TCP behind the opening handshake', true, socket => socket.end()],
  ['sends pings that do not end', true, socket => flood(socket, frame(socket, Opcode.Ping, 'you?'))],
  ['sends pongs that do not end', true, socket => flood(socket, frame(socket, Opcode.Pong, 'me!'))],
  ['sends messages that do not end', true, socket => flood(socket, frame(socket, Opcode.Text, 'and another'))],
  ['sends close frames that do not end', true, socket => flood(socket, frame(socket, Opcode.Close, '\u0003\u00e8'))],
  [
    'sends fragments that do not end',
    true,
    socket => flood(socket, frame(socket, Opcode.Text, 'a', false), frame(socket, Opcode.Continuation, 'b', false)),
  ],
  [
    'sends empty fragments that do not end',
    true,
    socket => flood(socket, frame(socket, Opcode.Text, '', false), frame(socket, Opcode.Continuation, '', false)),
  ],
  ['sends octets that do not end', true, socket => flood(socket, Buffer.alloc(65_536, 0xff))],
  ['announces 2^62 octets', true, socket => socket.write(hex(`82 ${isClient(socket) ? 'ff' : '7f'} 40 00 00 00 00 00 00 00 00 00 00 00`))],
  [
    'announces 30 MiB and sends them one by one',
    true,
    socket => {
      socket.write(hex(`82 ${isClient(socket) ? 'ff' : '7f'} 00 00 00 00 01 e0 00 00 ${isClient(socket) ? '00 00 00 00' : ''}`))
      drip(socket, 'x')
    },
  ],
  [
    'sends a bomb, though nobody agreed on compression',
    true,
    socket => flood(socket, frame(socket, Opcode.Text, '*'.repeat(1000), true, 4)),
  ],
]

describe('the fuzzing client survives a server that', { timeout: patience }, () => {
  it.concurrent.each(hostilities)('%s', async (_, doesOpen, does) => {
    using time = new OwnTime()
    await using server = await serving(doesOpen, does)
    const { rows } = await fuzzingClient({ servers: [{ agent: 'hostile', url: server.url }], cases, pace, concurrency: 16 })
    expectAllEnded(rows, cases, time)
  })
})

describe('the fuzzing server survives a client that', { timeout: patience }, () => {
  it.concurrent.each(hostilities)('%s', async (_, doesOpen, does) => {
    using time = new OwnTime()
    const fuzzer = await fuzzingServer({ url: 'ws://127.0.0.1:0', cases: clientCases, pace, concurrency: 16 })
    const stage = new Stage()
    try {
      const ends = clientCases.map(id => visit(stage, fuzzer.url, id, doesOpen, does))
      if (doesOpen) await expect.poll(() => fuzzer.report.rows.length, { timeout: patience }).toBe(clientCases.length)
      else await Promise.all(ends)
      expectAllEnded(fuzzer.report.rows, doesOpen ? clientCases : [], time)
      // The server still serves others.
      const ws = await connect(`${fuzzer.url}/getCaseCount`)
      expect(await ws.receive()).toBe(String(clientCases.length))
      await ws.closed
    } finally {
      stage.clear()
      await fuzzer.close()
    }
  })
})

it('keeps no more in memory than its limit', async () => {
  using time = new OwnTime()
  const before = process.memoryUsage().rss
  await using server = await serving(true, socket => torrent(socket, frame(socket, Opcode.Text, '*'.repeat(60_000))))
  const options = { cases: ['1.1.2'], pace: { ...pace, answer: 5, close: 5 } }
  const { rows } = await fuzzingClient({ servers: [{ agent: 'hostile', url: server.url }], ...options })
  expectAllEnded(rows, ['1.1.2'], time)
  // 64 MiB of messages are kept for a case; the rest belongs to the test itself.
  expect(process.memoryUsage().rss - before).toBeLessThan(400 * 1024 * 1024)
})

/** All cases run at once, so none has taken longer than all of them. */
function expectAllEnded(rows: readonly ReportRow[], ids: readonly string[], time: OwnTime): void {
  expect(rows.map(({ id }) => id).sort()).toEqual([...ids].sort())
  expect(time.passed).toBeLessThan(longest)
}

/**
 * The time in which this process could do something, in milliseconds: on an idle machine that of the clock, and on a busy one less, because a timer
 * that comes late counts once.
 */
class OwnTime implements Disposable {
  #ticks = 0
  readonly #timer = setInterval(() => this.#ticks++, 10)

  get passed(): number {
    return this.#ticks * 10
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
  }
}

/** The sockets of one test. */
class Stage {
  readonly #sockets = new Set<Socket>()

  add(socket: Socket): void {
    this.#sockets.add(socket)
    socket.on('error', () => {})
    socket.once('close', () => this.#sockets.delete(socket))
  }

  clear(): void {
    for (const socket of this.#sockets) socket.destroy()
  }
}

async function serving(doesOpen: boolean, does: (socket: Socket) => void): Promise<{ readonly url: string } & AsyncDisposable> {
  const stage = new Stage()
  const server = createServer({ allowHalfOpen: true }, socket => {
    stage.add(socket)
    if (!doesOpen) return does(socket)
    socket.once('data', head => {
      const [, key = ''] = /sec-websocket-key: (.*)\r\n/i.exec(head.toString('latin1')) ?? []
      socket.write(`HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${acceptKey(key)}\r\n\r\n`)
      socket.resume()
      does(socket)
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return {
    url: `ws://127.0.0.1:${address.port}`,
    [Symbol.asyncDispose]: async () => {
      stage.clear()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

/** Connects as a client; resolves when the fuzzer has ended its side. */
function visit(stage: Stage, url: string, id: string, doesOpen: boolean, does: (socket: Socket) => void): Promise<void> {
  const socket = connectTcp({ port: Number(new URL(url).port), host: '127.0.0.1', allowHalfOpen: true })
  stage.add(socket)
  clients.add(socket)
  const ended = new Promise<void>(resolve => socket.once('end', resolve).once('close', () => resolve()))
  if (doesOpen) {
    const lines = [
      'Host: x',
      'Upgrade: websocket',
      'Connection: Upgrade',
      `Sec-WebSocket-Key: ${'A'.repeat(22)}==`,
      'Sec-WebSocket-Version: 13',
    ]
    socket.write(`GET /runCase?casetuple=${id}&agent=hostile HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`)
    socket.once('data', () => {
      socket.resume()
      does(socket)
    })
  } else {
    socket.resume()
    does(socket)
  }
  return ended
}

const clients = new WeakSet<Socket>()

function isClient(socket: Socket): boolean {
  return clients.has(socket)
}

function frame(socket: Socket, opcode: number, payload: string, fin = true, rsv = 0): Uint8Array {
  const mask = isClient(socket) ? { mask: Uint8Array.of(0, 0, 0, 0) } : {}
  return encodeFrame({ opcode, payload: opcode === Opcode.Close ? Uint8Array.of(3, 232) : utf8(payload), fin, rsv, ...mask })
}

/** Sends the first octets once and the others repeatedly: a megabyte per second, because tests run beside each other on one machine. */
function flood(socket: Socket, first: string | Uint8Array, others: string | Uint8Array = first): void {
  const one = Buffer.from(others)
  const many = Buffer.concat(Array<Buffer>(Math.max(1, Math.ceil(16_384 / one.length))).fill(one))
  socket.write(first)
  every(15, socket, () => {
    if (socket.writable && socket.writableLength < 65_536) socket.write(many)
  })
}

/** Sends as much as the other side reads. */
function torrent(socket: Socket, octets: Uint8Array): void {
  const more = (): void => {
    while (socket.writable && socket.write(octets));
  }
  socket.on('drain', more)
  more()
}

/** Sends one octet every tenth of a second. */
function drip(socket: Socket, octet: string): void {
  every(100, socket, () => socket.writable && socket.write(octet))
}

function every(milliseconds: number, socket: Socket, act: () => void): void {
  const timer = setInterval(act, milliseconds)
  socket.once('close', () => clearInterval(timer))
}
