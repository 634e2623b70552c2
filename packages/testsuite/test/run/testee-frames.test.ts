import { describe, expect, it } from 'vitest'
import { TesteeFrames } from '../../src/run/testee-frames.ts'
import { closePayload } from '../../src/wire/close-payload.ts'
import type { ReceivedFrame } from '../../src/wire/frame-reader.ts'
import { hex, utf8 } from '../../src/wire/octets.ts'

describe('TesteeFrames', () => {
  it('joins fragments, with control frames between them', () => {
    const frames = new TesteeFrames(false)
    expect(frames.take(frame({ opcode: 1, fin: false, payload: utf8('a') }))).toBeUndefined()
    expect(frames.take(frame({ opcode: 9, payload: utf8('p') }))).toEqual({ kind: 'ping', payload: utf8('p') })
    expect(frames.take(frame({ opcode: 0, payload: utf8('b') }))).toEqual({ kind: 'text', payload: utf8('ab') })
    expect(frames.take(frame({ opcode: 2, payload: hex('ff') }))).toEqual({ kind: 'binary', payload: hex('ff') })
  })

  it('joins any number of fragments', () => {
    const frames = new TesteeFrames(false)
    frames.take(frame({ opcode: 2, fin: false, payload: hex('01') }))
    for (let n = 0; n < 10_000; n++) frames.take(frame({ opcode: 0, fin: false, payload: hex('01') }))
    expect(frames.take(frame({ opcode: 0, payload: hex('01') }))).toEqual({ kind: 'binary', payload: new Uint8Array(10_002).fill(1) })
  })

  it('reads close frames', () => {
    expect(new TesteeFrames(false).take(frame({ opcode: 8, payload: closePayload(1000) }))).toMatchObject({ words: { code: 1000 } })
  })

  for (const [why, parts] of [
    ['masked', { mask: hex('01 02 03 04') }],
    ['reserved bits', { rsv: 4 }],
    ['reserved opcode', { opcode: 3 }],
    ['in fragments', { opcode: 9, fin: false }],
    ['control frame of 126', { opcode: 9, payload: new Uint8Array(126), lengthForm: 16 }],
    ['a continuation frame outside a message', { opcode: 0 }],
    ['not in the fewest', { payload: hex('61'), lengthForm: 16 }],
    ['not in the fewest', { payload: new Uint8Array(200), lengthForm: 64 }],
    ['not valid UTF-8', { payload: hex('ff') }],
    ['may not be sent', { opcode: 8, payload: closePayload(1005) }],
  ] as const) {
    it(`finds the fault: ${why}`, () => {
      expect(new TesteeFrames(false).take(frame(parts))).toMatchObject({ kind: 'violation', what: expect.stringContaining(why) })
    })
  }

  it('finds the fault of a client that does not mask, and of a message within a message', () => {
    expect(new TesteeFrames(true).take(frame({}))).toMatchObject({ kind: 'violation', what: expect.stringContaining('not masked') })
    const frames = new TesteeFrames(false)
    frames.take(frame({ fin: false }))
    expect(frames.take(frame({}))).toMatchObject({ kind: 'violation', what: expect.stringContaining('before the last one has ended') })
  })

  it('reads RSV1 as compressed if that is agreed, on the first frame of a message only', () => {
    const inflate = (payload: Uint8Array): Uint8Array => utf8(`inflated ${payload.length}`)
    const frames = new TesteeFrames(false, { inflate })
    expect(frames.take(frame({ rsv: 4, payload: hex('01') }))).toEqual({ kind: 'text', payload: utf8('inflated 1'), compressed: 1 })
    expect(frames.take(frame({ opcode: 9, rsv: 4 }))).toMatchObject({ kind: 'violation' })
    const failing = new TesteeFrames(false, {
      inflate: () => {
        throw new Error('too far back')
      },
    })
    expect(failing.take(frame({ rsv: 4 }))).toMatchObject({ kind: 'violation', what: expect.stringContaining('too far back') })
  })
})

function frame(parts: Partial<ReceivedFrame>): ReceivedFrame {
  return { fin: true, rsv: 0, opcode: 1, mask: undefined, lengthForm: 7, payload: new Uint8Array(0), ...parts }
}
