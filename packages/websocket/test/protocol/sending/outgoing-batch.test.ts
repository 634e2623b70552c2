import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TrafficStats } from '../../../src/protocol/life/traffic-stats.ts'
import {
  middleScratchSize,
  OutgoingBatch,
  ScratchPool,
  scratchSize,
  smallScratchSize,
} from '../../../src/protocol/sending/outgoing-batch.ts'
import { FakeClock } from '../../../src/testing/index.ts'
import { FakeStream } from '../fake-stream.ts'

describe('OutgoingBatch', () => {
  it('joins what was written into one write', () => {
    const { batch, stream, stats } = make()
    write(batch, 1, 2)
    write(batch, 3)
    expect({ count: batch.length, writes: stream.writes.length }).toEqual({ count: 3, writes: 0 })
    batch.flush()
    expect(stream.writes).toEqual([Uint8Array.of(1, 2, 3)])
    expect({ count: batch.length, outgoingOctetsWireLevel: stats.outgoingOctetsWireLevel }).toEqual({
      count: 0,
      outgoingOctetsWireLevel: 3,
    })
  })

  it('keeps references among what was copied, in order', () => {
    const { batch, stream } = make()
    const large = Uint8Array.of(7, 7)
    batch.add(large)
    write(batch, 1)
    batch.add(large)
    write(batch, 2)
    batch.flush()
    expect(stream.writes).toEqual([Uint8Array.of(7, 7, 1, 7, 7, 2)])
  })

  it('hands a single reference on as it is', () => {
    const { batch, stream } = make()
    const large = Uint8Array.of(7)
    batch.add(large)
    batch.flush()
    expect(stream.writes[0]).toBe(large)
  })

  it('makes no write of nothing', () => {
    const { batch, stream } = make()
    batch.add(new Uint8Array(0))
    batch.flush()
    expect(stream.writes).toEqual([])
  })

  it('flushes by itself when the scratch is full', () => {
    const { batch, stream } = make()
    batch.reserve(scratchSize - 1)
    batch.scratch.fill(1)
    write(batch, 5, 6)
    expect(stream.writes.map(piece => piece.length)).toEqual([scratchSize - 1])
    batch.flush()
    expect([...stream.writes[1]!]).toEqual([5, 6])
  })

  it('tells whether there is room in the scratch that it has, or would take', () => {
    const { batch } = make()
    expect([batch.hasRoom(smallScratchSize), batch.hasRoom(smallScratchSize + 1)]).toEqual([true, false])
    batch.expectsMany = true
    expect([batch.hasRoom(scratchSize), batch.hasRoom(scratchSize + 1)]).toEqual([true, false])
    batch.expectsMany = false
    write(batch, 1)
    expect([batch.hasRoom(smallScratchSize - 1), batch.hasRoom(smallScratchSize)]).toEqual([true, false])
  })

  it('takes back what was not needed of the room', () => {
    const { batch, stream } = make()
    write(batch, 1)
    batch.scratch.set([2, 3], batch.reserve(100))
    batch.giveBack(98)
    write(batch, 4)
    expect(batch.length).toBe(4)
    batch.flush()
    expect(stream.writes).toEqual([Uint8Array.of(1, 2, 3, 4)])
  })

  it('moves from a small scratch to a large one when more comes, and gives the small one back', () => {
    const { batch, stream, pool } = make()
    write(batch, 1, 2)
    const small = batch.scratch
    expect(small.length).toBe(smallScratchSize)
    const at = batch.reserve(smallScratchSize)
    expect([at, batch.scratch.length, pool.take(true) === small]).toEqual([2, scratchSize, true])
    batch.scratch.fill(3, at, at + smallScratchSize)
    batch.flush()
    expect(stream.writes).toEqual([Uint8Array.from([1, 2, ...new Uint8Array(smallScratchSize).fill(3)])])
  })

  it('flushes a small scratch that pieces refer to, instead of moving', () => {
    const { batch, stream } = make()
    write(batch, 1)
    batch.add(Uint8Array.of(2))
    batch.reserve(smallScratchSize)
    expect(stream.writes).toEqual([Uint8Array.of(1, 2)])
  })

  it('begins with a large scratch where many frames are likely', () => {
    const { batch } = make()
    batch.expectsMany = true
    write(batch, 1)
    expect(batch.scratch.length).toBe(scratchSize)
  })

  it('writes what stays as it is although the scratch is used again', () => {
    const { batch, stream } = make()
    write(batch, 1)
    batch.flush()
    write(batch, 2)
    batch.flush()
    expect(stream.writes).toEqual([Uint8Array.of(1), Uint8Array.of(2)])
  })

  it('forgets what waits when it is discarded, and can go on', () => {
    const { batch, stream, pool } = make()
    batch.discard()
    write(batch, 1)
    batch.add(Uint8Array.of(2))
    const scratch = batch.scratch
    batch.discard()
    expect(batch.length).toBe(0)
    expect(pool.take(true)).toBe(scratch)
    batch.flush()
    write(batch, 3)
    batch.flush()
    expect(stream.writes).toEqual([Uint8Array.of(3)])
  })

  it('lends its scratch to a transport that writes at once, and takes it back', () => {
    const { batch, stream, pool } = make()
    stream.writesAtOnce = true
    write(batch, 1, 2)
    const scratch = batch.scratch
    batch.flush()
    expect(stream.writes).toEqual([Uint8Array.of(1, 2)])
    expect(stream.writes[0]!.buffer).toBe(scratch.buffer)
    expect(pool.take(true)).toBe(scratch)
  })

  it('does not reuse a scratch that the transport has kept', () => {
    const { batch, stream, pool } = make()
    stream.writesAtOnce = true
    stream.isStuck = true
    write(batch, 1)
    const scratch = batch.scratch
    batch.flush()
    expect(pool.take(true)).not.toBe(scratch)
    write(batch, 2)
    batch.flush()
    expect(stream.writes).toEqual([Uint8Array.of(1), Uint8Array.of(2)])
    expect(stream.writes[1]!.buffer.byteLength).toBe(1)
  })

  it('lends nothing while a tap looks on, which may keep the octets', () => {
    const seen: Uint8Array[] = []
    const { batch, stream } = make(octets => void seen.push(octets))
    stream.writesAtOnce = true
    write(batch, 1)
    batch.flush()
    write(batch, 2)
    batch.flush()
    expect(seen).toEqual([Uint8Array.of(1), Uint8Array.of(2)])
  })

  it('shows each piece as it goes', () => {
    const seen: number[][] = []
    const { batch } = make(octets => void seen.push([...octets]))
    write(batch, 1)
    batch.add(Uint8Array.of(2))
    expect(seen).toEqual([])
    batch.flush()
    expect(seen).toEqual([[1], [2]])
  })
})

