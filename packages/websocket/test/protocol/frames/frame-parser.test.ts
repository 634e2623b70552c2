import { describe, expect, it } from 'vitest'
import { type Masker, scalarMasker } from '../../../src/bytes/masker.ts'
import type { Octets } from '../../../src/bytes/octets.ts'
import type { HeaderRules } from '../../../src/protocol/frames/frame-header.ts'
import { FrameParser } from '../../../src/protocol/frames/frame-parser.ts'
import { counting, frame, plain, textOf } from '../wire.ts'

const either: HeaderRules = { peerMasks: undefined, reservedBits: 7, opcodes: new Set([3]) }

describe('FrameParser', () => {
  for (const [what, octets, ...expected] of [
    ['a single unmasked text', [0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f], '1 5', 'Hello', 'end'],
    ['a single masked text', [0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58], '1 5', 'Hello', 'end'],
    ['a fragmented text', [0x01, 0x03, 0x48, 0x65, 0x6c, 0x80, 0x02, 0x6c, 0x6f], '1- 3', 'Hel', 'end', '0 2', 'lo', 'end'],
    ['an unmasked ping', [0x89, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f], '9 5', 'Hello', 'end'],
    ['a masked pong', [0x8a, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58], '10 5', 'Hello', 'end'],
  ] as const) {
    it(`reads the examples of RFC 6455 §5.7: ${what}`, () => {
      const { parser, log } = make()
      expect(parser.parse(Uint8Array.from(octets))).toBe(octets.length)
      expect(log).toEqual(expected)
    })
  }

  it('reads those of 256 octets and 64 KiB', () => {
    for (const size of [256, 65536]) {
      const sizes: number[] = []
      const { parser, log } = make({ frameData: (octets, start, end) => void sizes.push(end - start, octets[end - 1]!) })
      parser.parse(plain(2, counting(size)))
      expect([log, sizes]).toEqual([
        [`2 ${size}`, 'end'],
        [size, counting(size)[size - 1]],
      ])
    }
  })

  it('reads reserved bits, opcodes and empty frames', () => {
    const { parser, log } = make()
    parser.parse(Uint8Array.from([...plain(3, [], { rsv: 5 }), ...frame(0, [], { fin: false })]))
    expect(log).toEqual(['3 rsv5 0', 'end', '0- 0', 'end'])
  })

  it('parses a part of a larger array, and counts from the beginning of that part', () => {
    const { parser, log } = make()
    expect(parser.parse(Uint8Array.of(0xff, 0xff, 0x89, 0).subarray(2))).toBe(2)
    expect(log).toEqual(['9 0', 'end'])
  })

  it('gives octets as they arrive, unmasked in place, and says how many are missing', () => {
    const missing: number[] = []
    const seen: string[] = []
    const octets = frame(2, 'abcdefgh')
    const { parser } = make({
      frameData: (data, start, end, rest) => {
        missing.push(rest)
        seen.push(textOf(data.subarray(start, end)))
      },
    })
    const pieces = [octets.slice(0, 9), octets.slice(9, 10), octets.slice(10)]
    for (const piece of pieces) parser.parse(piece)
    expect([seen, missing]).toEqual([
      ['abc', 'd', 'efgh'],
      [5, 4, 0],
    ])
    expect(textOf(pieces[2]!)).toBe('efgh')
  })

  it('leaves the payload masked where the mask is not applied', () => {
    const { parser, log } = make({}, false)
    parser.parse(frame(1, 'abc', { key: [1, 1, 1, 1] }))
    expect(log).toEqual(['1 3', '`cb', 'end'])
  })

  it('checks the first two octets as soon as they are there', () => {
    for (const pieces of [[[0x81, 0xff]], [[0x81], [0xff]], [[0x81], [0xff, 0]]]) {
      const { parser } = make({}, true, { ...either, peerMasks: false })
      expect(() => {
        for (const piece of pieces) parser.parse(Uint8Array.from(piece))
      }).toThrow('masked server frame')
    }
  })

  it('checks the length when the header is complete, wherever it is cut', () => {
    const octets = Uint8Array.of(0x82, 126, 0, 5)
    for (let cut = 0; cut <= 3; cut++) {
      const { parser } = make()
      parser.parse(octets.slice(0, cut))
      expect(() => parser.parse(octets.slice(cut))).toThrow('length 5 in more octets than it needs')
    }
  })

  it('is at rest between two frames if its sink is', () => {
    const octets = Uint8Array.from(plain(1, 'ab'))
    const atRest: boolean[] = []
    const { parser } = make()
    for (const octet of octets) {
      atRest.push(parser.isAtRest)
      parser.parse(Uint8Array.of(octet))
    }
    expect({ atRest, after: parser.isAtRest }).toEqual({ atRest: [true, false, false, false], after: true })
    expect(make({ isAtRest: false }).parser.isAtRest).toBe(false)
  })

  it('stops where the sink is held, and goes on from there', () => {
    for (const event of ['frameBegan', 'frameData', 'frameEnded'] as const) {
      let isHeld = false
      const hold = (): void => {
        isHeld = true
      }
      const sink = { [event]: hold }
      const { parser, log } = make(sink, true, either, () => isHeld)
      const octets = Uint8Array.from([...plain(1, 'ab'), ...plain(9)])
      const at = parser.parse(octets)
      expect(at).toBe(event === 'frameBegan' ? 2 : 4)
      expect(parser.parse(octets.subarray(at))).toBe(0)
      isHeld = false
      for (let from = at; from < octets.length; isHeld = false) from += parser.parse(octets.subarray(from))
      parser.parse(new Uint8Array(0))
      const all = { frameBegan: ['ab', 'end', 'end'], frameData: ['1 2', 'end', '9 0', 'end'], frameEnded: ['1 2', 'ab', '9 0'] }
      expect(log).toEqual(all[event])
    }
  })

  it('tells its sink when it has parsed all octets, or has stopped before the end', () => {
    let chunks = 0
    let isHeld = false
    const hold = (): void => {
      isHeld = true
    }
    const { parser, log } = make({ frameEnded: hold, chunkEnded: () => void chunks++ }, true, either, () => isHeld)
    const octets = Uint8Array.from([...plain(1, 'ab'), ...plain(9)])
    const at = parser.parse(octets)
    expect([at, chunks]).toEqual([4, 1])
    isHeld = false
    parser.parse(octets.subarray(at))
    expect([log, chunks]).toEqual([['1 2', 'ab', '9 0'], 2])
  })

  for (const [length, where] of [
    [2n ** 53n, '2^53'],
    [2n ** 53n + 1n, '2^53+1'],
    [2n ** 63n - 1n, '2^63-1'],
  ] as const) {
    it(`finds the end of a frame of ${where} octets to the octet`, () => {
      const keys: number[] = []
      const masker = { apply: (...[, , , , phase]: Parameters<Masker['apply']>): void => void keys.push(phase) }
      const { parser, log } = make({ frameData: () => undefined }, masker)
      const header = Uint8Array.from([0x82, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4])
      new DataView(header.buffer).setBigUint64(2, length)
      parser.parse(header)
      parser.parse(octetsOf(3n))
      for (let left = length - 3n; left > 1n; left -= most < left - 1n ? most : left - 1n) {
        parser.parse(octetsOf(most < left - 1n ? most : left - 1n))
      }
      expect(log).toEqual([`2 ${length}`])
      parser.parse(Uint8Array.of(7, 0x89, 0))
      expect(log).toEqual([`2 ${length}`, 'end', '9 0', 'end'])
      expect(keys.at(-1)).toBe(Number((length - 1n) % 4n))
    })
  }

  it('ends a frame when it is asked again with nothing more', () => {
    let isHeld = false
    const hold = (): void => {
      isHeld = true
    }
    const { parser, log } = make({ frameData: hold }, true, either, () => isHeld)
    parser.parse(plain(1, 'ab'))
    expect(log).toEqual(['1 2'])
    isHeld = false
    parser.parse(new Uint8Array(0))
    expect(log).toEqual(['1 2', 'end'])
  })
})

type Sink = ConstructorParameters<typeof FrameParser>[1]

function make(
  overrides: Partial<Omit<Sink, 'isHeld'>> = {},
  mask: boolean | Masker = true,
  rules = either,
  held = (): boolean => false,
): { parser: FrameParser; log: string[] } {
  const log: string[] = []
  const sink: Sink = {
    get isHeld(): boolean {
      return held()
    },
    isAtRest: true,
    frameBegan: (opcode, isFinal, reserved, length) =>
      void log.push(`${opcode}${isFinal ? '' : '-'} ${reserved === 0 ? '' : `rsv${reserved} `}${length}`),
    frameData: (octets, start, end) => void log.push(textOf(octets.subarray(start, end))),
    frameEnded: () => void log.push('end'),
    chunkEnded: () => undefined,
    ...overrides,
  }
  const masker = mask === true ? scalarMasker : mask || undefined
  return { parser: new FrameParser(rules, sink, masker), log }
}

/** Makes an object with the length of a huge array: the parser does not read octets of a payload itself. */
function octetsOf(length: bigint): Octets {
  return { length: Number(length) } as Octets
}

const most = 2n ** 51n
