import { describe, expect, it } from 'vitest'
import { Deadline } from '../../../src/protocol/life/deadline.ts'
import { FakeClock } from '../../../src/testing/index.ts'

describe('Deadline', () => {
  it('expires once, after its seconds', () => {
    const { clock, deadline, log } = make()
    deadline.set(2, () => log.push('expired'))
    clock.advance(1999)
    expect(log).toEqual([])
    clock.advance(1)
    clock.advance(10_000)
    expect(log).toEqual(['expired'])
  })

  it('is replaced by the next one', () => {
    const { clock, deadline, log } = make()
    deadline.set(1, () => log.push('first'))
    deadline.set(3, () => log.push('second'))
    clock.advance(5000)
    expect(log).toEqual(['second'])
  })

  it('does not expire with 0 seconds, and replaces the deadline before', () => {
    const { clock, deadline, log } = make()
    deadline.set(1, () => log.push('first'))
    deadline.set(0, () => log.push('second'))
    expect(clock.pending).toBe(0)
    clock.advance(5000)
    expect(log).toEqual([])
  })

  it('leaves no timer when it is cancelled, also twice', () => {
    const { clock, deadline } = make()
    deadline.set(1, () => {})
    deadline.cancel()
    deadline.cancel()
    expect(clock.pending).toBe(0)
  })
})

function make(): { clock: FakeClock; deadline: Deadline; log: string[] } {
  const clock = new FakeClock()
  return { clock, deadline: new Deadline(clock), log: [] }
}