describe('ScratchPool', () => {
  it('gives back what it was given, and keeps 16 of each kind at most', () => {
    for (const [isSmall, size] of [
      [true, smallScratchSize],
      [false, scratchSize],
    ] as const) {
      const pool = new ScratchPool()
      const given = Array.from({ length: 20 }, () => new Uint8Array(size))
      for (const scratch of given) pool.give(scratch)
      const taken = Array.from({ length: 17 }, () => pool.take(isSmall))
      expect(taken.filter(scratch => given.some(one => one === scratch)).length).toBe(16)
      expect(taken[16]!.length).toBe(size)
    }
  })

  it('keeps as many arrays as were in use at the same moment, up to its limit', () => {
    const pool = new ScratchPool()
    const reused = (count: number): number => {
      const before = new Set(Array.from({ length: count }, () => pool.take(true)))
      for (const scratch of before) pool.give(scratch)
      const after = Array.from({ length: count }, () => pool.take(true))
      for (const scratch of after) pool.give(scratch)
      return after.filter(scratch => before.has(scratch)).length
    }
    expect([reused(20), reused(100), reused(300)]).toEqual([20, 100, 256])
  })

  it('has an array of middle size for a batch that grows while 16 large ones are in use', () => {
    const pool = new ScratchPool()
    const large = Array.from({ length: 16 }, () => pool.takeFor(smallScratchSize + 1))
    expect(large.map(({ length }) => length)).toEqual(new Array(16).fill(scratchSize))
    const middle = pool.takeFor(smallScratchSize + 1)
    expect([middle.length, pool.takeFor(middleScratchSize + 1).length]).toEqual([middleScratchSize, scratchSize])
    pool.give(middle)
    expect(pool.takeFor(middleScratchSize)).toBe(middle)
  })

  it('does not count arrays that a transport has kept, or that could not be written, as in use', () => {
    const { stream, pool, batch } = make()
    for (let n = 0; n < 40; n++) {
      stream.writesAtOnce = n % 2 === 0
      stream.bufferedAmount = 0
      stream.isStuck = true
      stream.write = n % 3 === 0 ? broken : Object.getPrototypeOf(stream).write
      write(batch, ...new Array<number>(smallScratchSize + 1).fill(n))
      if (n % 4 === 1) batch.discard()
      else batch.flush()
      if (n % 5 !== 0) continue
      const detached = new Uint8Array(10)
      write(batch, 1)
      batch.add(detached)
      structuredClone(detached, { transfer: [detached.buffer] })
      batch.flush()
    }
    expect(Array.from({ length: 16 }, () => pool.takeFor(smallScratchSize + 1).length)).toEqual(new Array(16).fill(scratchSize))
  })

  it('has each batch write the octets that it got, in their order, however many share the pool', () => {
    const lengths = fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 6 })
    const turns = fc.array(fc.array(fc.tuple(fc.nat({ max: 39 }), lengths), { maxLength: 60 }), { minLength: 1, maxLength: 3 })
    fc.assert(
      fc.property(turns, fc.boolean(), (allTurns, writesAtOnce) => {
        const pool = new ScratchPool()
        const all = Array.from({ length: 40 }, () => sharing(pool, writesAtOnce))
        let octet = 0
        for (const turn of allTurns) {
          for (const [at, pieces] of turn) {
            const { batch, wanted } = all[at]!
            for (const length of pieces) {
              const piece = new Array<number>(length).fill(++octet & 0xff)
              write(batch, ...piece)
              wanted.push(...piece)
            }
          }
          for (const { batch } of all) batch.flush()
        }
        for (const { written, wanted } of all) expect(written).toEqual(wanted)
      }),
      { numRuns: 30 },
    )
  })

  it('hands nothing on where a payload was detached, and is empty then', () => {
    const { batch, stream, stats, failures } = make()
    const octets = new Uint8Array(10)
    write(batch, 1, 2)
    batch.add(octets)
    write(batch, 3)
    structuredClone(octets, { transfer: [octets.buffer] })
    batch.flush()
    expect({ writes: stream.writes, count: batch.length, outgoingOctetsWireLevel: stats.outgoingOctetsWireLevel }).toEqual({
      writes: [],
      count: 0,
      outgoingOctetsWireLevel: 0,
    })
    expect(failures).toEqual([{ error: expect.objectContaining({ name: 'ApiMisuse' }), isBetweenFrames: true }])
    write(batch, 4)
    batch.flush()
    expect(stream.writes).toEqual([Uint8Array.of(4)])
  })

  it('hands nothing on where a detached payload is the only piece, and says that the transport may be within a frame', () => {
    const { batch, stream, failures } = make()
    const octets = new Uint8Array(10)
    batch.mayBeginInFrame = true
    batch.add(octets)
    structuredClone(octets, { transfer: [octets.buffer] })
    batch.flush()
    expect({ writes: stream.writes, failures }).toEqual({
      writes: [],
      failures: [{ error: expect.objectContaining({ name: 'ApiMisuse' }), isBetweenFrames: false }],
    })
  })

  it('looks for detached payloads after taps have run, which may have detached them', () => {
    const { batch, stream, failures } = make(octets => void structuredClone(octets, { transfer: [octets.buffer] }))
    batch.add(new Uint8Array(10))
    batch.flush()
    expect({ writes: stream.writes, count: failures.length }).toEqual({ writes: [], count: 1 })
  })

  it('reports the error that the transport throws', () => {
    const { batch, stream, failures } = make()
    const broken = new Error('broken')
    stream.write = () => {
      throw broken
    }
    write(batch, 1)
    expect(() => batch.flush()).not.toThrow()
    expect(failures).toEqual([{ error: broken, isBetweenFrames: false }])
  })
})

function broken(): never {
  throw new Error('broken')
}

/** Makes a batch over a transport that copies what it is given, as a system does. */
function sharing(pool: ScratchPool, writesAtOnce: boolean) {
  const written: number[] = []
  const stream = new FakeStream(new FakeClock())
  stream.writesAtOnce = writesAtOnce
  stream.write = octets => void written.push(...octets)
  const batch = new OutgoingBatch(stream, pool, { stats: new TrafficStats(), octetsTap: undefined, flushFailed: broken })
  return { batch, written, wanted: [] as number[] }
}

function make(octetsTap?: (octets: Uint8Array) => void) {
  const stream = new FakeStream(new FakeClock())
  const stats = new TrafficStats()
  const pool = new ScratchPool()
  const failures: { readonly error: unknown; readonly isBetweenFrames: boolean }[] = []
  const flushFailed = (error: unknown, isBetweenFrames: boolean): void => void failures.push({ error, isBetweenFrames })
  const batch = new OutgoingBatch(stream, pool, { stats, octetsTap, flushFailed })
  return { batch, stream, stats, pool, failures }
}

function write(batch: OutgoingBatch, ...octets: number[]): void {
  const at = batch.reserve(octets.length)
  batch.scratch.set(octets, at)
}
