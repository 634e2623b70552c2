import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeFrame, type WireFrame } from '../../src/wire/frame.ts'
import { FrameReader, FrameTooLong, type ReceivedFrame } from '../../src/wire/frame-reader.ts'
import { hex, joined } from '../../src/wire/octets.ts'

describe('FrameReader', () => {
  it('returns the frames that were written, however the octets are cut', () => {
    fc.assert(
      fc.property(fc.array(frame(), { maxLength: 5 }), fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1 }), (frames, sizes) => {
        expect(read(joined(frames.map(encodeFrame)), sizes).map(shown)).toEqual(frames.map(shown))
      }),
    )
  })

  it('reads the form of the length', () => {
    const frames = read(joined([hex('82 00'), hex('82 7e 00 00'), hex('82 7f 00 00 00 00 00 00 00 00')]), [100])
    expect(frames.map(({ lengthForm }) => lengthForm)).toEqual([7, 16, 64])
  })

  it('refuses a frame longer than its limit as soon as the header shows it', () => {
    const reader = new FrameReader(1000)
    expect(() => [...reader.push(hex('82 7f ff ff ff ff ff ff ff ff'))]).toThrow(FrameTooLong)
  })

  it('counts the octets of an incomplete frame', () => {
    const reader = new FrameReader(1000)
    expect([...reader.push(hex('82 05 01 02'))]).toEqual([])
    expect(reader.pending).toBe(4)
  })
})

function read(octets: Uint8Array, sizes: readonly number[]): ReceivedFrame[] {
  const reader = new FrameReader(100_000)
  const frames: ReceivedFrame[] = []
  for (let at = 0, n = 0; at < octets.length; n++) {
    const size = sizes[n % sizes.length]!
    frames.push(...reader.push(octets.subarray(at, at + size)))
    at += size
  }
  return frames
}

/** Returns a frame with its octets as digits, because comparing large arrays one element after the other takes seconds. */
function shown({ fin, rsv, opcode, payload, mask }: WireFrame | ReceivedFrame): unknown {
  return { fin, rsv, opcode, payload: Buffer.from(payload).toString('hex'), mask: Buffer.from(mask ?? []).toString('hex') }
}

function frame(): fc.Arbitrary<WireFrame> {
  return fc
    .record({
      fin: fc.boolean(),
      rsv: fc.integer({ min: 0, max: 7 }),
      opcode: fc.integer({ min: 0, max: 15 }),
      payload: fc.oneof(
        fc.uint8Array({ maxLength: 300 }),
        fc.constantFrom(125, 126, 65_535, 65_536).map(length => new Uint8Array(length).fill(7)),
      ),
      mask: fc.option(fc.uint8Array({ minLength: 4, maxLength: 4 }), { nil: undefined }),
    })
    .map(({ mask, ...rest }) => ({ ...rest, ...(mask !== undefined && { mask }) }))
}
