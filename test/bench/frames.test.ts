import { describe, expect, it } from 'vitest'
import { FrameCounter, frame, OctetCounter, readFrame } from '../../bench/loads/frames.mjs'

const key = Buffer.from([1, 2, 3, 4])

describe('frames of the load', () => {
  for (const length of [0, 125, 126, 65_535, 65_536]) {
    it(`reads its own frames, masked and unmasked: ${length} octets`, () => {
      const payload = Buffer.alloc(length, 'x')
      for (const made of [frame(0x82, payload), frame(0x82, payload, key)]) {
        expect(readFrame(made)).toEqual({ first: 0x82, size: made.length, payload })
        expect(readFrame(made.subarray(0, -1))).toBeUndefined()
      }
    })
  }

  it('masks as in RFC 6455 §5.7', () => {
    expect(frame(0x81, Buffer.from('Hello'), Buffer.from('37fa213d', 'hex')).toString('hex')).toBe('818537fa213d7f9f4d5158')
  })
})

describe('counting replies', () => {
  const three = Buffer.concat([frame(0x82, Buffer.alloc(3)), frame(0x82, Buffer.alloc(200)), frame(0x82, Buffer.alloc(70_000), key)])

  it('counts complete frames, however they are cut', () => {
    for (const size of [1, 2, 3, 7, 100, 4096, three.length]) {
      const counter = new FrameCounter()
      const counts = []
      for (let at = 0; at < three.length; at += size) counts.push(counter.count(three.subarray(at, at + size)))
      expect(counts.reduce((sum, count) => sum + count)).toBe(3)
      expect(counts.at(-1)).toBeGreaterThan(0)
    }
  })

  it('counts replies of equal size by their octets', () => {
    const counter = new OctetCounter(10)
    expect([9, 1, 25, 5].map(length => counter.count(Buffer.alloc(length)))).toEqual([0, 1, 2, 1])
  })
})
