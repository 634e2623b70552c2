import { constants, deflateRawSync, inflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ExactInflater } from '../../src/wire/exact-inflater.ts'
import { BadDeflate } from '../../src/wire/huffman-code.ts'
import { KeptDeflater } from '../../src/wire/kept-deflater.ts'
import { hex, joined, same, utf8 } from '../../src/wire/octets.ts'

const marker = hex('00 00 ff ff')
const kept = { windowBits: 15, keepsContext: true }
const dropped = { windowBits: 15, keepsContext: false }

describe('ExactInflater', () => {
  it('inflates the examples of RFC 7692 §7.2.3', () => {
    const inflater = new ExactInflater(kept)
    expect(textOf(inflater, 'f2 48 cd c9 c9 07 00')).toBe('Hello')
    expect(inflater.use).toEqual({ farthest: 0, messagesWithContext: 0 })
    expect(textOf(inflater, 'f2 00 11 00 00')).toBe('Hello')
    expect(inflater.use).toEqual({ farthest: 5, messagesWithContext: 1 })
    expect(textOf(inflater, '00 05 00 fa ff 48 65 6c 6c 6f 00')).toBe('Hello')
    // BFINAL, and the octet after it.
    expect(textOf(inflater, 'f3 48 cd c9 c9 07 00 00')).toBe('Hello')
    // Two blocks.
    expect(textOf(inflater, 'f2 48 05 00 00 00 ff ff ca c9 c9 07 00')).toBe('Hello')
    expect(textOf(inflater, '00')).toBe('')
  })

  it('restores what zlib has compressed, for any window, level, strategy and octets', () => {
    fc.assert(
      fc.property(anyOctets, fc.integer({ min: 9, max: 15 }), fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 4 }), deflated),
      { numRuns: 500 },
    )
  })

  it('restores messages in order, with every window that can be agreed, with and without context', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyOctets, { maxLength: 8 }),
        fc.integer({ min: 8, max: 15 }),
        fc.boolean(),
        async (messages, windowBits, keepsContext) => {
          const deflater = new KeptDeflater({ windowBits, keepsContext })
          const inflater = new ExactInflater({ windowBits, keepsContext })
          for (const message of messages) expect(same(inflater.inflate(await deflater.deflate(message)), message)).toBe(true)
          deflater.close()
          expect(inflater.use.farthest).toBeLessThanOrEqual(1 << windowBits)
        },
      ),
    )
  })

  it('accepts only what zlib accepts, with the same result', () => {
    fc.assert(
      fc.property(anyOctets, fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 3 }), (message, changes) => {
        const octets = Uint8Array.from(deflateRawSync(message, { finishFlush: constants.Z_SYNC_FLUSH }))
        for (const [at, octet] of changes) octets[at % octets.length] = octet
        const ours = attempt(() => new ExactInflater(dropped).inflate(octets.subarray(0, octets.length - 4)))
        const theirs = attempt(() =>
          inflateRawSync(joined([octets.subarray(0, octets.length - 4), marker]), { finishFlush: constants.Z_SYNC_FLUSH }),
        )
        if (ours instanceof Uint8Array && !isFinal(octets)) expect(theirs instanceof Uint8Array && same(ours, theirs)).toBe(true)
      }),
      { numRuns: 1000 },
    )
  })

  it('survives any octets', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), octets => {
        const result = attempt(() => new ExactInflater(kept).inflate(octets))
        expect(result instanceof Uint8Array || result instanceof BadDeflate).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })

  for (const windowBits of [8, 9, 10, 11, 12, 13, 14]) {
    it(`accepts a distance of ${1 << windowBits} octets with a window of ${windowBits} bits, and refuses one octet more`, () => {
      const window = 1 << windowBits
      const inflater = new ExactInflater({ windowBits, keepsContext: false })
      expect(inflater.inflate(pointingBack(window, window))).toHaveLength(window + 3)
      expect(inflater.use.farthest).toBe(window)
      expect(() => new ExactInflater({ windowBits, keepsContext: false }).inflate(pointingBack(window + 1, window + 1))).toThrow(
        `a distance of ${window + 1} octets, but the agreed window has ${window}`,
      )
    })

    it(`notices a window of more than ${windowBits} bits across messages`, () => {
      const window = 1 << windowBits
      const sound = new ExactInflater({ windowBits, keepsContext: true })
      sound.inflate(stored(window))
      expect(sound.inflate(pointingBack(0, window))).toHaveLength(3)
      const wrong = new ExactInflater({ windowBits, keepsContext: true })
      wrong.inflate(stored(window + 1))
      expect(() => wrong.inflate(pointingBack(0, window + 1))).toThrow('the agreed window has')
    })
  }

  it('distinguishes a reference into a dropped context from one before all messages', () => {
    const inflater = new ExactInflater(dropped)
    inflater.inflate(stored(100))
    expect(() => inflater.inflate(pointingBack(10, 60))).toThrow('reaches 50 octets into earlier messages')
    expect(() => new ExactInflater(kept).inflate(pointingBack(10, 60))).toThrow('50 before anything that was sent')
  })

  it('remembers the context over messages that do not use it', () => {
    const inflater = new ExactInflater(kept)
    inflater.inflate(stored(32_768))
    for (let n = 0; n < 10; n++) inflater.inflate(hex('00'))
    expect(inflater.inflate(pointingBack(0, 32_768))).toEqual(Uint8Array.of(0, 1, 2))
    expect(inflater.use).toEqual({ farthest: 32_768, messagesWithContext: 1 })
  })

  it.each([
    ['ends within a block', 'f2 48 cd'],
    ['ends within a block', '00 05 00 fa ff 48 65'],
    ['ends within a block', '00 04 00 fb ff'],
    ['the reserved type 3', '06'],
    ['does not fit its complement', '00 01 00 ff ff 00 00'],
  ])('finds the fault: %s', (problem, digits) => {
    expect(() => new ExactInflater(kept).inflate(hex(digits))).toThrow(problem)
  })

  for (const [what, digits, inflated] of [
    ['no octets', '', ''],
    ['00 00 ff ff was not removed', 'f2 48 cd c9 c9 07 00 00 00 ff ff', 'Hello'],
    ['without the octet 00 behind it', 'f3 48 cd c9 c9 07 00', 'Hello'],
  ] as const) {
    it(`accepts a message with a loose end, describes it, and goes on: ${what}`, () => {
      const inflater = new ExactInflater(kept)
      expect({ text: textOf(inflater, 'f2 48 cd c9 c9 07 00'), looseEnd: inflater.looseEnd }).toEqual({
        text: 'Hello',
        looseEnd: undefined,
      })
      expect(textOf(inflater, digits)).toBe(inflated)
      expect(inflater.looseEnd).toContain(what)
      expect(textOf(inflater, 'f2 00 11 00 00')).toBe('Hello')
    })
  }

  it('does not inflate a decompression bomb', () => {
    const bomb = deflateRawSync(new Uint8Array(40 * 1024 * 1024), { finishFlush: constants.Z_SYNC_FLUSH })
    expect(() => new ExactInflater(dropped).inflate(bomb.subarray(0, bomb.length - 4))).toThrow('that are kept')
  })
})

