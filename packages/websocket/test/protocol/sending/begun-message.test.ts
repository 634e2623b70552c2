import { describe, expect, it } from 'vitest'
import { BegunMessage } from '../../../src/protocol/sending/begun-message.ts'

describe('BegunMessage', () => {
  it('has its opcode on the first frame, and continues with the others', () => {
    for (const [isBinary, opcode] of [
      [false, 1],
      [true, 2],
    ] as const) {
      const message = new BegunMessage(isBinary)
      expect({ first: message.nextFirst(false, 0), second: message.nextFirst(false, 0), last: message.nextFirst(true, 0) }).toEqual({
        first: opcode,
        second: 0,
        last: 0x80,
      })
    }
  })

  it('carries reserved bits on one frame, beside those that the frame has itself', () => {
    const message = new BegunMessage(true)
    message.carry(4)
    message.carry(1)
    expect({ first: message.nextFirst(false, 2), second: message.nextFirst(false, 0) }).toEqual({ first: 0x72, second: 0 })
  })
})
