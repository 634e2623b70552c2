import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { QueuedWrites } from '../../src/node/queued-writes.ts'

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

  it('asks by an empty piece where only somebody else has written', async () => {
    const { queued, socket, told, taken, next } = make()
    socket.write(Uint8Array.of(9))
    queued.notify()
    await next()
    expect(told).toEqual([])
    await next()
    expect([taken, told.length]).toEqual([[9, 'empty'], 1])
  })

  it('hands on what the socket failed with', async () => {
    const { queued, socket, told, next } = make()
    socket.on('error', () => undefined)
    queued.write(Uint8Array.of(1))
    queued.notify()
    await next(new Error('gone'))
    expect(told).toMatchObject([{ message: 'gone' }])
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
  const queued = new QueuedWrites(socket as never, error => told.push(error ?? undefined))
  const next = async (error?: Error): Promise<void> => {
    due.shift()?.(error)
    await new Promise(resolve => setImmediate(resolve))
  }
  return { queued, socket, told, taken, next }
}
