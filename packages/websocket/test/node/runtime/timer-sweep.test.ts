import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Clock, Timer } from '../../../src/bytes/clock.ts'
import { nodeClock } from '../../../src/node/runtime/node-clock.ts'
import { TimerSweep } from '../../../src/node/runtime/timer-sweep.ts'
import { FakeClock } from '../../../src/testing/fake-clock.ts'

let clock: FakeClock
let sweep: TimerSweep
let called: string[]

beforeEach(() => {
  clock = new FakeClock()
  sweep = new TimerSweep(clock)
  called = []
})

describe('TimerSweep', () => {
  it('calls at the first tick that is not before the time', () => {
    clock.advance(100)
    schedule('on the tick', 1150)
    schedule('before it', 1149)
    schedule('after it', 1151)
    clock.advance(1149)
    expect(called).toEqual([])
    clock.advance(1)
    expect(called).toEqual(['on the tick', 'before it'])
    clock.advance(249)
    expect(called).toEqual(['on the tick', 'before it'])
    clock.advance(1)
    expect(called).toEqual(['on the tick', 'before it', 'after it'])
  })

  it('calls an object as it calls a function, unless it was cancelled', () => {
    const waiting = (name: string) => ({ timeIsUp: () => void called.push(name) })
    sweep.schedule(waiting('first'), 100)
    sweep.schedule(waiting('cancelled'), 100).cancel()
    sweep.schedule(() => void called.push('function'), 100)
    clock.advance(1000)
    expect(called).toEqual(['first', 'function'])
  })

  it('needs one timer, whatever is scheduled first', () => {
    for (const delay of [5000, 1000, 20_000, 1000]) schedule(`${delay}`, delay)
    expect(clock.pending).toBe(1)
    clock.advance(20_000)
    expect(called).toEqual(['1000', '1000', '5000', '20000'])
  })

  it('has no timer when everything was called or cancelled', () => {
    const timers = [schedule('a', 1000), schedule('b', 1000), schedule('c', 2000)]
    timers[0]!.cancel()
    timers[2]!.cancel()
    expect(clock.pending).toBe(1)
    clock.advance(1000)
    expect([called, clock.pending]).toEqual([['b'], 0])
    schedule('d', 1000).cancel()
    expect([called, clock.pending]).toEqual([['b'], 0])
  })

  it('does not mind being cancelled twice, or when it was called', () => {
    const [first, second] = [schedule('a', 1000), schedule('b', 1000)]
    first.cancel()
    first.cancel()
    clock.advance(1000)
    second.cancel()
    expect(called).toEqual(['b'])
  })

  it('lets callbacks cancel what is due with them, and what is due next', () => {
    sweep.schedule(() => {
      for (const timer of rest) timer.cancel()
    }, 1000)
    const rest = [schedule('same tick', 1000), schedule('next tick', 1250), schedule('one after', 1500)]
    clock.advance(5000)
    expect([called, clock.pending]).toEqual([[], 0])
  })

  it('lets callbacks cancel whole ticks that are due as well', () => {
    const late = new LateClock()
    sweep = new TimerSweep(late)
    sweep.schedule(() => next.cancel(), 1000)
    const next = schedule('next tick', 1250)
    schedule('one after', 1500)
    late.wake(5000)
    expect(called).toEqual(['one after'])
  })

  it('calls a timer that a callback has made at a later tick, however short its delay', () => {
    sweep.schedule(() => schedule('again', 0), 1000)
    clock.advance(1000)
    expect([called, clock.pending]).toEqual([[], 1])
    clock.advance(250)
    expect(called).toEqual(['again'])
  })

  it('calls the other timers when one throws, and rethrows the error afterwards', () => {
    schedule('a', 1000)
    sweep.schedule(() => {
      throw new Error('mine')
    }, 1000)
    schedule('b', 1000)
    schedule('c', 1250)
    expect(() => clock.advance(1000)).toThrow('mine')
    expect(called).toEqual(['a', 'b'])
    clock.advance(250)
    expect(called).toEqual(['a', 'b', 'c'])
  })

  it('gives other events their turn after three milliseconds', () => {
    const late = new LateClock()
    sweep = new TimerSweep(late)
    for (let i = 0; i < 7; i++) sweep.schedule(() => called.push(`${i}`) && late.pass(1), 1000)
    late.wake(1000)
    expect(called).toEqual(['0', '1', '2'])
    late.turn()
    expect(called).toEqual(['0', '1', '2', '3', '4', '5'])
    late.turn()
    expect({ calls: called.length, turns: late.turns, pending: late.pending }).toEqual({ calls: 7, turns: 0, pending: 0 })
  })

  it('also calls timers that become due while it yields, and waits for the rest', () => {
    const late = new LateClock()
    sweep = new TimerSweep(late)
    sweep.schedule(() => late.pass(300), 1000)
    schedule('became due', 1250)
    schedule('later', 5000)
    late.wake(1000)
    schedule('scheduled between', 1000)
    expect([called, late.pending]).toEqual([[], 0])
    late.turn()
    expect([called, late.pending]).toEqual([['became due'], 1])
    late.wake(3700)
    expect(called).toEqual(['became due', 'scheduled between', 'later'])
  })

  it('waits again when its timer fires too early', () => {
    const late = new LateClock()
    sweep = new TimerSweep(late)
    schedule('a', 1000)
    late.wake(999)
    expect([called, late.pending]).toEqual([[], 1])
    late.wake(1)
    expect(called).toEqual(['a'])
  })

  it('calls in the order of the ticks after a long standstill', () => {
    const late = new LateClock()
    sweep = new TimerSweep(late)
    for (const delay of [9000, 1000, 5000]) schedule(`${delay}`, delay)
    late.wake(3_600_000)
    expect(called).toEqual(['1000', '5000', '9000'])
  })

  it('sets its timer again when a test framework has removed it', () => {
    const late = new LateClock()
    sweep = new TimerSweep(late)
    schedule('a', 1000)
    late.pass(2000)
    late.loseTimers()
    schedule('not yet taken for lost', 1000)
    expect(late.pending).toBe(0)
    late.pass(1)
    schedule('b', 5000)
    expect(late.pending).toBe(1)
    late.wake(0)
    expect(called).toEqual(['a'])
  })

  it('never calls what is infinitely far away, and needs no timer for it', () => {
    const timer = schedule('never', Number.POSITIVE_INFINITY)
    expect(clock.pending).toBe(0)
    schedule('a', 1000)
    clock.advance(10_000)
    expect([called, clock.pending]).toEqual([['a'], 0])
    timer.cancel()
  })

  it('keeps no reference to a callback that was called or cancelled', async () => {
    const kept = schedule('keeps its neighbours company', 1000)
    const [cancelled, due] = [holding(1000), holding(0)]
    cancelled.timer.cancel()
    clock.advance(250)
    await new Promise(setImmediate)
    collectGarbage()
    expect([cancelled.held.deref(), due.held.deref()]).toEqual([undefined, undefined])
    for (const timer of [kept, cancelled.timer, due.timer]) timer.cancel()
  })

  it('agrees with a sorted list of timers, for random schedules and cancellations', () => {
    const delay = fc.nat({ max: 4000 })
    const command = fc.oneof(
      fc.record({ does: fc.constant('schedule' as const), number: delay, next: fc.option(delay, { nil: undefined }) }),
      fc.record({ does: fc.constant('cancel' as const), number: fc.nat({ max: 40 }) }),
      fc.record({ does: fc.constant('pass' as const), number: delay }),
    )
    fc.assert(
      fc.property(fc.array(command, { maxLength: 40 }), commands => {
        const clock = new FakeClock()
        const sweep = new TimerSweep(clock)
        const list = new TimerList()
        const timers: Timer[] = []
        const calls: string[] = []
        for (const [index, command] of commands.entries()) {
          if (command.does === 'cancel') {
            timers[command.number]?.cancel()
            list.cancel(command.number)
          } else if (command.does === 'pass') {
            clock.advance(command.number)
            list.pass(command.number)
          } else {
            const again = () => calls.push(`${index} again`)
            const callback = () => {
              calls.push(`${index}`)
              if (command.next !== undefined) sweep.schedule(again, command.next)
            }
            timers.push(sweep.schedule(callback, command.number))
            list.schedule(`${index}`, command.number, command.next)
          }
          expect(calls).toEqual(list.calls)
          expect(clock.pending).toBe(list.isEmpty ? 0 : 1)
        }
      }),
    )
  })

  it('is never early by the clock of Node', async () => {
    const sweep = new TimerSweep(nodeClock, 4)
    const early: number[] = []
    const wait = (delay: number) =>
      new Promise<void>(resolve => {
        const due = nodeClock.now() + delay
        sweep.schedule(() => resolve(void (nodeClock.now() < due && early.push(delay))), delay)
      })
    await Promise.all(Array.from({ length: 40 }, (_, i) => wait(i / 2)))
    expect(early).toEqual([])
  })
})

