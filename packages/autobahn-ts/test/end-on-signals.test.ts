import { EventEmitter } from 'node:events'
import { describe, expect, it } from 'vitest'
import { type EndSignal, endOnSignals } from '../src/end-on-signals.ts'

describe('endOnSignals', () => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    it(`closes once at ${signal}, and resolves when closing is done`, async () => {
      const { on, closing, ended } = start()
      on.emit(signal, signal)
      expect(closing.count).toBe(1)
      closing.done()
      await ended
      expect(on.exitCodes).toEqual([])
      expect(on.listenerCount('SIGINT') + on.listenerCount('SIGTERM')).toBe(0)
    })
  }

  it('ends the process at the second signal', () => {
    const { on, closing, clock } = start()
    on.emit('SIGINT', 'SIGINT')
    clock.time = 1000
    on.emit('SIGINT', 'SIGINT')
    on.emit('SIGTERM', 'SIGTERM')
    expect(closing.count).toBe(1)
    expect(on.exitCodes).toEqual([130, 143])
  })

  it('counts two signals within a moment as one press of a key', () => {
    const { on, clock } = start()
    on.emit('SIGINT', 'SIGINT')
    clock.time = 100
    on.emit('SIGINT', 'SIGINT')
    expect(on.exitCodes).toEqual([])
  })

  it('rejects when closing fails', async () => {
    const on = new FakeProcess()
    const ended = endOnSignals(() => Promise.reject(new Error('stuck')), { on })
    on.emit('SIGINT', 'SIGINT')
    await expect(ended).rejects.toThrow('stuck')
    expect(on.listenerCount('SIGINT')).toBe(0)
  })
})

class FakeProcess extends EventEmitter {
  readonly exitCodes: number[] = []

  exit(code: number): void {
    this.exitCodes.push(code)
  }

  override on(signal: string, listener: (signal: EndSignal) => void): this {
    return super.on(signal, listener)
  }

  override off(signal: string, listener: (signal: EndSignal) => void): this {
    return super.off(signal, listener)
  }
}

function start() {
  const on = new FakeProcess()
  const clock = { time: 0 }
  const closing = { count: 0, done: (): void => {} }
  const close = (): Promise<void> => {
    closing.count++
    return new Promise(resolve => {
      closing.done = resolve
    })
  }
  return { on, clock, closing, ended: endOnSignals(close, { on, now: () => clock.time }) }
}
