import { once } from 'node:events'
import { Socket } from 'node:net'
import { connect, createServer, type TLSSocket } from 'node:tls'
import fc from 'fast-check'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { joined, type Octets } from '../../../src/bytes/octets.ts'
import type * as Streams from '../../../src/node/sockets/socket-byte-stream.ts'
import type * as Internals from '../../../src/node/sockets/socket-internals.ts'
import { Recorder, testByteStream } from '../../bytes/byte-stream-suite.ts'
import { certificates } from '../../fixtures/certificates.ts'
import { portOf, type SocketPair, tcpPair, temporarySocketPath, tlsPair, unixPair } from '../../fixtures/socket-pair.ts'
import { until } from '../../fixtures/until.ts'

type Mode = 'on' | 'off'

/** The modules, loaded anew with each value of the environment variable, as another process would load them. */
const modes: Readonly<Record<Mode, typeof Streams & typeof Internals>> = { on: await loaded('on'), off: await loaded('off') }
const everyPair: readonly (readonly [Mode, Mode])[] = [
  ['on', 'on'],
  ['on', 'off'],
  ['off', 'on'],
  ['off', 'off'],
]

afterAll(() => vi.resetModules())

for (const mode of ['on', 'off'] as const) {
  for (const [name, makePair] of [
    ['TCP', tcpPair],
    ['TLS', tlsPair],
    ['Unix socket', unixPair],
  ] as const) {
    testByteStream(`${name}, fast paths ${mode}`, async () => {
      const [a, b] = await makePair()
      return { streams: [new modes[mode].SocketByteStream(a), new modes[mode].SocketByteStream(b)] }
    })
  }
}

describe('the fast paths and the plain ones', () => {
  it('send and receive the same octets, whatever is written how, while the reader pauses and goes on', async () => {
    const size = fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 200_000 }))
    const step = fc.record({ sizes: fc.array(size, { minLength: 1, maxLength: 4 }), pauses: fc.boolean(), waits: fc.boolean() })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 8 }), async steps => {
        for (const [writing, reading] of everyPair) {
          const [a, b] = await tcpPair()
          const from = new modes[writing].SocketByteStream(a)
          const to = new modes[reading].SocketByteStream(b)
          const received = new Recorder()
          from.start(new Recorder())
          to.start(received)
          const sent: Octets[] = []
          for (const { sizes, pauses, waits } of steps) {
            const pieces = sizes.map((length, i) => Uint8Array.from({ length }, (_, at) => at * 7 + i + sent.length))
            sent.push(...pieces)
            if (pauses) to.pause()
            if (pieces.length === 1) from.write(pieces[0]!)
            else from.writeAll(pieces)
            if (waits) await new Promise(resolve => setImmediate(resolve))
            to.resume()
          }
          from.end()
          await received.until(() => received.ends === 1)
          expect({ writing, reading, difference: Buffer.compare(received.joined(), joined(sent)) }).toEqual({
            writing,
            reading,
            difference: 0,
          })
          from.destroy(true)
          to.destroy(true)
        }
      }),
      { numRuns: 25 },
    )
  }, 120_000)

  it('read a socket that was paused before, also what somebody had read of it', async () => {
    for (const mode of ['on', 'off'] as const) {
      for (const first of [[], [1, 2]]) {
        const [peer, socket] = await tcpPair()
        socket.pause()
        const stream = new modes[mode].SocketByteStream(socket, { first: Uint8Array.from(first) })
        const reader = new Recorder()
        stream.start(reader)
        peer.write(Uint8Array.of(3))
        await reader.until(() => reader.size === first.length + 1)
        expect([mode, ...reader.joined()]).toEqual([mode, ...first, 3])
        destroy([peer, socket])
      }
    }
  })

  it('report the same error for a peer that resets the connection while octets wait for it', async () => {
    for (const mode of ['on', 'off'] as const) {
      const { stream, reader, peer } = await withPeer(mode)
      peer.pause()
      for (let i = 0; i < 32; i++) stream.write(oneMiB)
      peer.resetAndDestroy()
      await reader.until(() => reader.closes === 1)
      expect([mode, (reader.error as NodeJS.ErrnoException).code]).toEqual([mode, expect.stringMatching(/^(ECONNRESET|EPIPE)$/)])
    }
  })

  it('hand a small write to the system at once, and count what it did not take', async () => {
    for (const mode of ['on', 'off'] as const) {
      const { stream, peer } = await withPeer(mode)
      stream.write(Uint8Array.of(1))
      expect({ mode, writesAtOnce: stream.writesAtOnce, bufferedAmount: stream.bufferedAmount }).toEqual({
        mode,
        writesAtOnce: true,
        bufferedAmount: 0,
      })
      peer.pause()
      for (let i = 0; i < 32; i++) stream.write(oneMiB)
      expect(stream.bufferedAmount).toBeGreaterThan(16 * oneMiB.length)
      stream.destroy(true)
      peer.destroy()
    }
  })
})

