import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GatheredOctets } from '../../src/bytes/gathered-octets.ts'

describe('GatheredOctets', () => {
  it('gives back what was appended, joined', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.uint8Array({ maxLength: 700 }), fc.nat(1000))), pieces => {
        const gathered = new GatheredOctets()
        for (const [piece, expected] of pieces) gathered.append(piece, 0, piece.length, expected)
        expect(gathered.length).toBe(pieces.reduce((length, [piece]) => length + piece.length, 0))
        expect([...gathered.take()]).toEqual(pieces.flatMap(([piece]) => [...piece]))
        expect(gathered.length).toBe(0)
      }),
    )
  })

  it('takes a part of what it is given', () => {
    const gathered = new GatheredOctets()
    gathered.append(Uint8Array.of(1, 2, 3, 4), 1, 3, 0)
    expect([...gathered.take()]).toEqual([2, 3])
  })

  it('copies, so that the octets may be changed afterwards', () => {
    const gathered = new GatheredOctets()
    const octets = Uint8Array.of(1)
    gathered.append(octets, 0, 1, 0)
    octets[0] = 2
    expect([...gathered.take()]).toEqual([1])
  })

  it('gives each an empty array of its own, whose memory may go to another thread', () => {
    const gathered = new GatheredOctets()
    const empty = gathered.take()
    structuredClone(empty, { transfer: [empty.buffer] })
    gathered.append(Uint8Array.of(1), 0, 1, 0)
    expect([...gathered.take()]).toEqual([1])
    expect(gathered.take().buffer).not.toBe(gathered.take().buffer)
  })

  it('begins anew after take', () => {
    const gathered = new GatheredOctets()
    gathered.append(Uint8Array.of(1), 0, 1, 10)
    gathered.take()
    gathered.append(Uint8Array.of(2), 0, 1, 0)
    expect([...gathered.take()]).toEqual([2])
    expect(gathered.take().length).toBe(0)
  })

  it('takes exactly what a frame needs that arrives in pieces', () => {
    const gathered = new GatheredOctets()
    gathered.append(new Uint8Array(700), 0, 700, 300)
    gathered.append(new Uint8Array(300), 0, 300, 0)
    expect(gathered.take().buffer.byteLength).toBe(1000)
  })

  it('allocates for octets that have come, not for announced ones, even when many messages of 16 MiB begin', () => {
    let allocated = 0
    const gathered = Array.from({ length: 300 }, () => {
      const octets = new GatheredOctets(size => {
        allocated += size
        return new Uint8Array(size)
      })
      for (let piece = 0; piece < 40; piece++) octets.append(new Uint8Array(100), 0, 100, 16 * 1024 * 1024)
      return octets
    })
    expect(gathered.every(({ length }) => length === 4000)).toBe(true)
    // each array that was outgrown is counted, too
    expect(allocated).toBeLessThanOrEqual(300 * 4000 * 8)
  })

  it('tells which arrays it will outgrow', () => {
    const made: (readonly [size: number, isOutgrown: boolean | undefined])[] = []
    const gathered = new GatheredOctets((size, isOutgrown) => {
      made.push([size, isOutgrown])
      return new Uint8Array(size)
    })
    for (let piece = 1; piece <= 64; piece++) gathered.append(new Uint8Array(1000), 0, 1000, 64_000 - piece * 1000)
    expect(made).toEqual([
      [4000, true],
      [20_000, true],
      [64_000, false],
    ])
  })

  it('grows once for a frame of which a fifth is there', () => {
    const sizes: number[] = []
    const gathered = new GatheredOctets(size => {
      sizes.push(size)
      return new Uint8Array(size)
    })
    const first = 65_536 - 14
    gathered.append(new Uint8Array(first), 0, first, 262_144 - first)
    for (let missing = 262_144 - first; missing > 0; missing -= Math.min(missing, 65_536)) {
      gathered.append(new Uint8Array(65_536), 0, Math.min(missing, 65_536), missing - Math.min(missing, 65_536))
    }
    expect(sizes).toEqual([262_144])
  })

  it('never returns octets that it did not write', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(900), fc.nat(5000)), { minLength: 1 }), pieces => {
        const gathered = new GatheredOctets(size => new Uint8Array(size).fill(0xee))
        for (const [length, expected] of pieces) gathered.append(new Uint8Array(length), 0, length, expected)
        const taken = gathered.take()
        expect(new Uint8Array(taken.buffer).includes(0xee)).toBe(false)
      }),
    )
  })

  it('copies nothing that is large into a larger array, and joins it in the end', () => {
    const sizes: number[] = []
    const gathered = new GatheredOctets(size => {
      sizes.push(size)
      return new Uint8Array(size)
    })
    const piece = new Uint8Array(100_000)
    for (let i = 0; i < 200; i++) gathered.append(piece.fill(i), 0, piece.length, 0)
    expect([gathered.length, gathered.isInPieces]).toEqual([20_000_000, true])
    expect(Math.max(...sizes)).toBeLessThanOrEqual(4 * 1024 * 1024)
    const whole = gathered.take()
    expect(Array.from({ length: 200 }, (_, i) => whole[i * 100_000] === i && whole[(i + 1) * 100_000 - 1] === i).every(Boolean)).toBe(true)
    expect({ wholeLength: whole.length, length: gathered.length, isInPieces: gathered.isInPieces }).toEqual({
      wholeLength: 20_000_000,
      length: 0,
      isInPieces: false,
    })
  })

  it('joins large pieces in zeroed memory of its own, where blocks of zeros take none', () => {
    const asked: number[] = []
    const gathered = new GatheredOctets(size => {
      asked.push(size)
      return new Uint8Array(size).fill(0xff)
    })
    const piece = new Uint8Array(64 * 1024)
    for (let at = 0; at < 48; at++) gathered.append(piece, 0, piece.length, 0)
    const whole = gathered.take()
    // octet by octet here: toEqual takes 20 s for 3 MiB
    expect({ length: whole.length, isZero: whole.every(octet => octet === 0) }).toEqual({ length: 48 * piece.length, isZero: true })
    expect(asked).not.toContain(whole.length)
  })

  it('keeps a frame of known length in one piece, however large', () => {
    const gathered = new GatheredOctets()
    for (let missing = 16 * 1024 * 1024; missing > 0; missing -= 65_536)
      gathered.append(new Uint8Array(65_536), 0, 65_536, missing - 65_536)
    expect(gathered.isInPieces).toBe(false)
  })

  it('allocates nothing for a length that the peer has only announced', () => {
    const gathered = new GatheredOctets()
    gathered.append(Uint8Array.of(1), 0, 1, 2 ** 40)
    expect(gathered.take().buffer.byteLength).toBeLessThanOrEqual(256)
    gathered.append(new Uint8Array(10_000), 0, 10_000, 2 ** 40)
    gathered.append(Uint8Array.of(1), 0, 1, 2 ** 40)
    expect(gathered.take().buffer.byteLength).toBeLessThanOrEqual(2 * 10_001)
  })

  it('keeps alive at most a third more than what it gives', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: 900 }), fc.nat(5000)), { minLength: 1 }), pieces => {
        const gathered = new GatheredOctets()
        for (const [length, expected] of pieces) gathered.append(new Uint8Array(length), 0, length, expected)
        const taken = gathered.take()
        expect(taken.buffer.byteLength).toBeLessThanOrEqual(taken.length / 0.75)
      }),
    )
  })

  it('allocates anew only now and then, however many small pieces come that nobody announced', () => {
    const allocations: number[] = []
    const original = globalThis.Uint8Array
    const gathered = new GatheredOctets()
    const octet = original.of(1)
    globalThis.Uint8Array = new Proxy(original, {
      construct: (target, args) => {
        allocations.push(args[0])
        return Reflect.construct(target, args)
      },
    })
    try {
      for (let piece = 0; piece < 100_000; piece++) gathered.append(octet, 0, 1, 0)
    } finally {
      globalThis.Uint8Array = original
    }
    expect(gathered.length).toBe(100_000)
    expect(allocations.length).toBeLessThan(20)
    expect(Math.max(...allocations)).toBeLessThanOrEqual(200_000)
  })
})
