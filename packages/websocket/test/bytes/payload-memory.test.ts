import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Octets } from '../../src/bytes/octets.ts'
import { PayloadMemory, payloadSharing } from '../../src/bytes/payload-memory.ts'

describe('PayloadMemory', () => {
  it('gives copies that overlap none before, at a multiple of 8, whatever their lengths are', () => {
    const length = fc.oneof(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 0, max: 3000 }))
    fc.assert(
      fc.property(fc.array(length, { maxLength: 60 }), fc.boolean(), (lengths, isOn) => {
        const memory = new PayloadMemory(payloadSharing(isOn))
        const chunk = counting(lengths.reduce((sum, size) => sum + size, 0))
        let at = 0
        const copies = lengths.map(size => {
          const copy = memory.copy(chunk, at, at + size)
          expect([[...copy], copy.byteOffset % 8]).toEqual([[...chunk.subarray(at, at + size)], 0])
          at += size
          return copy.fill(0xff)
        })
        expect(overlaps(copies)).toEqual([])
      }),
    )
  })

  it("makes arrays of a runtime's own class where it is told how", () => {
    class Own extends Uint8Array<ArrayBuffer> {}
    const sharing = payloadSharing(true, {
      allocateUnset: size => new Own(new ArrayBuffer(size)),
      copySmall: (octets, start, end) => Own.from(octets.subarray(start, end)),
      viewOf: (buffer, at, length) => new Own(buffer, at, length),
    })
    const memory = new PayloadMemory(sharing)
    const chunk = counting(6000)
    const copies = [10, 100, 100, 3000].map(size => memory.copy(chunk, 1, 1 + size))
    expect(copies.map(copy => copy instanceof Own)).toEqual([true, true, true, true])
    expect(copies.map(copy => copy.every((octet, at) => octet === chunk[at + 1]))).toEqual([true, true, true, true])
    expect(memory.copyApart(chunk, 0, 100)).toBeInstanceOf(Own)
  })

  it('cuts payloads of 65 to 2,048 octets that were received together out of one ArrayBuffer, as large as what was received', () => {
    const { memory, sizes } = counted()
    const chunk = counting(400)
    const copies = [0, 100, 200, 300].map(at => memory.copy(chunk, at, at + 90))
    expect(sizes).toEqual([400])
    expect(new Set(copies.map(({ buffer }) => buffer)).size).toBe(1)
  })

  it('cuts payloads that are handed over one by one out of one ArrayBuffer, as large as those of the read before together', () => {
    const { memory, sizes } = counted()
    const read = (): Octets[] => {
      const copies = Array.from({ length: 4 }, () => memory.copy(counting(400), 0, 400))
      memory.chunkEnded()
      return copies
    }
    read()
    sizes.length = 0
    expect([...read(), ...read()].map(({ buffer, byteOffset }) => `${byteOffset} of ${buffer.byteLength}`)).toEqual([
      ...['0 of 1600', '400 of 1600', '800 of 1600', '1200 of 1600'],
      ...['0 of 1600', '400 of 1600', '800 of 1600', '1200 of 1600'],
    ])
    expect(sizes).toEqual([1600, 1600])
  })

  it('gives any other payload an ArrayBuffer of its own', () => {
    const { memory, sizes } = counted()
    const chunk = counting(8000)
    for (const length of [0, 1, 64, 2049, 5000]) {
      expect(memory.copy(chunk, 10, 10 + length).buffer.byteLength).toBe(length)
    }
    expect(sizes).toEqual([])
  })

  it('allocates at most 16 KiB at once', () => {
    const { memory, sizes } = counted()
    const chunk = counting(100_000)
    for (let at = 0; at < 20_000; at += 1000) memory.copy(chunk, at, at + 1000)
    expect(sizes).toEqual([16_384, 16_384])
  })

  it('cuts payloads that come one at a time out of 1 KiB, but for the first four and for those above 512 octets', () => {
    const { memory, sizes } = counted()
    const copies = Array.from({ length: 12 }, () => receivedAlone(memory, 120))
    expect(sizes).toEqual([1024])
    expect(copies.map(({ buffer }) => buffer.byteLength)).toEqual([...Array(4).fill(120), ...Array(8).fill(1024)])
    expect(receivedAlone(memory, 513).buffer.byteLength).toBe(513)
  })

  it('holds no more than 1 KiB between reads', () => {
    const { memory, sizes } = counted()
    const chunk = counting(2000)
    memory.copy(chunk, 0, 100)
    memory.chunkEnded()
    memory.copy(chunk, 0, 100)
    expect(sizes).toEqual([2000, 2000])
  })

  it('shares no memory with another connection', () => {
    const sharing = payloadSharing(true)
    const [one, other] = [new PayloadMemory(sharing), new PayloadMemory(sharing)]
    const chunk = counting(1000)
    const [a, b] = [one.copy(chunk, 0, 100), other.copy(chunk, 100, 200)]
    expect(a.buffer).not.toBe(b.buffer)
    expect(new Uint8Array(a.buffer).subarray(100).every(octet => octet === 0)).toBe(true)
  })

  it('gives each payload an ArrayBuffer of its own where nothing is to be shared', () => {
    const { memory, sizes } = counted(false)
    const chunk = counting(1000)
    expect([0, 100, 200].map(at => memory.copy(chunk, at, at + 100).buffer.byteLength)).toEqual([100, 100, 100])
    expect(sizes).toEqual([])
  })

  it('gives what is copied apart an ArrayBuffer of its own', () => {
    const memory = new PayloadMemory()
    for (const length of [0, 64, 65, 2048, 2049]) {
      const copy = memory.copyApart(counting(5000), 10, 10 + length)
      expect([[...copy], copy.buffer.byteLength]).toEqual([[...counting(5000).subarray(10, 10 + length)], length])
    }
  })

  for (const when of ['while what came with it is still parsed', 'between two reads'] as const) {
    it(`shares nothing any more, on all connections, after an ArrayBuffer was transferred ${when}`, () => {
      const { memory, other, sizes } = counted()
      const chunk = counting(1000)
      other.copy(chunk, 0, 100)
      const { buffer } = memory.copy(chunk, 0, 100)
      structuredClone(buffer, { transfer: [buffer] })
      if (when === 'between two reads') memory.chunkEnded()
      const later = [memory.copy(chunk, 100, 200), memory.copy(chunk, 200, 300), other.copy(chunk, 300, 400)]
      expect(later.map(octets => [octets[0], octets.buffer.byteLength])).toEqual([100, 200, 300].map(at => [chunk[at], 100]))
      expect(sizes).toEqual([1000, 1000])
    })
  }

  it('forgets what it shared and counted, so that another connection begins anew', () => {
    const { memory, sizes } = counted()
    const chunk = counting(1000)
    memory.copy(chunk, 0, 100)
    memory.forget()
    memory.copy(chunk, 0, 100)
    for (let message = 0; message < 10; message++) {
      memory.forget()
      receivedAlone(memory, 100)
    }
    expect(sizes).toEqual([1000, 1000])
  })

  it("copies into plain arrays, also out of an array of a runtime's own class", () => {
    const memory = new PayloadMemory()
    for (const length of [10, 100, 3000]) {
      const chunk = Buffer.from(counting(4000))
      const copy = memory.copy(chunk, 1, 1 + length)
      chunk.fill(0)
      expect([...copy]).toEqual([...counting(4000).subarray(1, 1 + length)])
      expect(Object.getPrototypeOf(copy)).toBe(Uint8Array.prototype)
    }
  })
})

/** Two connections of a factory, and the sizes of the memory that is shared. */
function counted(isOn = true): { memory: PayloadMemory; other: PayloadMemory; sizes: number[] } {
  const sizes: number[] = []
  const allocate = (size: number): ArrayBuffer => {
    sizes.push(size)
    return new ArrayBuffer(size)
  }
  const sharing = payloadSharing(isOn, { allocate })
  return { memory: new PayloadMemory(sharing), other: new PayloadMemory(sharing), sizes }
}

function receivedAlone(memory: PayloadMemory, length: number): Octets {
  const copy = memory.copy(counting(6 + length), 6, 6 + length)
  memory.chunkEnded()
  return copy
}

function counting(length: number): Octets {
  return Uint8Array.from({ length }, (_, i) => i)
}

/** Pairs that have an octet in common. */
function overlaps(copies: readonly Octets[]): (readonly [Octets, Octets])[] {
  const ends = (octets: Octets): number => octets.byteOffset + octets.length
  return copies.flatMap((one, i) =>
    copies
      .slice(i + 1)
      .filter(other => one.buffer === other.buffer && one.byteOffset < ends(other) && other.byteOffset < ends(one))
      .map(other => [one, other] as const),
  )
}
