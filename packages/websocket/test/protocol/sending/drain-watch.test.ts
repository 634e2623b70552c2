import { describe, expect, it } from 'vitest'
import { DrainWatch } from '../../../src/protocol/sending/drain-watch.ts'

describe('DrainWatch', () => {
  it('flushes and asks the transport, once until that answers', () => {
    const { watch, calls } = make()
    watch.ask()
    watch.ask()
    expect(calls).toEqual(['flush', 'ask'])
    watch.transportDrained()
    expect(calls).toEqual(['flush', 'ask'])
    watch.ask()
    expect(calls).toEqual(['flush', 'ask', 'flush', 'ask'])
  })

  it('calls callbacks that were added before it asked, and asks again for the others', () => {
    const { watch, calls } = make()
    watch.whenGone(() => calls.push('before'))
    watch.whenGone(() => calls.push('behind'))
    watch.transportDrained()
    expect(calls).toEqual(['flush', 'ask', 'before', 'flush', 'ask'])
    watch.transportDrained()
    expect(calls).toEqual(['flush', 'ask', 'before', 'flush', 'ask', 'behind'])
  })

  it('asks when octets have moved only for a caller that was told to stop', () => {
    const { watch, calls } = make()
    watch.octetsMoved()
    expect({ calls, owesDrain: watch.owesDrain }).toEqual({ calls: [], owesDrain: false })
    watch.stopCaller()
    watch.transportDrained()
    watch.octetsMoved()
    expect({ calls, owesDrain: watch.owesDrain }).toEqual({ calls: ['flush', 'ask', 'flush', 'ask'], owesDrain: true })
  })

  for (const { where, bufferedAmount, hasUnflushed, asks } of [
    { where: 'with the transport', bufferedAmount: 1, hasUnflushed: false, asks: true },
    { where: 'in the batch', bufferedAmount: 0, hasUnflushed: true, asks: true },
    { where: 'nowhere that the transport knows of', bufferedAmount: 0, hasUnflushed: false, asks: false },
  ]) {
    it(`${asks ? 'asks' : 'does not ask'} again where octets wait ${where}`, () => {
      const { watch, calls } = make(bufferedAmount, hasUnflushed)
      watch.askIfBehind()
      expect(calls.includes('ask')).toBe(asks)
    })
  }

  it('calls nobody back and asks no more after it was told to forget, also by a callback', () => {
    const { watch, calls } = make()
    watch.whenGone(() => watch.forget())
    watch.whenGone(() => calls.push('forgotten'))
    watch.stopCaller()
    watch.transportDrained()
    watch.octetsMoved()
    expect(calls).toEqual(['flush', 'ask'])
  })
})

function make(bufferedAmount = 0, hasUnflushed = false): { watch: DrainWatch; calls: string[] } {
  const calls: string[] = []
  const stream = { bufferedAmount, notifyDrained: () => void calls.push('ask') }
  return { watch: new DrainWatch(stream, { hasUnflushed, flush: () => void calls.push('flush') }), calls }
}
