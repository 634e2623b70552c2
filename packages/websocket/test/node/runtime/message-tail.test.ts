import { describe, expect, it } from 'vitest'
import { lastFour, messageTail } from '../../../src/node/runtime/message-tail.ts'

describe('lastFour', () => {
  it('gives the last four octets of a message as a number, however it is cut', () => {
    const message = Uint8Array.of(0xf2, 0x48, 0x80, 0x00, 0x00, 0xff, 0xff)
    for (let cut = 0; cut <= message.length; cut++)
      expect(lastFour(lastFour(0, message.subarray(0, cut)), message.subarray(cut))).toBe(messageTail)
    expect(lastFour(0, Uint8Array.of(0xff, 0x80, 0x01, 0x02))).toBe(0xff800102)
    expect(lastFour(0, Uint8Array.of(7))).toBe(7)
  })
})
