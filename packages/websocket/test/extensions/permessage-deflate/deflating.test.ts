import { randomBytes } from 'node:crypto'
import { constants, inflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Compressor, Deflate } from '../../../src/bytes/deflate.ts'
import { joined, lengthOf, type Octets } from '../../../src/bytes/octets.ts'
import { WorkLane } from '../../../src/bytes/work-lane.ts'
import { Deflating, type MessageCompressor } from '../../../src/extensions/permessage-deflate/deflating.ts'
import { nodeRuntime } from '../../../src/node/runtime/node-runtime.ts'
import { streamDeflate } from '../../../src/node/runtime/stream-deflate.ts'
import { makeSyncDeflate } from '../../../src/node/runtime/sync-deflate.ts'
import { encodePiece, Piece } from '../../../src/protocol/sending/encode-piece.ts'

describe('Deflating', () => {
  it('takes the last four octets off the end, however they are cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ minLength: 1, maxLength: 9 }), { minLength: 1 }),
        fc.array(fc.nat(4), { maxLength: 3 }),
        (pieces, cuts) => {
          const tail = [0, 0, 255, 255]
          const flushed = [...pieces, ...cut(tail, cuts)]
          const got = end(flushed)
          expect([...got]).toEqual([...joined(pieces)])
        },
      ),
    )
  })

  it('ends with an empty block where nothing is to be flushed', () => {
    const emitted: number[] = []
    let ended = 0
    const deflating = new Deflating(() => ({ compressor: {} as Compressor, ended: () => void ended++ }))
    deflating.end(octets => void emitted.push(...octets))
    expect([emitted, ended]).toEqual([[0], 1])
  })
})

for (const [how, deflate] of [
  ['by zlib at once', makeSyncDeflate()!],
  ['by zlib’s streams', streamDeflate],
] as const) {
  describe(`Deflating whole messages, ${how}`, () => {
    it('holds the results of a few messages at a time, however many connections send one at once', async () => {
      const process = new Sending(deflate)
      await Promise.all(Array.from({ length: 20 }, () => process.message(large)))
      expect([process.finished, process.lane.isBusy]).toEqual([20, false])
      // one is compressed while the one before it is handed on
      expect(process.mostHeld).toBeLessThanOrEqual(2.1 * large.length)
      expect(process.mostCompressors).toBeLessThanOrEqual(2)
    })

    it('lets messages of up to 1 MiB that come behind many large ones go before them', async () => {
      const process = new Sending(deflate)
      const all = Array.from({ length: 12 }, () => process.message(large))
      await process.message(large.subarray(0, smallSize))
      expect(process.finished).toBeLessThan(5)
      await process.message(large.subarray(0, 64 * 1024))
      expect(process.finished).toBeLessThan(8)
      await Promise.all(all)
    })

    it('gives the octets of each message', async () => {
      const process = new Sending(deflate)
      const bodies = await Promise.all([large, large.subarray(0, smallSize), large.subarray(0, 100)].map(octets => process.message(octets)))
      const restored = bodies.map(body => inflateRawSync(Buffer.concat([body, Buffer.from([0, 0, 255, 255])]), { finishFlush }))
      expect(restored.map(({ length }) => length)).toEqual([large.length, smallSize, 100])
      expect(Buffer.compare(restored[0]!, large)).toBe(0)
    })

    it('continues with other messages when a connection ends, whether its message waits or is being worked on', async () => {
      const process = new Sending(deflate)
      const closed = [1, 2, 3].map(() => {
        const deflating = process.encoder(large.length)
        return { deflating, work: encodePiece(deflating, large, Piece.Final, ignore, nodeRuntime.clock) }
      })
      const after = process.message(large)
      for (const { deflating } of closed) deflating.close()
      process.close()
      await Promise.all(closed.map(({ work }) => work))
      await after.catch(ignore)
      await process.message(large)
      expect(process.lane.isBusy).toBe(false)
    })

    it('continues with other messages when a payload is detached, or when its output is refused', async () => {
      const process = new Sending(deflate)
      const taken = Uint8Array.from(large)
      const work = [
        encodePiece(process.encoder(taken.length), taken, Piece.Final, ignore, nodeRuntime.clock),
        encodePiece(process.encoder(large.length), large, Piece.Final, fail, nodeRuntime.clock),
        process.message(large),
      ]
      structuredClone(taken, { transfer: [taken.buffer] })
      const outcomes = await Promise.allSettled(work)
      expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled'])
      expect([process.lane.isBusy, process.compressors]).toEqual([false, 1])
    })

    it('continues with other messages while the next extension is slow', async () => {
      const process = new Sending(deflate)
      let resume = ignore
      const takes = new Promise<void>(resolve => {
        resume = () => resolve()
      })
      const slow = encodePiece(process.encoder(large.length), large, Piece.Final, () => takes, nodeRuntime.clock)
      await Promise.all([process.message(large), process.message(large)])
      resume()
      await slow
      expect([process.finished, process.lane.isBusy]).toEqual([2, false])
    })
  })
}

/** Messages that are sent in one process, with how many octets of unfinished ones are held. */
class Sending {
  readonly lane = new WorkLane()
  readonly #deflate: Deflate
  readonly #open = new Set<Compressor>()
  held = 0
  mostHeld = 0
  compressors = 0
  mostCompressors = 0
  finished = 0

  constructor(deflate: Deflate) {
    this.#deflate = deflate
  }

  encoder(length: number): Deflating {
    const begin = (): MessageCompressor => {
      const compressor = this.#deflate.compressor({ windowBits: 12, level: 1, memLevel: 8 })
      this.#open.add(compressor)
      this.compressors++
      this.mostCompressors = Math.max(this.mostCompressors, this.compressors)
      const ended = (): void => {
        this.#open.delete(compressor)
        this.compressors--
      }
      return { compressor, ended }
    }
    return new Deflating(begin, { lane: this.lane, length })
  }

  async message(octets: Octets): Promise<Octets> {
    const pieces: Octets[] = []
    const emit = (piece: Octets): void => {
      pieces.push(Uint8Array.from(piece))
      this.held += piece.length
      this.mostHeld = Math.max(this.mostHeld, this.held)
    }
    await encodePiece(this.encoder(octets.length), octets, Piece.Final, emit, nodeRuntime.clock)
    this.held -= lengthOf(pieces)
    this.finished++
    return joined(pieces)
  }

  close(): void {
    for (const compressor of this.#open) compressor.close()
  }
}

function end(pieces: readonly Octets[]): Octets {
  const emitted: Octets[] = []
  const compressor = {
    write: () => undefined,
    flush: (emit: (octets: Octets) => void) => {
      for (const piece of pieces) emit(piece)
    },
  } as unknown as Compressor
  const deflating = new Deflating(() => ({ compressor, ended: () => undefined }))
  deflating.write(Uint8Array.of(1), () => undefined)
  deflating.end(octets => void emitted.push(Uint8Array.from(octets)))
  return joined(emitted)
}

function cut(octets: readonly number[], cuts: readonly number[]): Octets[] {
  const places = [0, ...cuts.toSorted(), octets.length]
  return places.slice(1).map((place, i) => Uint8Array.from(octets.slice(places[i], place)))
}

function ignore(): void {}

function fail(): never {
  throw new Error('not taken')
}

const finishFlush = constants.Z_SYNC_FLUSH
const smallSize = 1024 * 1024

/** Octets that cannot be compressed. */
const large: Octets = new Uint8Array(randomBytes(2 * smallSize))