describe('socketFastPaths', () => {
  it('finds all of them on each Node that is supported, and none where they are switched off', () => {
    expect([modes.on.socketFastPaths(), modes.off.socketFastPaths()]).toEqual([
      { readInto: true, directWriter: true },
      { readInto: false, directWriter: false },
    ])
  })
})

describe('readInto', () => {
  const { readInto, readNextInto } = modes.on

  it('has many sockets read into one array, each told how much of it is its own', async () => {
    const buffer = new Uint8Array(64)
    const pairs = await Promise.all([tcpPair(), tcpPair(), tcpPair()])
    const received = pairs.map(() => '')
    const servers = pairs.map(([, server]) => server)
    const wasRead = (socket: Socket, length: number): void => {
      received[servers.indexOf(socket)] += Buffer.from(buffer.subarray(0, length)).toString()
    }
    for (const server of servers) {
      expect(readInto(server, buffer, wasRead)).toBe(true)
      server.resume()
    }
    const texts = pairs.map((_, i) => `${i}`.repeat(1000))
    for (const [i, [client]] of pairs.entries()) client.write(texts[i]!)
    await until(() => received.every(text => text.length === 1000))
    expect(received).toEqual(texts)
    destroy(...pairs)
  })

  it('has a socket read into another array after the present read, where it is asked to', async () => {
    const pair = await tcpPair()
    const [client, server] = pair
    const lengths: number[] = []
    const short = new Uint8Array(2)
    readInto(server, new Uint8Array(64), (_, length) => {
      lengths.push(length)
      readNextInto(server, () => short)
    })
    server.resume()
    client.write(new Uint8Array(10))
    await until(() => lengths.length === 1)
    client.write(new Uint8Array(4))
    await until(() => lengths.length === 3)
    expect(lengths).toEqual([10, 2, 2])
    destroy(pair)
  })

  it('leaves a socket alone that reads into an array already, one without a handle, and every socket where it is switched off', async () => {
    const pair = await tcpPair()
    const [client, server] = pair
    const nothing = (): void => {}
    expect(modes.off.readInto(server, new Uint8Array(1), nothing)).toBe(false)
    expect(readInto(server, new Uint8Array(1), nothing)).toBe(true)
    expect(readInto(server, new Uint8Array(1), nothing)).toBe(false)
    expect(readInto(new Socket(), new Uint8Array(1), nothing)).toBe(false)
    client.destroy()
    await once(client, 'close')
    expect(readInto(client, new Uint8Array(1), nothing)).toBe(false)
    destroy(pair)
  })
})

