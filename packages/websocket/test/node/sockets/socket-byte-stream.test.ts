import { once } from 'node:events'
import type { Socket } from 'node:net'
import { Duplex, PassThrough } from 'node:stream'
import { CLIENT_RENEG_LIMIT, connect, TLSSocket } from 'node:tls'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { SocketByteStream } from '../../../src/node/sockets/socket-byte-stream.ts'
import { Recorder, type TestedPair, testByteStream } from '../../bytes/byte-stream-suite.ts'
import { certificates } from '../../fixtures/certificates.ts'
import { type SocketPair, tcpPair, tlsPair, unixPair } from '../../fixtures/socket-pair.ts'
import { until } from '../../fixtures/until.ts'

testByteStream('TCP', () => tested(tcpPair()))
testByteStream('TLS', () => tested(tlsPair()))
testByteStream('TLS 1.2', () => tested(tlsPair({ maxVersion: 'TLSv1.2' })))
testByteStream('Unix socket', () => tested(unixPair()))

describe('SocketByteStream', () => {
  it('gives what was read before first, as a copy', async () => {
    const [client, server] = await tcpPair()
    const first = Uint8Array.of(1, 2)
    const reader = new Recorder()
    new SocketByteStream(server, { first }).start(reader)
    first[0] = 9
    client.write(Uint8Array.of(3))
    expect(reader.size).toBe(0)
    await reader.until(() => reader.size === 3)
    expect([...reader.joined()]).toEqual([1, 2, 3])
    client.destroy()
    server.destroy()
  })

  it('tells that the peer ended before the stream had the socket', async () => {
    const [client, server] = await tcpPair()
    client.end()
    server.resume()
    await once(server, 'end')
    const reader = new Recorder()
    new SocketByteStream(server).start(reader)
    await reader.until(() => reader.ends === 1)
    client.destroy()
    server.destroy()
  })

  it('tells its owner that it is gone, once and after its reader', async () => {
    const [client, server] = await tcpPair()
    // the reset may arrive before the client is destroyed
    client.on('error', () => undefined)
    const calls: unknown[] = []
    const stream = new SocketByteStream(server, { owner: { streamGone: socket => void calls.push(socket === server) } })
    await new Promise<void>(resolve => {
      stream.start({
        dataReceived: () => undefined,
        drained: () => undefined,
        ended: () => undefined,
        closed: () => {
          calls.push('closed')
          setImmediate(resolve)
        },
      })
      stream.destroy(true)
    })
    client.destroy()
    expect(calls).toEqual(['closed', true])
  })

  it('closes at once where the peer has ended and nothing is unsent', async () => {
    const [client, server] = await tcpPair()
    const reader = new Recorder()
    const stream = new SocketByteStream(server)
    stream.start(reader)
    stream.write(Uint8Array.of(1, 2))
    client.end()
    await reader.until(() => reader.ends === 1)
    stream.destroy(false)
    expect(server.destroyed).toBe(true)
    const [received] = await once(client, 'data')
    expect([...received]).toEqual([1, 2])
    if (!client.closed) await once(client, 'close')
  })

  it('closes behind what is unsent where the peer has ended', async () => {
    const [client, server] = await tcpPair()
    const reader = new Recorder()
    const stream = new SocketByteStream(server)
    stream.start(reader)
    const size = 32 * 1024 * 1024
    stream.write(new Uint8Array(size))
    client.end()
    await reader.until(() => reader.ends === 1)
    stream.destroy(false)
    expect(server.destroyed).toBe(false)
    let received = 0
    for await (const chunk of client) received += chunk.length
    expect(received).toBe(size)
  })

  it('ends with an error that the socket reports without ending: TLS renegotiation beyond the limit of Node', async () => {
    const [client, server] = await tlsPair({ maxVersion: 'TLSv1.2' })
    const reader = new Recorder()
    new SocketByteStream(server).start(reader)
    let renegotiations = 0
    const renegotiate = (): void => {
      ;(client as TLSSocket).renegotiate({ rejectUnauthorized: false }, error => {
        if (error !== null) return
        renegotiations++
        setImmediate(renegotiate)
      })
    }
    client.on('error', () => {})
    renegotiate()
    await reader.until(() => reader.closes === 1)
    expect(reader.error).toMatchObject({ code: 'ERR_TLS_SESSION_ATTACK' })
    expect(renegotiations).toBeLessThanOrEqual(CLIENT_RENEG_LIMIT + 1)
    client.destroy()
  })

  it('holds what was read before while it is paused', async () => {
    const [client, server] = await tcpPair()
    const reader = new Recorder()
    const stream = new SocketByteStream(server, { first: Uint8Array.of(1) })
    stream.pause()
    stream.start(reader)
    client.write(Uint8Array.of(2))
    await new Promise(resolve => setImmediate(resolve))
    expect(reader.size).toBe(0)
    stream.resume()
    await reader.until(() => reader.size === 2)
    client.destroy()
    server.destroy()
  })

  it('reads 4 KiB at a time when it is to read less, and as much as before once a read finds less than that', async () => {
    for (const pair of [tcpPair(), unixPair()]) {
      const [client, server] = await pair
      const lengths: number[] = []
      const total = (): number => lengths.reduce((sum, length) => sum + length, 0)
      const stream = new SocketByteStream(server)
      const asked = (length: number): void => {
        lengths.push(length)
        if (lengths.length === 1) stream.readLess()
      }
      stream.start({ dataReceived: octets => asked(octets.length), drained() {}, ended() {}, closed() {} })
      client.write(new Uint8Array(10))
      await until(() => total() === 10)
      client.write(new Uint8Array(20_000))
      await until(() => total() === 20_010)
      expect(Math.max(...lengths)).toBe(4096)
      lengths.length = 1
      client.write(new Uint8Array(10))
      await until(() => total() === 20)
      stream.pause()
      client.write(new Uint8Array(20_000))
      await turns(20)
      stream.resume()
      await until(() => total() === 20_020)
      expect(Math.max(...lengths)).toBeGreaterThan(4096)
      client.destroy()
      server.destroy()
    }
  })

  it('loses nothing when it reads less again and again, with pauses in between', async () => {
    const [client, server] = await tcpPair()
    const reader = new Recorder()
    const stream = new SocketByteStream(server)
    const read = reader.dataReceived.bind(reader)
    reader.dataReceived = octets => {
      read(octets)
      stream.readLess()
      stream.pause()
      setImmediate(() => stream.resume())
    }
    stream.start(reader)
    const sent = Uint8Array.from({ length: 100_000 }, (_, n) => n % 251)
    client.write(sent)
    await reader.until(() => reader.size === sent.length)
    expect(Buffer.compare(reader.joined(), sent)).toBe(0)
    client.destroy()
    server.destroy()
  })

  it('does not change lent octets during the call, even when they are TLS for another stream inside it', async () => {
    const [client, socket] = await tcpPair()
    const { ca, server } = certificates()
    const wasChanged: boolean[] = []
    const outer = new SocketByteStream(socket)
    const tunnel = new Duplex({
      read: () => {},
      write: (octets, _, done) => {
        outer.write(octets)
        done()
      },
    })
    outer.start({
      dataReceived: octets => {
        const copy = Buffer.from(octets)
        tunnel.push(copy)
        wasChanged.push(Buffer.compare(octets, copy) !== 0)
      },
      drained: () => {},
      ended: () => {},
      closed: () => tunnel.destroy(),
    })
    const inside = new TLSSocket(tunnel, { isServer: true, ...server })
    const received = new Recorder()
    inside.once('secure', () => new SocketByteStream(inside).start(received))
    const tls = connect({ socket: client, servername: 'localhost', ca })
    await once(tls, 'secureConnect')
    tls.write(new Uint8Array(3000).fill(7))
    await received.until(() => received.size === 3000)
    expect(wasChanged).toEqual(wasChanged.map(() => false))
    tls.destroy()
    socket.destroy()
  })

  it('reports the end of the peer once, after the octets that it held, however often it is resumed', async () => {
    const { stream, reader } = await withPausedTls()
    await turns(20)
    expect(reader.ends).toBe(0)
    stream.resume()
    stream.pause()
    stream.resume()
    await reader.until(() => reader.ends > 0)
    await turns(2)
    expect([reader.size, reader.ends]).toEqual([40_000, 1])
    stream.destroy(true)
  })

  it('gives nothing of what it held once it is closed', async () => {
    const { stream, reader } = await withPausedTls()
    await turns(20)
    const { size } = reader
    stream.destroy(true)
    await reader.until(() => reader.closes === 1)
    stream.resume()
    await turns(2)
    expect(reader.size).toBe(size)
  })

  it('resets TCP on abort', async () => {
    const { stream, peer } = await withPeer(tcpPair())
    stream.destroy(true)
    const [error] = await once(peer, 'error')
    expect(error).toMatchObject({ code: 'ECONNRESET' })
  })

  it('ends TCP on abort where resets are off', async () => {
    const [client, server] = await tcpPair()
    const stream = new SocketByteStream(server, { resets: false })
    stream.start({ dataReceived: () => undefined, drained: () => undefined, ended: () => undefined, closed: () => undefined })
    client.resume()
    stream.destroy(true)
    await once(client, 'end')
    expect(client.errored).toBe(null)
    client.destroy()
  })

  it('resets TCP on abort after its side has ended', async () => {
    const { stream, peer, reader } = await withPeer(tcpPair())
    stream.end()
    stream.destroy(true)
    await reader.until(() => reader.closes === 1)
    peer.on('error', () => {})
    peer.destroy()
  })

  it('discards on abort what the peer does not read', async () => {
    const { stream, peer, reader } = await withPeer(tcpPair())
    const size = 32 * 1024 * 1024
    // Octets in the kernel may still be read; then the kernel reports an error or the end.
    const gone = new Promise<unknown>(resolve => peer.on('error', resolve).on('end', resolve))
    peer.pause()
    stream.write(new Uint8Array(size))
    expect(stream.bufferedAmount).toBeGreaterThan(0)
    stream.destroy(true)
    await reader.until(() => reader.closes === 1)
    expect(reader.error).toBeUndefined()
    peer.resume()
    await gone
    expect(peer.bytesRead).toBeLessThan(size)
    peer.destroy()
  })

  it('keeps the error of the socket for closed', async () => {
    const { reader, peer } = await withPeer(tcpPair())
    peer.resetAndDestroy()
    await reader.until(() => reader.closes === 1)
    expect(reader.error).toMatchObject({ code: 'ECONNRESET' })
  })

  it('leaves no error unhandled before start, and reports it then', async () => {
    const [, server] = await tcpPair()
    const stream = new SocketByteStream(server)
    server.destroy(new Error('early'))
    await new Promise(resolve => server.on('close', resolve))
    const reader = new Recorder()
    stream.start(reader)
    await reader.until(() => reader.closes === 1)
    expect(reader.error?.message).toBe('early')
  })

  it('reports closed for a socket that was closed before, later', async () => {
    const [, server] = await tcpPair()
    server.destroy()
    await once(server, 'close')
    const reader = new Recorder()
    new SocketByteStream(server, { first: Uint8Array.of(1) }).start(reader)
    expect(reader.closes).toBe(0)
    await reader.until(() => reader.closes === 1)
    expect(reader.size).toBe(0)
  })

  it('reports closed for a socket that is closing', async () => {
    const [, server] = await tcpPair()
    server.destroy()
    const reader = new Recorder()
    new SocketByteStream(server).start(reader)
    await reader.until(() => reader.closes === 1)
  })

  it('reports drained after the end once everything is out', async () => {
    const { stream, peer, reader } = await withPeer(tcpPair())
    peer.pause()
    stream.write(new Uint8Array(32 * 1024 * 1024))
    stream.end()
    stream.notifyDrained()
    peer.resume()
    await reader.until(() => reader.drains === 1)
    peer.destroy()
    await reader.until(() => reader.closes === 1)
  })

  it('switches the timeout of an HTTP server off and no-delay as asked', async () => {
    const [client, server] = await tcpPair()
    server.setTimeout(5)
    const set: unknown[] = []
    server.setNoDelay = on => {
      set.push(on)
      return server
    }
    new SocketByteStream(server, { noDelay: false })
    expect(server.timeout).toBe(0)
    expect(set).toEqual([false])
    client.destroy()
    server.destroy()
  })

  it('works over any duplex stream', async () => {
    const socket = new PassThrough()
    const reader = new Recorder()
    const stream = new SocketByteStream(socket, { noDelay: true, first: Uint8Array.of(1) })
    stream.start(reader)
    stream.write(Uint8Array.of(2))
    await reader.until(() => reader.size === 2)
    stream.destroy(true)
    await reader.until(() => reader.closes === 1)
    expect(socket.listenerCount('error')).toBe(0)
  })

  it('gives a duplex stream time to write what it was given, and then destroys it', async () => {
    const written: number[] = []
    const slow = new Duplex({
      read() {},
      write: (chunk: Uint8Array, _encoding, done) => {
        written.push(...chunk)
        setImmediate(done)
      },
    })
    const reader = new Recorder()
    const stream = new SocketByteStream(slow)
    stream.start(reader)
    stream.write(Uint8Array.of(1))
    stream.writeAll([Uint8Array.of(2), Uint8Array.of(3)])
    stream.destroy(false)
    await reader.until(() => reader.closes === 1)
    expect([written, reader.error]).toEqual([[1, 2, 3], undefined])
  })

  it('keeps what TLS gives in spite of a pause, and tells of the end behind it', async () => {
    const [client, server] = await tlsPair()
    const reader = new Recorder()
    const stream = new SocketByteStream(server)
    stream.start(reader)
    reader.onData = () => stream.pause()
    const size = 200_000
    client.end(new Uint8Array(size))
    while (reader.ends === 0) {
      const before = reader.size
      await until(() => reader.size > before || reader.ends > 0)
      const [sizeThen, endsThen] = [reader.size, reader.ends]
      await turns(5)
      expect([reader.size, reader.ends]).toEqual([sizeThen, endsThen])
      stream.resume()
    }
    expect(reader.size).toBe(size)
    stream.destroy(true)
    client.destroy()
  })

  it('takes an error of a duplex stream that breaks while it writes', async () => {
    const broken = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done(new Error('broken')) })
    const reader = new Recorder()
    const stream = new SocketByteStream(broken)
    stream.start(reader)
    stream.write(Uint8Array.of(1))
    await reader.until(() => reader.closes === 1)
    expect(reader.error?.message).toBe('broken')
  })

  it('does not report drained after a failed write, and destroys the stream', async () => {
    const write = (_chunk: unknown, _encoding: unknown, done: (error: Error) => void): void => void setImmediate(done, new Error('broken'))
    const failing = new Duplex({ autoDestroy: false, read() {}, write })
    const reader = new Recorder()
    const stream = new SocketByteStream(failing)
    stream.start(reader)
    stream.write(Uint8Array.of(1))
    stream.notifyDrained()
    await turns(3)
    expect([failing.destroyed, reader.drains]).toEqual([true, 0])
  })

  it('writes several pieces in one call, and makes no extra write to learn of the drain', async () => {
    const { socket, due, taken } = slowDuplex()
    const write = vi.spyOn(socket, 'write')
    const reader = new Recorder()
    const stream = new SocketByteStream(socket)
    stream.start(reader)
    stream.write(Uint8Array.of(1))
    stream.writeAll([Uint8Array.of(2), Uint8Array.of(3)])
    stream.notifyDrained()
    while (due.length > 0) {
      due.shift()?.()
      await turns(1)
    }
    stream.writeAll([Uint8Array.of(4), Uint8Array.of(5)])
    due.shift()?.()
    expect({ taken, drains: reader.drains, writes: write.mock.calls.length }).toEqual({
      taken: [[1], [2, 3], [4, 5]],
      drains: 1,
      writes: 5,
    })
    socket.destroy()
  })

  it('has all that was written go in order, and tells of it once for each time that it was asked, and not too early', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: 3 }), fc.array(step, { maxLength: 30 }), async (before, steps) => {
        const { socket, due, taken } = slowDuplex()
        const written: number[] = []
        const next = (): Uint8Array => Uint8Array.of(written.push(written.length) - 1)
        for (let i = 0; i < before; i++) socket.write(next())
        const stream = new SocketByteStream(socket)
        const asked: number[] = []
        const toldAt: number[] = []
        const ask = (): void => {
          asked.push(written.length)
          stream.notifyDrained()
        }
        stream.start({ dataReceived() {}, drained: () => toldAt.push(taken.flat().length), ended() {}, closed() {} })
        for (const [does, pieces] of steps) {
          if (does === 'write') stream.writeAll(Array.from({ length: pieces }, next))
          else if (does === 'ask') ask()
          else if (does === 'take') due.shift()?.()
          else await turns(1)
        }
        stream.end()
        ask()
        while (due.length > 0 || toldAt.length < asked.length) {
          due.shift()?.()
          await turns(1)
        }
        await turns(2)
        expect(taken.flat()).toEqual(written)
        expect(toldAt.length).toBe(asked.length)
        expect(asked.filter((count, at) => toldAt[at]! < count)).toEqual([])
        socket.destroy()
      }),
      { numRuns: 200 },
    )
  })
})

