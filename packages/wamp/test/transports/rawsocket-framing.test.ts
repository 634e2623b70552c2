import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ProtocolViolation } from '../../src/messages/protocol-violation.ts'
import { FrameType, frameOf, RawSocketReader, shortTextFrame, writePrefix } from '../../src/transports/rawsocket-framing.ts'

type Frame = readonly [type: number, ...octets: number[]]

describe('RawSocketReader', () => {
  it('reads frames of all types', () => {
    expect(read([0, 0, 0, 2, 1, 2, 1, 0, 0, 1, 7, 2, 0, 0, 0, 0, 0, 0, 0])).toEqual([[0, 1, 2], [1, 7], [2], [0]])
  })

  it('reads the same frames however the octets are cut', () => {
    const frames = fc.array(fc.tuple(fc.constantFrom(0, 1, 2), fc.uint8Array({ maxLength: 3000 })), { maxLength: 8 })
    fc.assert(
      fc.property(frames, fc.array(fc.nat(9000), { maxLength: 20 }), (sent, cuts) => {
        const octets = Uint8Array.from(sent.flatMap(([type, payload]) => [...frameOf(type as FrameType, payload)]))
        const { reader, frames: got } = made()
        const places = [0, ...cuts.filter(at => at <= octets.length).sort((a, b) => a - b), octets.length]
        for (let n = 1; n < places.length; n++) reader.receive(octets.slice(places[n - 1], places[n]))
        expect(got).toEqual(sent.map(([type, payload]) => [type, ...payload]))
        expect(reader.isBetweenFrames).toBe(true)
      }),
    )
  })

  it('reads the same frames with one octet at a time', () => {
    const octets = [0, 0, 0, 3, 1, 2, 3, 1, 0, 0, 0, 0, 0, 0, 1, 9]
    const { reader, frames } = made()
    for (const octet of octets) reader.receive(Uint8Array.of(octet))
    expect(frames).toEqual(read(octets))
  })

  it('reads a frame of exactly 2^24 octets, whose length has bit 25 alone', () => {
    const prefix = new Uint8Array(4)
    writePrefix(prefix, FrameType.Message, 2 ** 24)
    expect([...prefix]).toEqual([0x08, 0, 0, 0])
    const sizes: number[] = []
    const reader = new RawSocketReader(2 ** 24, { frame: (_, payload) => void sizes.push(payload.length) })
    reader.receive(prefix)
    const half = new Uint8Array(2 ** 23)
    reader.receive(half)
    expect(sizes).toEqual([])
    reader.receive(half)
    expect(sizes).toEqual([2 ** 24])
  })

  for (const [why, octets] of [
    ['reserved bits of a RawSocket frame are not zero: 8', [0x80, 0, 0, 0]],
    ['reserved bits of a RawSocket frame are not zero: 1', [0x10, 0, 0, 1]],
    ['RawSocket frame of the reserved type 3', [0x03, 0, 0, 0]],
    ['RawSocket frame of the reserved type 7', [0x07, 0, 0, 1]],
    ['length of a RawSocket frame is above 2^24', [0x08, 0, 0, 1]],
    ['RawSocket frame of 16777216 octets, and the limit is 4096', [0x08, 0, 0, 0]],
    ['RawSocket frame of 4097 octets, and the limit is 4096', [0x00, 0, 0x10, 0x01]],
    ['RawSocket frame of 4097 octets, and the limit is 4096', [0x01, 0, 0x10, 0x01]],
  ] as const) {
    it(`rejects ${why} [${octets}], and ignores what follows`, () => {
      const { reader, frames } = made()
      expect(() => reader.receive(Uint8Array.from([0, 0, 0, 0, ...octets]))).toThrow(new ProtocolViolation(why))
      reader.receive(Uint8Array.of(0, 0, 0, 0))
      expect(frames).toEqual([[0]])
    })
  }

  it('keeps what comes while it is held, and delivers it in order', () => {
    const { reader, frames } = made()
    reader.hold()
    reader.receive(Uint8Array.of(0, 0, 0, 1, 1, 0, 0))
    reader.receive(Uint8Array.of(0, 1, 2))
    expect([frames, reader.isBetweenFrames]).toEqual([[], false])
    reader.resume()
    expect(frames).toEqual([
      [0, 1],
      [0, 2],
    ])
    expect(reader.isBetweenFrames).toBe(true)
  })

  it('stops between two frames of one piece when it is held by the first', () => {
    const frames: Frame[] = []
    const reader = new RawSocketReader(4096, {
      frame: (type, payload) => {
        frames.push([type, ...payload])
        reader.hold()
      },
    })
    reader.receive(Uint8Array.of(0, 0, 0, 1, 1, 0, 0, 0, 1, 2, 0))
    reader.receive(Uint8Array.of(0, 0, 1, 3))
    expect(frames).toEqual([[0, 1]])
    reader.resume()
    expect(frames).toEqual([
      [0, 1],
      [0, 2],
    ])
    reader.resume()
    expect(frames.at(-1)).toEqual([0, 3])
  })

  it('keeps the order where it is resumed from within a frame', () => {
    const frames: Frame[] = []
    const reader = new RawSocketReader(4096, {
      frame: (type, payload) => {
        frames.push([type, ...payload])
        reader.hold()
        reader.resume()
      },
    })
    reader.receive(Uint8Array.of(0, 0, 0, 1, 1, 0, 0, 0, 1, 2, 0, 0, 0, 1, 3))
    expect(frames).toEqual([
      [0, 1],
      [0, 2],
      [0, 3],
    ])
  })

  it('delivers nothing after it was stopped from within a frame', () => {
    const frames: Frame[] = []
    const reader = new RawSocketReader(4096, {
      frame: (type, payload) => {
        frames.push([type, ...payload])
        reader.stop()
      },
    })
    reader.receive(Uint8Array.of(0, 0, 0, 1, 1, 0, 0, 0, 1, 2))
    expect(frames).toEqual([[0, 1]])
  })

  it('allocates by what has come, and not by the length in a prefix', () => {
    const reader = new RawSocketReader(2 ** 24, { frame: () => {} })
    const before = process.memoryUsage().arrayBuffers
    const readers = Array.from({ length: 100 }, () => new RawSocketReader(2 ** 24, { frame: () => {} }))
    for (const each of [reader, ...readers]) each.receive(Uint8Array.of(0x08, 0, 0, 0, 1))
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 24)
  })
})

describe('shortTextFrame', () => {
  it('makes the frame that the octets of the text have', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 5000 }), text => {
        expect(shortTextFrame(text)).toEqual(frameOf(FrameType.Message, new TextEncoder().encode(text)))
      }),
    )
  })

  it('gives each frame memory of its own', () => {
    const first = shortTextFrame('first')!
    shortTextFrame('other')
    expect(first).toEqual(frameOf(FrameType.Message, new TextEncoder().encode('first')))
  })

  it('leaves long texts to others', () => {
    expect(shortTextFrame('x'.repeat(5460))?.length).toBe(5464)
    expect(shortTextFrame('x'.repeat(5461))).toBe(undefined)
  })
})

function made() {
  const frames: Frame[] = []
  const reader = new RawSocketReader(4096, { frame: (type, payload) => void frames.push([type, ...payload]) })
  return { reader, frames }
}

function read(octets: readonly number[]): readonly Frame[] {
  const { reader, frames } = made()
  reader.receive(Uint8Array.from(octets))
  return frames
}
