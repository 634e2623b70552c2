import { describe, expect, it } from 'vitest'
import { ApiMisuse } from '../../../src/protocol/faults/errors.ts'
import { checkControlFrame } from '../../../src/protocol/frames/control-frame.ts'

describe('checkControlFrame', () => {
  for (const opcode of [8, 9, 10, 11, 15]) {
    it(`lets frames with opcode ${opcode} pass that have FIN and at most 125 octets, and no others`, () => {
      expect(() => checkControlFrame(opcode, new Uint8Array(125), true)).not.toThrow()
      expect(() => checkControlFrame(opcode, new Uint8Array(126), true)).toThrow(
        new ApiMisuse('a control frame holds at most 125 octets, and not 126'),
      )
      expect(() => checkControlFrame(opcode, new Uint8Array(1), false)).toThrow(
        new ApiMisuse(`a frame with opcode ${opcode} is a control frame, which has FIN`),
      )
    })
  }

  it('lets all frames of data pass', () => {
    for (const opcode of [0, 1, 2, 3, 7]) expect(() => checkControlFrame(opcode, new Uint8Array(126), false)).not.toThrow()
  })
})