describe('directWriter', () => {
  const { directWriter } = modes.on

  it('is there for TCP and Unix sockets, not for one without a handle, and not where it is switched off', async () => {
    for (const makePair of [tcpPair, unixPair]) {
      const pair = await makePair()
      expect([directWriter(pair[1]), modes.off.directWriter(pair[1])]).toEqual([expect.any(modes.on.DirectWriter), undefined])
      destroy(pair)
    }
    expect(directWriter(new Socket())).toBeUndefined()
  })

  it('writes past the machinery of the socket, alone or several pieces at once', async () => {
    const pair = await tcpPair()
    const [client, server] = pair
    const writer = directWriter(server)!
    const write = vi.spyOn(server, 'write')
    writer.write(Buffer.from('one '))
    writer.writeAll([Buffer.from('two '), Buffer.alloc(0), Buffer.from('three')])
    expect({ pending: writer.pending, writableLength: server.writableLength, bytesWritten: server.bytesWritten }).toEqual({
      pending: 0,
      writableLength: 0,
      bytesWritten: 13,
    })
    expect(await read(client, 13)).toBe('one two three')
    expect(write).not.toHaveBeenCalled()
    destroy(pair)
  })

  it('counts what waits at the handle until it is gone, and what the socket writes meanwhile comes behind it', async () => {
    const pair = await tcpPair()
    const [client, server] = pair
    const writer = directWriter(server)!
    client.pause()
    const large = Buffer.alloc(16 * oneMiB.length, 'x')
    writer.write(large)
    expect(writer.pending).toBeGreaterThan(0)
    expect(writer.pending).toBeLessThanOrEqual(large.length)
    server.write('end')
    const text = await read(client, large.length + 3)
    expect([text.indexOf('end'), writer.pending]).toEqual([large.length, 0])
    destroy(pair)
  })

  it('destroys the socket with the error of the system, as its own write would', async () => {
    const pair = await tcpPair()
    const [client, server] = pair
    const writer = directWriter(server)!
    client.resetAndDestroy()
    const errors: NodeJS.ErrnoException[] = []
    server.on('error', error => void errors.push(error))
    await writeUntilClosed(server, writer)
    await until(() => server.closed)
    expect(errors).toEqual([expect.objectContaining({ code: expect.stringMatching(/^(EPIPE|ECONNRESET)$/), syscall: 'write' })])
    writer.write(Uint8Array.of(1))
    writer.writeAll([Uint8Array.of(1), Uint8Array.of(2)])
    expect(server.destroyed).toBe(true)
  })

  it('drops waiting octets without an error when the socket is destroyed', async () => {
    const pair = await tcpPair()
    const [client, server] = pair
    const writer = directWriter(server)!
    const errors: Error[] = []
    server.on('error', error => void errors.push(error))
    client.pause()
    writer.writeAll([new Uint8Array(16 * oneMiB.length), Uint8Array.of(1)])
    expect(writer.pending).toBeGreaterThan(0)
    server.destroy()
    await once(server, 'close')
    await until(() => writer.pending === 0)
    expect(errors).toEqual([])
    destroy(pair)
  })

  it('uses no request again that the handle has taken, though nothing is left in its queue', async () => {
    type Request = { oncomplete?: (status: number) => void; getAsyncId: () => number }
    const requests: Request[] = []
    // Node 26 hands over no request, and is given one
    const take = (handed: Request | null): Request | number => {
      const request = handed ?? { getAsyncId: () => 1 }
      requests.push(request)
      request.getAsyncId = () => 1
      return handed === null ? request : 0
    }
    const socket = { _handle: { writeQueueSize: 0, writeBuffer: take, writev: take } } as unknown as Socket
    const writer = directWriter(socket)!
    let taken = 0
    writer.write(Uint8Array.of(1))
    writer.whenTaken(() => taken++)
    expect([writer.pending, taken]).toEqual([1, 0])
    requests[0]!.oncomplete?.(0)
    expect([writer.pending, taken]).toEqual([0, 1])
    writer.write(Uint8Array.of(2))
    requests[1]!.oncomplete?.(0)
    expect({ isSameRequest: requests[0] === requests[1], pending: writer.pending, taken }).toEqual({
      isSameRequest: false,
      pending: 0,
      taken: 1,
    })
  })

  it.skipIf(!makesItsOwnRequests())('takes a write for done that the handle has completed before it returned its request', () => {
    const completed = { getAsyncId: () => 1, writeStatus: 0 }
    const write = (): typeof completed => completed
    const writer = directWriter({ _handle: { writeQueueSize: 0, writeBuffer: write, writev: write } } as unknown as Socket)!
    writer.write(Uint8Array.of(1))
    expect(writer.pending).toBe(0)
  })

  it('counts down while the system takes what is pending', async () => {
    const pair = await tcpPair()
    const [client, server] = pair
    const writer = directWriter(server)!
    client.pause()
    writer.write(new Uint8Array(32 * oneMiB.length))
    const before = writer.pending
    const seen: number[] = []
    client.on('data', () => void seen.push(writer.pending))
    client.resume()
    await until(() => writer.pending === 0)
    expect(seen.some(pending => pending > 0 && pending < before)).toBe(true)
    destroy(pair)
  })

  it('calls back once when the system has taken everything', async () => {
    const pair = await tcpPair()
    const [client, server] = pair
    const writer = directWriter(server)!
    client.pause()
    writer.write(new Uint8Array(16 * oneMiB.length))
    let taken = 0
    writer.whenTaken(() => taken++)
    expect([writer.pending > 0, taken]).toEqual([true, 0])
    await read(client, 16 * oneMiB.length)
    await until(() => taken > 0)
    expect([writer.pending, taken]).toEqual([0, 1])
    destroy(pair)
  })

  it('does not lose what waits to the collector of garbage, or to a writer that is used by others meanwhile', async () => {
    const pairs = await Promise.all(Array.from({ length: 4 }, () => tcpPair()))
    const size = 4 * oneMiB.length
    for (const [i, [client, server]] of pairs.entries()) {
      client.pause()
      directWriter(server)!.write(Buffer.alloc(size, `${i}`))
    }
    const texts = await Promise.all(pairs.map(([client]) => read(client, size)))
    expect(texts.map((text, i) => text === `${i}`.repeat(size))).toEqual([true, true, true, true])
    destroy(...pairs)
  })
})

