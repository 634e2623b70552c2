import { FakeClock } from '@autobahn-ts/websocket/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Deadlines } from '../../src/dealer/deadlines.ts'

describe('Deadlines', () => {
  it('end after their time, those with the same timeout by one timer', () => {
    const { clock, ended, add } = made()
    add('a', 100)
    clock.advance(50)
    add('b', 100)
    add('c', 20)
    expect(clock.pending).toBe(2)
    clock.advance(20)
    expect(ended).toEqual(['c'])
    clock.advance(30)
    expect(ended).toEqual(['c', 'a'])
    clock.advance(50)
    expect(ended).toEqual(['c', 'a', 'b'])
    expect(clock.pending).toBe(0)
  })

  it('may be renewed and removed, and stay over once they are', () => {
    const { clock, ended, add, deadlines } = made()
    const [a, b] = [add('a', 100), add('b', 100)]
    clock.advance(60)
    deadlines.renew(a)
    deadlines.remove(b)
    deadlines.remove(b)
    deadlines.renew(b)
    clock.advance(99)
    expect(ended).toEqual([])
    clock.advance(1)
    expect(ended).toEqual(['a'])
    deadlines.renew(a)
    clock.advance(1000)
    expect(ended).toEqual(['a'])
  })

  it('keep a timer for the next one, for few different timeouts, until they rest', () => {
    const { clock, add, deadlines } = made()
    for (let n = 1; n <= 40; n++) deadlines.remove(add('x', n * 1000))
    expect(clock.pending).toBe(16)
    deadlines.rest()
    expect(clock.pending).toBe(0)
  })

  it('may be longer than a timer', () => {
    const { clock, ended, add } = made()
    add('a', 2 ** 32)
    clock.advance(2 ** 32 - 1)
    expect(ended).toEqual([])
    clock.advance(1)
    expect(ended).toEqual(['a'])
  })

  it('may be added while one ends', () => {
    const { clock, ended, add, deadlines } = made()
    deadlines.add({ timeIsUp: () => void add('later', 100) }, 100)
    clock.advance(100)
    expect(ended).toEqual([])
    clock.advance(100)
    expect(ended).toEqual(['later'])
    expect(clock.pending).toBe(0)
  })

  it('end when one timer for each would, whatever is done to them', () => {
    const step = fc.oneof(
      fc.record({ is: fc.constant('add' as const), timeout: fc.constantFrom(10, 20, 50) }),
      fc.record({ is: fc.constantFrom('renew' as const, 'remove' as const), which: fc.nat(9) }),
      fc.record({ is: fc.constant('pass' as const), time: fc.constantFrom(1, 5, 10, 30) }),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), steps => {
        const { clock, ended, add, deadlines } = made()
        const all: { readonly name: string; readonly timeout: number; readonly deadline: ReturnType<typeof add>; due: number }[] = []
        const expected: string[] = []
        for (const each of steps) {
          if (each.is === 'add') {
            const name = String(all.length)
            all.push({ name, timeout: each.timeout, deadline: add(name, each.timeout), due: clock.now() + each.timeout })
          } else if (each.is === 'pass') {
            clock.advance(each.time)
          } else {
            const one = all.at(-1 - each.which)
            if (one === undefined) continue
            if (each.is === 'renew') deadlines.renew(one.deadline)
            else deadlines.remove(one.deadline)
            const isWaiting = one.due > clock.now() && one.due !== Number.POSITIVE_INFINITY
            if (isWaiting) one.due = each.is === 'renew' ? clock.now() + one.timeout : Number.POSITIVE_INFINITY
          }
          for (const one of all) if (one.due <= clock.now() && !expected.includes(one.name)) expected.push(one.name)
          expect([...ended].sort()).toEqual([...expected].sort())
        }
      }),
    )
  })
})

function made() {
  const clock = new FakeClock()
  const deadlines = new Deadlines(clock)
  const ended: string[] = []
  return { clock, deadlines, ended, add: (name: string, timeout: number) => deadlines.add({ timeIsUp: () => ended.push(name) }, timeout) }
}