function schedule(name: string, delay: number): Timer {
  return sweep.schedule(() => called.push(name), delay)
}

/** A timer whose callback holds an object, and whether that is still there. */
function holding(delay: number): { timer: Timer; held: WeakRef<object> } {
  const held = { called: 0 }
  return { timer: sweep.schedule(() => held.called++, delay), held: new WeakRef(held) }
}

function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
}

/** The model of the sweep: all timers in one list, searched tick by tick. */
class TimerList {
  readonly calls: string[] = []
  #now = 0
  #waiting: { id: number | undefined; name: string; tick: number; next: number | undefined }[] = []
  #made = 0

  get isEmpty(): boolean {
    return this.#waiting.length === 0
  }

  schedule(name: string, delay: number, next: number | undefined): void {
    this.#waiting.push({ id: this.#made++, name, tick: this.#tickOf(delay), next })
  }

  cancel(id: number): void {
    this.#waiting = this.#waiting.filter(timer => timer.id !== id)
  }

  pass(milliseconds: number): void {
    const until = this.#now + milliseconds
    for (let tick = Math.ceil(this.#now / 250); tick * 250 <= until; tick++) {
      this.#now = tick * 250
      const due = this.#waiting.filter(timer => timer.tick === tick)
      this.#waiting = this.#waiting.filter(timer => timer.tick !== tick)
      for (const { name, next } of due) {
        this.calls.push(name)
        if (next !== undefined) this.#waiting.push({ id: undefined, name: `${name} again`, tick: this.#tickOf(next), next: undefined })
      }
    }
    this.#now = until
  }

  #tickOf(delay: number): number {
    return Math.max(Math.ceil((this.#now + delay) / 250), Math.floor(this.#now / 250) + 1)
  }
}

/** A clock whose time passes while callbacks run, whose timers come when they come, and which counts the turns that others are given. */
class LateClock implements Clock {
  #now = 0
  #timers = new Set<{ time: number; callback: () => void }>()
  readonly #deferred: (() => void)[] = []
  #yielded: (() => void)[] = []

  now(): number {
    return this.#now
  }

  schedule(callback: () => void, delay: number): Timer {
    const timer = { time: this.#now + delay, callback }
    this.#timers.add(timer)
    return { cancel: () => this.#timers.delete(timer) }
  }

  defer(callback: () => void): void {
    this.#deferred.push(callback)
  }

  yield(callback: () => void): void {
    this.#yielded.push(callback)
  }

  get pending(): number {
    return this.#timers.size
  }

  get turns(): number {
    return this.#yielded.length
  }

  /** Time passes, and nothing is called. */
  pass(milliseconds: number): void {
    this.#now += milliseconds
  }

  /** Calls every timer there is, due or not. */
  wake(after: number): void {
    this.pass(after)
    const timers = [...this.#timers]
    this.#timers.clear()
    for (const { callback } of timers) callback()
  }

  turn(): void {
    const yielded = this.#yielded
    this.#yielded = []
    for (const callback of yielded) callback()
  }

  loseTimers(): void {
    this.#timers.clear()
  }
}