describe('writeDirectly and writeAllDirectly', () => {
  const { writeDirectly, writeAllDirectly, writesDirectly } = modes.on

  it('are for TCP and Unix sockets with a handle, where they are not switched off', async () => {
    for (const makePair of [tcpPair, unixPair]) {
      const pair = await makePair()
      expect([writesDirectly(pair[1]), modes.off.writesDirectly(pair[1])]).toEqual([true, false])
      destroy(pair)
    }
    expect(writesDirectly(new Socket())).toBe(false)
  })

  it('leave no writer where the system has taken everything, and one with the rest where it has not', async () => {
    const pair = await tcpPair()
    const [client, server] = pair
    client.pause()
    expect(writeDirectly(server, Buffer.from('one '))).toBeUndefined()
    expect(writeAllDirectly(server, [Buffer.from('two '), Buffer.from('three')])).toBeUndefined()
    const large = Buffer.alloc(16 * oneMiB.length, 'x')
    const writer = writeDirectly(server, large)!
    let taken = 0
    writer.whenTaken(() => taken++)
    expect([writer.pending > 0, taken]).toEqual([true, 0])
    const text = await read(client, 13 + large.length)
    await until(() => taken > 0)
    expect([text.slice(0, 13), text.length, writer.pending, taken]).toEqual(['one two three', 13 + large.length, 0, 1])
    const again = writeAllDirectly(server, [large, Buffer.from('end')])!
    expect(again.pending).toBeGreaterThan(0)
    expect((await read(client, large.length + 3)).endsWith('xend')).toBe(true)
    destroy(pair)
  })

  it('destroy the socket with the error of the system, and write nothing to one that is gone', async () => {
    const pair = await tcpPair()
    const [client, server] = pair
    client.resetAndDestroy()
    const errors: NodeJS.ErrnoException[] = []
    server.on('error', error => void errors.push(error))
    server.pause()
    while (!server.destroyed) {
      writeDirectly(server, Uint8Array.of(1))
      await new Promise(resolve => setImmediate(resolve))
    }
    await until(() => server.closed)
    expect(errors).toEqual([expect.objectContaining({ code: expect.stringMatching(/^(EPIPE|ECONNRESET)$/), syscall: 'write' })])
    expect([writeDirectly(server, Uint8Array.of(1)), writeAllDirectly(server, [Uint8Array.of(1)])]).toEqual([undefined, undefined])
  })
})

describe('removeOwnEndListener', () => {
  it('leaves a socket that stays open for writing without the listener of Node, with those of programs, and able to write after the end', async () => {
    const pair = await tcpPair()
    const [client, server] = pair
    let ends = 0
    server.allowHalfOpen = true
    server.on('end', () => ends++)
    modes.off.removeOwnEndListener(server)
    expect(server.listenerCount('end')).toBe(2)
    modes.on.removeOwnEndListener(server)
    expect(server.listenerCount('end')).toBe(1)
    server.resume()
    client.end()
    await until(() => ends === 1)
    server.write('after')
    expect(await read(client, 5)).toBe('after')
    destroy(pair)
  })

  it('leaves the listener where the socket closes for writing when the peer has ended', async () => {
    const pair = await tcpPair()
    pair[1].allowHalfOpen = false
    modes.on.removeOwnEndListener(pair[1])
    expect(pair[1].listenerCount('end')).toBe(1)
    destroy(pair)
  })
})

/** Whether handles make the requests for writing themselves, as those of Node 26 do. */
function makesItsOwnRequests(): boolean {
  return Number(process.versions.node.split('.')[0]) >= 26
}

async function loaded(mode: Mode): Promise<typeof Streams & typeof Internals> {
  vi.stubEnv('AUTOBAHN_TS_FAST_PATHS', mode)
  vi.resetModules()
  const modules = {
    ...(await import('../../../src/node/sockets/socket-byte-stream.ts')),
    ...(await import('../../../src/node/sockets/socket-internals.ts')),
  }
  vi.unstubAllEnvs()
  return modules
}

