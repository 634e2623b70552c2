import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { frameOctets, framesOf } from '../../src/testing/raw-frame.ts'

describe('frameOctets', () => {
  it('makes the frames of RFC 6455 §5.7', () => {
    const hello = Buffer.from('Hello')
    expect([...frameOctets({ payload: 'Hello' }, false)]).toEqual([0x81, 5, ...hello])
    expect([...frameOctets({ payload: 'Hel', isFinal: false }, false)]).toEqual([0x01, 3, ...hello.subarray(0, 3)])
    expect([...frameOctets({ payload: hello, opcode: 9 }, false)]).toEqual([0x89, 5, ...hello])
    expect([...frameOctets({ payload: new Uint8Array(256) }, false)].slice(0, 5)).toEqual([0x82, 0x7e, 1, 0, 0])
    expect([...frameOctets({ payload: new Uint8Array(65_536) }, false)].slice(0, 11)).toEqual([0x82, 0x7f, 0, 0, 0, 0, 0, 1, 0, 0, 0])
  })

  it('masks by default where it is told, and unless the frame says otherwise', () => {
    expect([...frameOctets({ payload: [1, 2, 3, 4, 5] }, true)]).toEqual([0x82, 0x85, 1, 2, 3, 4, 0, 0, 0, 0, 4])
    expect([...frameOctets({ payload: [1], isMasked: false }, true)]).toEqual([0x82, 1, 1])
  })

  it('makes frames that no peer may send', () => {
    expect([...frameOctets({ opcode: 3, reserved: 7, payload: [1], length: 100 }, false)]).toEqual([0xf3, 100, 1])
  })
})

describe('framesOf', () => {
  it('reads what frameOctets has written', () => {
    const field = fc.record({
      opcode: fc.integer({ min: 0, max: 15 }),
      isFinal: fc.boolean(),
      reserved: fc.integer({ min: 0, max: 7 }),
      isMasked: fc.boolean(),
      payload: fc.uint8Array({ maxLength: 300 }),
    })
    fc.assert(
      fc.property(fc.array(field, { maxLength: 5 }), frames => {
        const octets = Buffer.concat(frames.map(frame => frameOctets(frame, false)))
        expect(framesOf(octets).map(frame => ({ ...frame, payload: [...frame.payload] }))).toEqual(
          frames.map(frame => ({ ...frame, payload: [...frame.payload] })),
        )
      }),
    )
  })

  it('leaves out a frame that is not complete', () => {
    const octets = frameOctets({ payload: new Uint8Array(70_000) }, true)
    for (const length of [0, 1, 2, 9, 13, octets.length - 1]) expect(framesOf(octets.subarray(0, length))).toEqual([])
    expect(framesOf(octets)).toHaveLength(1)
  })
})

describe('a frame as text', () => {
  for (const [fields, shown] of [
    [{ payload: 'hello' }, 'text hello'],
    [{ payload: [1, 2, 3] }, 'binary 3 octets'],
    [{ payload: 'hel', isFinal: false }, 'text... hel'],
    [{ opcode: 0, payload: [1], isFinal: false }, 'continuation... 1 octets'],
    [{ opcode: 9 }, 'ping'],
    [{ opcode: 10, payload: 'x' }, 'pong x'],
    [{ opcode: 8 }, 'close 0 octets'],
    [{ opcode: 8, payload: [0x03, 0xe8, ...Buffer.from('bye')] }, 'close 1000 bye'],
    [{ opcode: 3, reserved: 4, payload: [1] }, 'opcode 3 rsv 4 1 octets'],
  ] as const) {
    it(`is ${shown}`, () => {
      expect(framesOf(frameOctets(fields, true)).map(String)).toEqual([shown])
    })
  }
})
