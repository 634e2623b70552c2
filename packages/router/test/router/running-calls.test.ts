import { FakeClock } from '@autobahn-ts/websocket/testing'
import { describe, expect, it } from 'vitest'
import { RunningCalls } from '../../src/router/running-calls.ts'

const call = { isEndless: false }

describe('RunningCalls', () => {
  it('are those that are in progress when it is made, without endless ones and without sessions that never called', () => {
    const calls = new Map([[1, call]])
    const running = new RunningCalls(
      [{ caller: { calls } }, { caller: undefined }, { caller: { calls: new Map([[1, { isEndless: true }]]) } }],
      new FakeClock(),
    )
    calls.set(2, { isEndless: false })
    expect(running.count).toBe(1)
    calls.delete(1)
    expect(running.count).toBe(0)
  })

  it('does not take a later call with the same request for one of them', () => {
    const calls = new Map([[1, call]])
    const running = new RunningCalls([{ caller: { calls } }], new FakeClock())
    calls.set(1, { isEndless: false })
    expect(running.count).toBe(0)
  })

  it('is waited for until the last one has ended, and no longer than a time', async () => {
    const clock = new FakeClock()
    const calls = new Map([
      [1, call],
      [2, call],
    ])
    const running = new RunningCalls([{ caller: { calls } }], clock)
    const ended: string[] = []
    void running.ended(1000).then(() => ended.push('early'))
    void new RunningCalls([{ caller: { calls: new Map([[1, call]]) } }], clock).ended(1000).then(() => ended.push('late'))
    await clock.settle(100)
    calls.delete(1)
    await clock.settle(100)
    expect(ended).toEqual([])
    calls.delete(2)
    await clock.settle(20)
    expect(ended).toEqual(['early'])
    await clock.settle(779)
    expect(ended).toEqual(['early'])
    await clock.settle(1)
    expect(ended).toEqual(['early', 'late'])
  })

  it('is over at once where there are none', async () => {
    await new RunningCalls([], new FakeClock()).ended(1000)
  })
})
