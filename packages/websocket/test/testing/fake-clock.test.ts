import { describe, expect, it } from 'vitest'
import { FakeClock } from '../../src/testing/fake-clock.ts'

describe('FakeClock.settle', () => {
  it('runs deferred work and promises until nothing is left, and time stands still', async () => {
    const clock = new FakeClock()
    const seen: string[] = []
    clock.defer(async () => {
      for (let i = 0; i < 100; i++) await undefined
      seen.push('promise')
      clock.defer(() => seen.push('deferred'))
    })
    clock.schedule(() => seen.push('timer'), 1)
    await clock.settle()
    expect(seen).toEqual(['promise', 'deferred'])
    expect(clock.now()).toBe(0)
  })

  it('lets time pass, with promises between the timers', async () => {
    const clock = new FakeClock()
    const seen: string[] = []
    const wait = (delay: number): Promise<void> => new Promise(resolve => clock.schedule(resolve, delay))
    const work = async (): Promise<void> => {
      for (const step of [1, 2, 3]) {
        await wait(10)
        seen.push(`step ${step} at ${clock.now()}`)
      }
    }
    void work()
    await clock.settle(25)
    expect(seen).toEqual(['step 1 at 10', 'step 2 at 20'])
    expect(clock.now()).toBe(25)
    await clock.settle(5)
    expect(seen.at(-1)).toBe('step 3 at 30')
  })

  it('waits for streams of the platform', async () => {
    const clock = new FakeClock()
    const seen: string[] = []
    const read = async (): Promise<void> => {
      for await (const piece of new Blob(['hello']).stream()) seen.push(new TextDecoder().decode(piece))
    }
    void read()
    await clock.settle()
    expect(seen).toEqual(['hello'])
  })

  it('rejects where the work never ends', async () => {
    const clock = new FakeClock()
    const again = (): void => void Promise.resolve().then(() => clock.defer(again))
    again()
    await expect(clock.settle()).rejects.toThrow('the work never ends')
  })
})

describe('FakeClock', () => {
  it('fires timers in the order of their times, equal ones in the order of their making', () => {
    const clock = new FakeClock()
    const fired: string[] = []
    for (const [name, delay] of [
      ['late', 20],
      ['first', 10],
      ['second', 10],
    ] as const) {
      clock.schedule(() => fired.push(`${name} at ${clock.now()}`), delay)
    }
    expect(clock.pending).toBe(3)
    clock.advance(15)
    expect(fired).toEqual(['first at 10', 'second at 10'])
    expect(clock.now()).toBe(15)
    clock.advance(5)
    expect(fired).toEqual(['first at 10', 'second at 10', 'late at 20'])
    expect(clock.pending).toBe(0)
  })

  it('fires timers that were made while time passes', () => {
    const clock = new FakeClock()
    const fired: number[] = []
    const again = (): void => {
      fired.push(clock.now())
      clock.schedule(again, 10)
    }
    clock.schedule(again, 10)
    clock.advance(35)
    expect(fired).toEqual([10, 20, 30])
  })

  it('does not fire a cancelled timer', () => {
    const clock = new FakeClock()
    let fired = false
    const timer = clock.schedule(() => {
      fired = true
    }, 10)
    timer.cancel()
    timer.cancel()
    clock.advance(10)
    expect(fired).toBe(false)
    expect(clock.pending).toBe(0)
  })

  it('runs deferred work before time passes, after each timer, and until none is left', () => {
    const clock = new FakeClock()
    const ran: string[] = []
    clock.defer(() => {
      ran.push(`deferred at ${clock.now()}`)
      clock.defer(() => ran.push(`deferred again at ${clock.now()}`))
    })
    clock.schedule(() => clock.defer(() => ran.push(`by the timer at ${clock.now()}`)), 5)
    clock.advance(10)
    expect(ran).toEqual(['deferred at 0', 'deferred again at 0', 'by the timer at 5'])
  })

  it('runs deferred work on flush while time stands still', () => {
    const clock = new FakeClock()
    let ran = 0
    clock.defer(() => ran++)
    clock.schedule(() => ran++, 0)
    clock.flush()
    expect(ran).toBe(1)
    expect(clock.now()).toBe(0)
  })

  it('lets time pass inside a callback, and goes on from there', () => {
    const clock = new FakeClock()
    const fired: number[] = []
    clock.schedule(() => clock.pass(100), 10)
    clock.schedule(() => fired.push(clock.now()), 20)
    clock.advance(50)
    expect([fired, clock.now()]).toEqual([[110], 110])
  })

  it('stops deferred work that never ends', () => {
    const clock = new FakeClock()
    const again = (): void => clock.defer(again)
    again()
    expect(() => clock.flush()).toThrow('deferred work never ends')
  })
})