/** Octets that compress well, a little, and not at all. */
const anyOctets = fc.oneof(
  fc.uint8Array({ maxLength: 3000 }),
  fc.uint8Array({ maxLength: 8000, max: 5 }),
  fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 400 }), fc.nat(200)).map(([part, times]) => joined(Array(times).fill(part))),
  fc.string({ maxLength: 500, unit: 'grapheme' }).map(utf8),
)

function deflated(message: Uint8Array, windowBits: number, level: number, strategy: number): void {
  const octets = deflateRawSync(message, { windowBits, level, strategy, finishFlush: constants.Z_SYNC_FLUSH })
  const inflated = new ExactInflater({ windowBits, keepsContext: false }).inflate(
    message.length === 0 ? hex('00') : octets.subarray(0, octets.length - 4),
  )
  expect(same(inflated, message)).toBe(true)
}

/** Whether zlib would stop here, where RFC 7692 goes on. */
function isFinal(octets: Uint8Array): boolean {
  return attempt(() => inflateRawSync(octets)) instanceof Uint8Array
}

function attempt(inflate: () => Uint8Array): Uint8Array | Error {
  try {
    return inflate()
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

function textOf(inflater: ExactInflater, digits: string): string {
  return new TextDecoder().decode(inflater.inflate(hex(digits)))
}

/** Makes a stored block with octets that count up. */
function stored(length: number): Uint8Array {
  return joined([
    Uint8Array.of(0, length & 0xff, length >> 8, ~length & 0xff, (~length >> 8) & 0xff),
    Uint8Array.from({ length }, (_, n) => n),
    hex('00'),
  ])
}

/** Makes a stored block if `length` is not 0, and a fixed block with three octets from `distance` octets before. */
function pointingBack(length: number, distance: number): Uint8Array {
  const bits: number[] = [0, 1, 0]
  const put = (value: number, count: number): void => {
    for (let n = 0; n < count; n++) bits.push((value >> n) & 1)
  }
  // Length 3 is code 257, which is 0000001; distance codes have five bits with the most significant first (RFC 1951 §3.2.6).
  put(0b100_0000, 7)
  const [code, extraBits, extra] = distanceCode(distance)
  for (let n = 4; n >= 0; n--) bits.push((code >> n) & 1)
  put(extra, extraBits)
  put(0, 7)
  // The header of the empty block of the flush.
  put(0, 3)
  const block = new Uint8Array(Math.ceil(bits.length / 8))
  for (const [n, bit] of bits.entries()) block[n >> 3]! |= bit << (n & 7)
  return length === 0 ? block : joined([stored(length).subarray(0, -1), block])
}

function distanceCode(distance: number): [code: number, extraBits: number, extra: number] {
  let base = 1
  for (let code = 0; ; code++) {
    const extraBits = code < 4 ? 0 : (code >> 1) - 1
    if (distance < base + (1 << extraBits)) return [code, extraBits, distance - base]
    base += 1 << extraBits
  }
}