const step = fc.tuple(fc.constantFrom('write', 'ask', 'take', 'turn'), fc.nat({ max: 3 }))

/** A stream that is not a socket. It takes octets when `due` says so, and groups those that it took together. */
describe('octets that the system has not taken', () => {
  for (const [kind, pair] of [
    ['TCP', () => tcpPair()],
    ['TLS', () => tlsPair()],
  ] as const) {
    it(`are counted within one large write: ${kind}`, async () => {
      const { stream, peer } = await withPeer(pair())
      const size = 64 * 1024 * 1024
      peer.pause()
      stream.write(new Uint8Array(size))
      const before = stream.unsentOctets
      expect(before).toBeGreaterThan(0)
      let read = 0
      peer.on('data', chunk => {
        read += chunk.length
      })
      peer.resume()
      await until(() => stream.unsentOctets < before - 1024 * 1024)
      expect(stream.unsentOctets).toBeGreaterThan(0)
      await until(() => read === size)
      await until(() => stream.unsentOctets === 0)
      stream.destroy(true)
      peer.destroy()
    })
  }
})

function slowDuplex(): { socket: Duplex; due: (() => void)[]; taken: number[][] } {
  const due: (() => void)[] = []
  const taken: number[][] = []
  const take = (chunks: readonly Uint8Array[], done: () => void): void =>
    void due.push(() => {
      taken.push(chunks.flatMap(chunk => [...chunk]))
      done()
    })
  const socket = new Duplex({
    read() {},
    write: (chunk, _encoding, done) => take([chunk], done),
    writev: (chunks, done) =>
      take(
        chunks.map(({ chunk }) => chunk),
        done,
      ),
  })
  return { socket, due, taken }
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise(resolve => setImmediate(resolve))
}

