import { describe, expect, it } from 'vitest'
import { WaitingFrames } from '../../../src/protocol/sending/waiting-frames.ts'

describe('WaitingFrames', () => {
  it('gives control frames back in their order, once, as they were when they came', () => {
    const waiting = new WaitingFrames()
    const payload = Uint8Array.of(1, 2)
    waiting.addControl(9, payload)
    waiting.addControl(10, Uint8Array.of(3))
    payload.fill(0)
    expect(waiting.octets).toBe(7)
    expect(waiting.takeControls()).toEqual([
      { opcode: 9, payload: Uint8Array.of(1, 2) },
      { opcode: 10, payload: Uint8Array.of(3) },
    ])
    expect({ again: waiting.takeControls(), octets: waiting.octets }).toEqual({ again: [], octets: 0 })
  })

  it('keeps the latest pong alone, as it was when it came, and does not count it', () => {
    const waiting = new WaitingFrames()
    const payload = Uint8Array.of(2)
    waiting.replacePong(Uint8Array.of(1))
    waiting.replacePong(payload)
    payload.fill(0)
    expect({ hasPong: waiting.hasPong, octets: waiting.octets }).toEqual({ hasPong: true, octets: 0 })
    expect(waiting.takePong()).toEqual(Uint8Array.of(2))
    expect(waiting.hasPong).toBe(false)
  })

  it('keeps the close frame until it is taken', () => {
    const waiting = new WaitingFrames()
    expect(waiting.hasClose).toBe(false)
    waiting.setClose(Uint8Array.of(3, 232))
    expect(waiting.hasClose).toBe(true)
    expect(waiting.takeClose()).toEqual(Uint8Array.of(3, 232))
    expect(waiting.hasClose).toBe(false)
  })
})
