import { describe, expect, it } from 'vitest'
import { isControl, isReserved, Opcode } from '../../../src/protocol/frames/opcode.ts'

const all = Array.from({ length: 16 }, (_, opcode) => opcode)

describe('opcodes', () => {
  it('are those of RFC 6455 §5.2', () => {
    expect(Opcode).toEqual({ Continuation: 0, Text: 1, Binary: 2, Close: 8, Ping: 9, Pong: 10 })
  })

  it('from 8 on are control frames', () => {
    expect(all.filter(isControl)).toEqual([8, 9, 10, 11, 12, 13, 14, 15])
  })

  it('3 to 7 and 11 to 15 are reserved', () => {
    expect(all.filter(isReserved)).toEqual([3, 4, 5, 6, 7, 11, 12, 13, 14, 15])
  })
})
