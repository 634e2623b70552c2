import { randomBytes } from 'node:crypto'
import { constants, deflateRawSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { isPromise } from '../../../src/bytes/awaitable.ts'
import { CorruptData, type Decompressor, type Deflate } from '../../../src/bytes/deflate.ts'
import type { Emit, Octets } from '../../../src/bytes/octets.ts'
import { WorkLane } from '../../../src/bytes/work-lane.ts'
import { Codecs } from '../../../src/extensions/permessage-deflate/codecs.ts'
import { Inflating } from '../../../src/extensions/permessage-deflate/inflating.ts'
import { streamDeflate } from '../../../src/node/runtime/stream-deflate.ts'
import { makeSyncDeflate } from '../../../src/node/runtime/sync-deflate.ts'
import { PeerMisbehaved } from '../../../src/protocol/faults/errors.ts'

describe('Inflating', () => {
  it('blames the peer for corrupt data, at once and later, and for nothing else', async () => {
    const failing = (error: Error): Inflating =>
      new Inflating(
        {
          write: (octets: Octets): void => {
            if (octets.length === 1) throw error
          },
          endMessage: () => Promise.reject(error),
        } as unknown as Decompressor,
        () => undefined,
      )
    const ended = async (inflating: Inflating): Promise<void> => {
      inflating.write(new Uint8Array(2), ignore)
      await inflating.end(ignore)
    }
    const octets = new Uint8Array(1)
    expect(() => failing(new CorruptData('why')).write(octets, ignore)).toThrow(blamed)
    await expect(ended(failing(new CorruptData('why')))).rejects.toThrow(blamed)
    expect(() => failing(new Error('else')).write(octets, ignore)).toThrow('else')
    await expect(ended(failing(new Error('else')))).rejects.toThrow('else')
  })

  it('leaves the decompressor as it was where a message has no octets', () => {
    let ended = 0
    const untouched = {} as Decompressor
    expect(new Inflating(untouched, () => void ended++).end(ignore)).toBeUndefined()
    expect(new Inflating(untouched, () => void ended++, new Codecs(streamDeflate, 0).inflating).end(ignore)).toBeUndefined()
    expect(ended).toBe(2)
  })
})

for (const [how, deflate] of [
  ['by zlib at once', makeSyncDeflate()!],
  ['by zlib’s streams', streamDeflate],
] as const) {
  describe(`Inflating messages that are kept until they are complete, ${how}`, () => {
    it('holds the octets of a few large messages at a time, however many come at once', async () => {
      const process = new Receiving(deflate)
      await Promise.all(Array.from({ length: 40 }, () => process.message(bomb)))
      expect(process.finished).toBe(40)
      // one is decompressed while the ones before it are handed on
      expect(process.mostHeld).toBeLessThanOrEqual(4 * bombSize)
      expect(process.lane.isBusy).toBe(false)
    })

    it('lets a message of 1 MiB that comes behind many large ones go before them', async () => {
      const process = new Receiving(deflate)
      const large = Array.from({ length: 40 }, () => process.message(bomb))
      await process.message(compressed(randomBytes(smallSize)))
      expect(process.finished).toBeLessThan(10)
      await Promise.all(large)
    })

    it('lets small messages in several pieces go before large ones as well', async () => {
      const process = new Receiving(deflate)
      const large = Array.from({ length: 20 }, () => process.message(bomb))
      await process.message(compressed(randomBytes(smallSize / 2)), 64 * 1024)
      expect(process.finished).toBeLessThan(10)
      await Promise.all(large)
    })

    it('keeps the beginning of a message compressed until the rest is there', async () => {
      const process = new Receiving(deflate)
      const decoder = process.decoder(undefined)
      for (let at = 0; at < bomb.length; at += 1000) await decoder.write(bomb.subarray(at, at + 1000), process.emit)
      expect([process.held, process.lane.isBusy]).toEqual([0, false])
      await decoder.end(process.emit)
      expect([process.held, process.lane.isBusy]).toEqual([bombSize, false])
    })

    it('decompresses at the end of a frame, and when much is waiting', async () => {
      const process = new Receiving(deflate)
      const body = compressed(randomBytes(200_000))
      const decoder = process.decoder(body.length)
      await decoder.write(body.subarray(0, 60_000), process.emit)
      expect(process.held).toBe(0)
      await decoder.flush(process.emit)
      expect(process.held).toBeGreaterThan(50_000)
      await decoder.write(body.subarray(60_000), process.emit)
      await decoder.end(process.emit)
      expect(process.held).toBe(200_000)
      const other = process.decoder(body.length)
      await other.write(body.subarray(0, 70_000), process.emit)
      expect(process.held).toBeGreaterThan(260_000)
    })

    it('continues with other messages while an application does not read its output', async () => {
      const process = new Receiving(deflate)
      const stopped = process.decoder(bomb.length)
      let resume = ignore
      const takes = new Promise<void>(resolve => {
        resume = () => resolve()
      })
      let taken = 0
      const first = stopped.write(bomb, octets => {
        taken += octets.length
        return takes
      })
      await Promise.all([process.message(bomb), process.message(bomb)])
      expect([process.finished, taken < bombSize]).toEqual([2, true])
      resume()
      await first
      expect([taken, process.lane.isBusy]).toEqual([bombSize, false])
    })

    it('holds the octets of a few messages at a time where the applications of many take octets again at once', async () => {
      const process = new Receiving(deflate)
      let resume = ignore
      const takes = new Promise<void>(resolve => {
        resume = () => resolve()
      })
      const stopped = Array.from({ length: 20 }, () => process.message(bomb, bomb.length, takes))
      // those that come later are done, so all of these are stopped
      await process.message(bomb)
      resume()
      await Promise.all(stopped)
      expect([process.finished, process.lane.isBusy]).toEqual([21, false])
      expect(process.mostHeld).toBeLessThanOrEqual(4 * bombSize)
    })

    it('takes no place again when its last octets are read after it has finished', async () => {
      const process = new Receiving(deflate)
      for (const isBusy of [false, true]) {
        let resume = ignore
        const takes = new Promise<void>(resolve => {
          resume = () => resolve()
        })
        const before = isBusy ? process.message(bomb) : undefined
        const decoder = process.decoder(undefined)
        const body = compressed(new Uint8Array(1000))
        decoder.write(body, () => takes)
        const flushed = decoder.flush(() => takes)
        await before
        resume()
        await flushed
        await decoder.end(ignore)
        await takes
        await process.message(bomb)
        expect(process.lane.isBusy).toBe(false)
      }
    })

    it('frees its place when its connection ends while the application does not read', async () => {
      const process = new Receiving(deflate)
      let resume = ignore
      const takes = new Promise<void>(resolve => {
        resume = () => resolve()
      })
      const decompressor = deflate.decompressor(15)
      const inflating = new Inflating(decompressor, ignore, process.codecs.inflating, bomb.length)
      const work = inflating.write(bomb, () => takes)
      inflating.close()
      decompressor.close()
      resume()
      await work
      await process.message(bomb)
      expect(process.lane.isBusy).toBe(false)
    })

    it('continues with other messages when a connection ends, whether its message waits or is being worked on', async () => {
      const process = new Receiving(deflate)
      const closed = [1, 2, 3].map(() => {
        const decompressor = deflate.decompressor(15)
        const inflating = new Inflating(decompressor, ignore, process.codecs.inflating, bomb.length)
        return { decompressor, inflating, work: inflating.write(bomb, ignore) }
      })
      const after = process.message(bomb)
      for (const { decompressor, inflating } of closed) {
        inflating.close()
        decompressor.close()
      }
      await Promise.all(closed.map(({ work }) => work))
      await after
      expect([process.finished, process.lane.isBusy]).toEqual([1, false])
    })

    it('continues with other messages when one is corrupt or too long', async () => {
      const process = new Receiving(deflate)
      const tooLong = new PeerMisbehaved(1009, 'too long')
      const corrupt = Uint8Array.from([...bomb.subarray(0, 2000), 0xff, 0xff, 0xff])
      const bombs = [process.message(bomb), process.message(bomb)]
      const failures = await Promise.allSettled([
        process.message(corrupt),
        Promise.resolve().then(() =>
          process.decoder(bomb.length).write(bomb, () => {
            throw tooLong
          }),
        ),
      ])
      expect(failures.map(failure => (failure as PromiseRejectedResult).reason.closeCode)).toEqual([1007, 1009])
      await Promise.all(bombs)
      expect([process.finished, process.lane.isBusy]).toEqual([2, false])
    })

    it('gives the octets of each message, also of one that was measured first and refers to earlier messages', async () => {
      const process = new Receiving(deflate)
      const words = randomBytes(30_000)
      const decompressor = deflate.decompressor(15)
      const got: Octets[] = []
      const emit = (octets: Octets): void => void got.push(Uint8Array.from(octets))
      const first = new Inflating(decompressor, ignore, process.codecs.inflating)
      await first.write(compressed(words), emit)
      await first.end(emit)
      const large = process.message(bomb)
      const body = compressed(words, words)
      const second = new Inflating(decompressor, ignore, process.codecs.inflating, body.length)
      await second.write(body, emit)
      await second.end(emit)
      await large
      expect(Buffer.compare(Buffer.concat(got), Buffer.concat([words, words]))).toBe(0)
    })
  })
}

/** Messages that arrive in one process, with how many octets of unfinished ones are held. */
class Receiving {
  readonly lane = new WorkLane()
  readonly codecs: Codecs
  readonly #deflate: Deflate
  held = 0
  mostHeld = 0
  finished = 0

  constructor(deflate: Deflate) {
    this.#deflate = deflate
    this.codecs = new Codecs(deflate, 0, this.lane)
  }

  readonly emit = (octets: Octets): void => {
    this.held += octets.length
    this.mostHeld = Math.max(this.mostHeld, this.held)
  }

  decoder(wholeLength: number | undefined): Inflating {
    return new Inflating(this.#deflate.decompressor(15), ignore, this.codecs.inflating, wholeLength)
  }

  /** `firstTaken`: the application takes no more than the first octets before. */
  async message(body: Octets, pieceSize: number = body.length, firstTaken?: Promise<void>): Promise<void> {
    const decoder = this.decoder(body.length)
    let length = 0
    const emit: Emit = octets => {
      const isFirst = length === 0
      length += octets.length
      this.emit(octets)
      return isFirst ? firstTaken : undefined
    }
    // As the message reader does: what is done at once is handed on at once.
    for (let at = 0; at < body.length; at += pieceSize) {
      const written = decoder.write(body.subarray(at, at + pieceSize), emit)
      if (isPromise(written)) await written
    }
    const ended = decoder.end(emit)
    if (isPromise(ended)) await ended
    this.held -= length
    this.finished++
  }
}

function compressed(octets: Octets, dictionary?: Octets): Octets {
  const finishFlush = constants.Z_SYNC_FLUSH
  return deflateRawSync(octets, dictionary === undefined ? { finishFlush } : { finishFlush, dictionary }).subarray(0, -4)
}

function ignore(): void {}

const blamed = new PeerMisbehaved(1007, 'compressed message cannot be decompressed: why')
const smallSize = 1024 * 1024
const bombSize = 8 * smallSize
const bomb = compressed(new Uint8Array(bombSize))