async function tested(sockets: Promise<SocketPair>): Promise<TestedPair> {
  const [a, b] = await sockets
  const before = countListeners(a) + countListeners(b)
  return {
    streams: [new SocketByteStream(a), new SocketByteStream(b)],
    // Node removes some of its own, hence not exactly none.
    listenersLeft: () => Math.max(0, countListeners(a) + countListeners(b) - before),
  }
}

function countListeners(socket: Socket): number {
  return ['data', 'end', 'error', 'close', 'finish', 'drain'].reduce((sum, event) => sum + socket.listenerCount(event), 0)
}

async function withPeer(sockets: Promise<SocketPair>): Promise<{ stream: SocketByteStream; reader: Recorder; peer: Socket }> {
  const [peer, socket] = await sockets
  const reader = new Recorder()
  const stream = new SocketByteStream(socket)
  stream.start(reader)
  return { stream, reader, peer }
}

/** A stream that paused at the first octets it was given, and mostly holds what TLS had read behind them; the peer has ended. */
async function withPausedTls(): Promise<{ stream: SocketByteStream; reader: Recorder }> {
  const { stream, reader, peer } = await withPeer(tlsPair())
  reader.onData = () => {
    reader.onData = () => {}
    stream.pause()
  }
  peer.on('error', () => {})
  peer.end(new Uint8Array(40_000))
  await reader.until(() => reader.size > 0)
  return { stream, reader }
}