async function withPeer(mode: Mode): Promise<{ stream: Streams.SocketByteStream; reader: Recorder; peer: Socket }> {
  const [peer, socket] = await tcpPair()
  const reader = new Recorder()
  const stream = new modes[mode].SocketByteStream(socket)
  stream.start(reader)
  peer.on('error', () => {})
  return { stream, reader, peer }
}

/** Reads so many octets, as text. */
async function read(socket: Socket, size: number): Promise<string> {
  const pieces: Buffer[] = []
  let length = 0
  socket.on('data', piece => {
    pieces.push(piece)
    length += piece.length
  })
  socket.resume()
  await until(() => length >= size)
  return Buffer.concat(pieces).toString()
}

async function writeUntilClosed(socket: Socket, writer: Internals.DirectWriter): Promise<void> {
  while (!socket.destroyed) {
    writer.write(Uint8Array.of(1))
    await new Promise(resolve => setImmediate(resolve))
  }
}

function destroy(...pairs: readonly SocketPair[]): void {
  for (const socket of pairs.flat()) socket.destroy()
}

const oneMiB = new Uint8Array(1024 * 1024)

describe('socketBelow', () => {
  const { socketBelow } = modes.on

  for (const [name, path] of [
    ['TCP', undefined],
    ['a Unix socket', temporarySocketPath()],
  ] as const) {
    it(`finds the socket that a TLS socket was made of, over ${name}`, async () => {
      const lower: Socket[] = []
      const server = createServer(certificates().server)
      server.on('connection', (socket: Socket) => lower.push(socket))
      await new Promise<void>(resolve => (path === undefined ? server.listen(0, '127.0.0.1', resolve) : server.listen(path, resolve)))
      const clients: TLSSocket[] = []
      const upper: Socket[] = []
      for (let i = 0; i < 3; i++) {
        const place = path === undefined ? { port: portOf(server), host: '127.0.0.1' } : { path }
        clients.push(connect({ ...place, servername: 'localhost', ca: certificates().ca }))
        upper.push(...((await once(server, 'secureConnection')) as [Socket]))
      }
      const candidates = new Map(lower.map(socket => [socket, undefined]))
      expect(upper.map(socket => socketBelow(socket, candidates))).toEqual(lower)
      for (const socket of [...clients, ...upper]) socket.destroy()
      server.close()
    })
  }

  it('goes by the address where a runtime does not name the lower socket, and by nothing where there is none', async () => {
    const [[client, server], [other, otherServer]] = await Promise.all([tcpPair(), tcpPair()])
    const candidates = new Map([
      [otherServer, undefined],
      [server, undefined],
    ])
    const upper = Object.assign(new Socket(), {})
    Object.defineProperty(upper, 'remoteAddress', { value: server.remoteAddress })
    Object.defineProperty(upper, 'remotePort', { value: server.remotePort })
    expect(socketBelow(upper, candidates)).toBe(server)
    expect(socketBelow(server, candidates)).toBe(server)
    expect(socketBelow(new Socket(), candidates)).toBeUndefined()
    for (const socket of [client, server, other, otherServer]) socket.destroy()
  })
})

describe('peerOf', () => {
  it('gives what the socket gives, and has the socket keep nothing for it', async () => {
    const [client, server] = await tcpPair()
    const [on, off] = [modes.on.peerOf(server), modes.off.peerOf(client)]
    expect({ on: { address: on.address, port: on.port }, hasKept: Object.hasOwn(server, '_peername') }).toEqual({
      on: { address: '127.0.0.1', port: client.localPort },
      hasKept: false,
    })
    expect({ address: off.address, port: off.port }).toEqual({ address: '127.0.0.1', port: server.localPort })
    for (const socket of [client, server]) socket.destroy()
  })

  it('gives nothing for a socket that is closed', async () => {
    const [client, server] = await tcpPair()
    for (const socket of [client, server]) socket.destroy()
    await once(server, 'close')
    expect([modes.on.peerOf(server), modes.off.peerOf(server)].map(({ address }) => address)).toEqual([undefined, undefined])
  })

  it('gives the address that a program has put on the socket, as those for the PROXY protocol do', async () => {
    const [client, server] = await tcpPair()
    Object.defineProperty(server, 'remoteAddress', { value: '192.0.2.7' })
    expect(modes.on.peerOf(server).address).toBe('192.0.2.7')
    for (const socket of [client, server]) socket.destroy()
  })
})

describe('readBelowTls', () => {
  it('is undefined on runtimes whose TLS can be paused, such as this one', () => {
    expect(modes.on.readBelowTls).toBeUndefined()
  })
})
