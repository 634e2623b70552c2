import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { QueuedWrites } from '../../../src/node/sockets/queued-writes.ts'

describe('QueuedWrites', () => {
  it('tells when everything has gone that was written so far, and does not wait for what is written later', async () => {
    const { queued, told, taken, next } = make()
    queued.write(Uint8Array.of(1))
    queued.writeAll([Uint8Array.of(2), Uint8Array.of(3)])
    queued.notify()
    queued.write(Uint8Array.of(4))
    await next()
    await next()
    expect([taken, told]).toEqual([[1, 2], []])
    await next()
    expect([taken, told]).toEqual([[1, 2, 3], [undefined]])
  })

  it('tells it once for each time that it was asked, and writes nothing for that', async () => {
    const { queued, told, taken, next } = make()
    queued.write(Uint8Array.of(1))
    queued.notify()
    queued.notify()
    queued.write(Uint8Array.of(2))
    queued.notify()
    await next()
    expect(told).toEqual([undefined, undefined])
    await next()
    expect([taken, told]).toEqual([
      [1, 2],
      [undefined, undefined, undefined],
    ])
  })

  it('writes an empty piece to learn of the drain when only the application has written to the socket', async () => {
    const { queued, socket, told, taken, next } = make()
    socket.write(Uint8Array.of(9))
    queued.notify()
    await next()
    expect(told).toEqual([])
    await next()
    expect([taken, told.length]).toEqual([[9, 'empty'], 1])
  })

  it('passes on the error of the socket', async () => {
    const { queued, socket, told, next } = make()
    socket.on('error', () => undefined)
    queued.write(Uint8Array.of(1))
    queued.notify()
    await next(new Error('gone'))
    expect(told).toMatchObject([{ message: 'gone' }])
  })

  it('gives a socket at most 64 KiB at once, and cuts what is larger', async () => {
    const { queued, socket, next, taken } = make()
    const large = new Uint8Array(150 * 1024).fill(1)
    queued.writeAll([large, Uint8Array.of(2), Uint8Array.of(3)])
    const seen: unknown[] = []
    while (!queued.isIdle) {
      seen.push([socket.writableLength, queued.length])
      await next()
    }
    const KiB = 1024
    expect(seen.slice(0, 3)).toEqual([
      [64 * KiB, 86 * KiB + 2],
      [64 * KiB, 22 * KiB + 2],
      [22 * KiB + 2, 0],
    ])
    expect(taken).toEqual([1, 1, 1, 2, 3])
  })

  it('keeps what waits by reference, and forgets each piece once it was handed on', async () => {
    const { queued, next, taken } = make()
    const pieces = Array.from({ length: 1000 }, (_, at) => Uint8Array.of(at))
    queued.writeAll(pieces)
    while (!queued.isIdle) await next()
    expect(taken).toEqual(pieces.map(([octet]) => octet))
  })

  it('fails where a payload that waits was detached, and hands on nothing of it nor of what is behind it', async () => {
    const { queued, taken, next, failures } = make()
    const detached = Uint8Array.of(2)
    queued.write(Uint8Array.of(1))
    queued.write(detached)
    queued.write(Uint8Array.of(3))
    structuredClone(detached, { transfer: [detached.buffer] })
    await next()
    await next()
    expect({ taken, queuedLength: queued.length, failures }).toEqual({
      taken: [1],
      queuedLength: 0,
      failures: [expect.objectContaining({ name: 'ApiMisuse' })],
    })
  })

  it('calls when everything that waits was handed on, at once where nothing waits', async () => {
    const { queued, taken, next } = make()
    const called: number[][] = []
    const note = (): void => void called.push([...(taken as number[])])
    queued.whenEmpty(note)
    queued.write(Uint8Array.of(1))
    queued.write(Uint8Array.of(2))
    queued.whenEmpty(note)
    queued.whenEmpty(note)
    expect(called).toEqual([[]])
    await next()
    expect(called).toEqual([[], [1], [1]])
    await next()
  })
})

/** A socket that takes a piece when it is told to. */
function make() {
  const taken: (number | 'empty')[] = []
  const due: ((error?: Error) => void)[] = []
  const socket = new Writable({
    write(chunk: Uint8Array, _encoding, done) {
      due.push(error => {
        taken.push(chunk[0] ?? 'empty')
        done(error)
      })
    },
  })
  const told: unknown[] = []
  const failures: unknown[] = []
  const queued = new QueuedWrites(socket as never, undefined, {
    gone: error => void told.push(error ?? undefined),
    failed: error => void failures.push(error),
  })
  const next = async (error?: Error): Promise<void> => {
    due.shift()?.(error)
    await new Promise(resolve => setImmediate(resolve))
  }
  return { queued, socket, told, taken, next, failures }
}
