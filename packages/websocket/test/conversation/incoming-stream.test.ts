import { describe, expect, it } from 'vitest'
import { costPerItem, IncomingStream } from '../../src/conversation/incoming-stream.ts'
import { ApiMisuse, ConnectionClosed } from '../../src/protocol/faults/errors.ts'
import { watched } from './talk.ts'

const lost = new ConnectionClosed(1006, 'gone')
const asked = new ApiMisuse('the next message was asked for')

describe('IncomingStream', () => {
  it('says whether it is binary', () => {
    expect([new IncomingStream(true, ignore).isBinary, new IncomingStream(false, ignore).isBinary]).toEqual([true, false])
  })

  it('gives pieces in their order, those that wait and those that come', async () => {
    const stream = new IncomingStream(true, ignore)
    const pieces = stream[Symbol.asyncIterator]()
    stream.push(Uint8Array.of(1))
    stream.push(Uint8Array.of(2))
    expect([(await pieces.next()).value, (await pieces.next()).value]).toEqual([Uint8Array.of(1), Uint8Array.of(2)])
    const third = pieces.next()
    await Promise.resolve()
    expect(stream.isAwaited).toBe(true)
    stream.push(Uint8Array.of(3))
    expect(await third).toEqual({ done: false, value: Uint8Array.of(3) })
    expect(stream.isAwaited).toBe(false)
    stream.complete()
    expect(await pieces.next()).toEqual({ done: true, value: undefined })
  })

  it('tells what the pieces that wait cost, and what those that were taken do not any more', async () => {
    const costs: number[] = []
    const stream = new IncomingStream(true, by => costs.push(by))
    stream.push(new Uint8Array(10))
    stream.push(new Uint8Array(20))
    const pieces = stream[Symbol.asyncIterator]()
    await pieces.next()
    await pieces.return()
    expect(costs).toEqual([10 + costPerItem, 20 + costPerItem, -10 - costPerItem, -20 - costPerItem])
  })

  it('tells when a reader begins to wait', async () => {
    let told = 0
    const stream = new IncomingStream(true, () => told++)
    const next = stream[Symbol.asyncIterator]().next()
    await Promise.resolve()
    expect([told, stream.isAwaited]).toEqual([1, true])
    stream.complete()
    await next
  })

  it('gives what waits before it tells of the lost connection', async () => {
    const stream = new IncomingStream(true, ignore)
    stream.push(Uint8Array.of(1))
    stream.breakOff(lost)
    const pieces = stream[Symbol.asyncIterator]()
    expect((await pieces.next()).value).toEqual(Uint8Array.of(1))
    await expect(pieces.next()).rejects.toBe(lost)
  })

  it('tells a reader that waits of the lost connection', async () => {
    const stream = new IncomingStream(true, ignore)
    const read = watched(collected(stream))
    await Promise.resolve()
    stream.breakOff(lost)
    await new Promise(setImmediate)
    expect(read).toEqual({ state: 'rejected', error: lost })
  })

  it('never passes a part for the whole: a reader of what was discarded gets the error', async () => {
    for (const isComplete of [true, false]) {
      const stream = new IncomingStream(true, ignore)
      stream.push(Uint8Array.of(1))
      if (isComplete) stream.complete()
      stream.discard(asked)
      await expect(collected(stream)).rejects.toBe(asked)
    }
  })

  it('has nothing to discard where all of it was read', async () => {
    const stream = new IncomingStream(true, ignore)
    stream.push(Uint8Array.of(1))
    stream.complete()
    const pieces = stream[Symbol.asyncIterator]()
    await pieces.next()
    stream.discard(asked)
    expect(await pieces.next()).toEqual({ done: true, value: undefined })
  })

  it('takes no more pieces once its reader has left', async () => {
    const stream = new IncomingStream(true, ignore)
    stream.push(Uint8Array.of(1))
    for await (const _ of stream) break
    expect(stream.isOver).toBe(true)
    stream.push(Uint8Array.of(2))
    stream.breakOff(lost)
    expect(await collected(stream)).toEqual([])
  })
})

async function collected(stream: IncomingStream): Promise<Uint8Array[]> {
  const pieces: Uint8Array[] = []
  for await (const piece of stream) pieces.push(piece)
  return pieces
}

function ignore(): void {}
