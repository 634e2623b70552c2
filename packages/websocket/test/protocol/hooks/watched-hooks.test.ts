import { describe, expect, it } from 'vitest'
import { webText } from '../../../src/bytes/text.ts'
import type { Hooks } from '../../../src/protocol/hooks/hooks.ts'
import { WatchedHooks } from '../../../src/protocol/hooks/watched-hooks.ts'
import { FakeClock } from '../../../src/testing/index.ts'

describe('WatchedHooks', () => {
  it('counts the octets of a payload before the application has it, which may transfer it', () => {
    const { watched, handled } = watching({
      onMessage: payload => void structuredClone(payload, { transfer: [payload.buffer as ArrayBuffer] }),
    })
    watched.onMessage(new Uint8Array(5), true)
    expect(handled).toEqual([{ isBinary: true, size: 5, duration: 0 }])
  })

  it('counts the octets of a text, not its letters', () => {
    const { watched, handled } = watching({ onTextMessage: () => {} })
    watched.onTextMessage('grüße')
    expect(handled).toEqual([{ isBinary: false, size: 7, duration: 0 }])
  })

  it('measures until the promise of a hook settles, and leaves its outcome as it is', async () => {
    const clock = new FakeClock()
    let reject = (_error: Error): void => {}
    const { watched, handled } = watching({ onMessage: () => new Promise((_, no) => (reject = no)) }, clock)
    const result = watched.onMessage(new Uint8Array(1), false)
    clock.advance(20)
    reject(new Error('no'))
    await expect(result).rejects.toThrow('no')
    expect(handled).toEqual([{ isBinary: false, size: 1, duration: 20 }])
  })

  it('measures a hook that throws, and throws the same', () => {
    const error = new Error('no')
    const { watched, handled } = watching({
      onMessage: () => {
        throw error
      },
    })
    expect(() => watched.onMessage(new Uint8Array(1), false)).toThrow(error)
    expect(handled).toEqual([{ isBinary: false, size: 1, duration: 0 }])
  })

  it('adds the times of the hooks of one message, without those in between', () => {
    const clock = new FakeClock()
    const spend = (milliseconds: number) => (): void => clock.advance(milliseconds)
    const { watched, handled } = watching(
      {
        onMessageBegin: spend(1),
        onMessageFrameBegin: spend(2),
        onMessageFrameData: spend(4),
        onMessageFrameEnd: spend(8),
        onMessageEnd: spend(16),
      },
      clock,
    )
    for (const isBinary of [true, false]) {
      watched.onMessageBegin(isBinary)
      watched.onMessageFrameBegin(3, 0)
      clock.advance(1000)
      watched.onMessageFrameData(new Uint8Array(2))
      clock.advance(1000)
      watched.onMessageFrameData(new Uint8Array(1))
      watched.onMessageFrameEnd()
      watched.onMessageEnd()
    }
    expect(handled).toEqual([
      { isBinary: true, size: 3, duration: 35 },
      { isBinary: false, size: 3, duration: 35 },
    ])
  })

  it('passes on what the hooks keep of a message', () => {
    const { watched } = watching({ keeps: 'frame', willKeep: 'nothing' })
    expect({ keeps: watched.keeps, willKeep: watched.willKeep }).toEqual({ keeps: 'frame', willKeep: 'nothing' })
  })
})

function watching(hooks: Partial<Hooks>, clock = new FakeClock()): { watched: WatchedHooks; handled: object[] } {
  const handled: object[] = []
  const watch = (isBinary: boolean, size: number, duration: number): void => void handled.push({ isBinary, size, duration })
  return { watched: new WatchedHooks(hooks as Hooks, watch, clock, webText), handled }
}
