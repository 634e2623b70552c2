import { describe, expect, it } from 'vitest'
import { Timings } from '../../../src/protocol/life/timings.ts'
import { FakeClock } from '../../../src/testing/index.ts'

describe('Timings', () => {
  const clock = new FakeClock()
  clock.advance(1000)
  const timings = new Timings(clock)
  clock.advance(5)
  timings.track('onOpen')
  clock.advance(20)
  timings.track('onMessage')

  it('counts milliseconds from when it was made', () => {
    expect(timings.get('onOpen')).toBe(5)
    expect(timings.get('onClose')).toBeUndefined()
  })

  it('tells the time between two keys, if both are there', () => {
    expect(timings.diff('onOpen', 'onMessage')).toBe(20)
    expect(timings.diff('onOpen', 'onClose')).toBeUndefined()
    expect(timings.diff('onClose', 'onOpen')).toBeUndefined()
  })

  it('can be walked through, and written as JSON', () => {
    expect([...timings]).toEqual([
      ['onOpen', 5],
      ['onMessage', 25],
    ])
    expect(JSON.parse(JSON.stringify(timings))).toEqual({ onOpen: 5, onMessage: 25 })
  })

  it('overwrites a key that was tracked before', () => {
    const again = new Timings(clock)
    again.track('onMessage')
    clock.advance(1)
    again.track('onMessage')
    expect([...again]).toEqual([['onMessage', 1]])
  })
})
