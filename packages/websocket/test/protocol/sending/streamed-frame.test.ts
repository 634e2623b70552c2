import { describe, expect, it } from 'vitest'
import { checkedLength, StreamedFrame } from '../../../src/protocol/sending/streamed-frame.ts'

const most = Number.MAX_SAFE_INTEGER

describe('StreamedFrame', () => {
  it('counts down the octets that it misses', () => {
    const frame = new StreamedFrame(5, true, 0)
    frame.count(3)
    expect({ missing: frame.missing, exactly: frame.exactlyMissing, isFinal: frame.isFinal, isLong: frame.isLong }).toEqual({
      missing: 2,
      exactly: 2,
      isFinal: true,
      isLong: false,
    })
    frame.count(2)
    expect(frame.missing).toBe(0)
  })

  it('stays at 2^53-1 while more are missing, and counts exactly', () => {
    const frame = new StreamedFrame(BigInt(most) + 10n, false, 0)
    const seen: unknown[] = []
    for (const octets of [4, 4, 4, 1]) {
      frame.count(octets)
      seen.push({ missing: frame.missing, exactly: frame.exactlyMissing })
    }
    expect({ isLong: frame.isLong, seen }).toEqual({
      isLong: true,
      seen: [
        { missing: most, exactly: BigInt(most) + 6n },
        { missing: most, exactly: BigInt(most) + 2n },
        { missing: most - 2, exactly: most - 2 },
        { missing: most - 3, exactly: most - 3 },
      ],
    })
  })

  it('gives its reserved bits away once', () => {
    const frame = new StreamedFrame(1, false, 5)
    expect([frame.takeReserved(), frame.takeReserved()]).toEqual([5, 0])
  })
})

describe('checkedLength', () => {
  it('gives a number, or a bigint above 2^53-1', () => {
    expect([0, 7n, BigInt(most), BigInt(most) + 1n, 2n ** 63n - 1n].map(checkedLength)).toEqual([
      0,
      7,
      most,
      BigInt(most) + 1n,
      2n ** 63n - 1n,
    ])
  })

  for (const length of [-1, 1.5, most + 1, Number.NaN]) {
    it(`calls ${length} misuse`, () => {
      expect(() => checkedLength(length)).toThrow(`a frame's length must be a whole number from 0 to 2^53-1, and not ${length}`)
    })
  }

  for (const length of [-1n, 2n ** 63n]) {
    it(`calls ${length}n misuse`, () => {
      expect(() => checkedLength(length)).toThrow("a frame's length as a bigint must be from 0 to 2^63-1, and not ")
    })
  }
})
