import { FakeClock } from '@autobahn-ts/websocket/testing'
import { describe, expect, it } from 'vitest'
import { Guesses } from '../../src/auth/guesses.ts'

function failing(guesses: Guesses, times: number, address: string, name: string): void {
  for (let i = 0; i < times; i++) guesses.failed(address, name)
}

describe('guesses', () => {
  it('are free three times, then each takes twice as long as the last, up to ten seconds', () => {
    const clock = new FakeClock()
    const guesses = new Guesses(clock)
    const waits = []
    for (let i = 0; i < 10; i++) {
      const wait = guesses.take('10.0.0.1', 'joe') ?? Number.NaN
      waits.push(wait)
      clock.advance(wait)
      guesses.failed('10.0.0.1', 'joe')
    }
    expect(waits).toEqual([0, 0, 0, 250, 500, 1000, 2000, 4000, 8000, 10_000])
  })

  it('of one address wait for each other, also for many names over many connections', () => {
    const guesses = new Guesses(new FakeClock())
    failing(guesses, 6, '10.0.0.1', 'joe')
    const waits = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map(name => guesses.take('10.0.0.1', name))
    expect(waits).toEqual([2000, 4000, 6000, 8000, 10_000, 12_000, undefined])
  })

  it('of one name wait for each other, from however many addresses', () => {
    const guesses = new Guesses(new FakeClock())
    failing(guesses, 5, '10.0.0.1', 'joe')
    expect(['10.0.0.2', '10.0.0.3', '10.0.0.4'].map(address => guesses.take(address, 'joe'))).toEqual([1000, 2000, 3000])
    expect(guesses.take('10.0.0.2', 'jim')).toBe(0)
  })

  it('of others do not lock out who has joined from the same address before', () => {
    const guesses = new Guesses(new FakeClock())
    guesses.succeeded('10.0.0.1', 'joe')
    failing(guesses, 20, '66.6.6.6', 'joe')
    expect(guesses.take('10.0.0.1', 'joe')).toBe(0)
    expect(guesses.take('10.0.0.9', 'joe')).toBe(10_000)
  })

  it('are forgotten after ten minutes without a failure', () => {
    const clock = new FakeClock()
    const guesses = new Guesses(clock)
    failing(guesses, 20, '10.0.0.1', 'joe')
    clock.advance(600_000)
    expect(guesses.take('10.0.0.1', 'joe')).toBe(0)
    expect(guesses.size).toBe(0)
  })

  it('are kept for 10,000 addresses and names, of which the oldest is forgotten first', () => {
    const guesses = new Guesses(new FakeClock())
    failing(guesses, 4, 'first', 'one')
    failing(guesses, 4, 'second', 'two')
    guesses.failed('first', 'one')
    for (let i = 0; i < 4999; i++) guesses.failed(`address ${i}`, `name ${i}`)
    expect(guesses.size).toBe(10_000)
    expect(guesses.take('first', 'x')).toBeGreaterThan(0)
    expect(guesses.take('second', 'x')).toBe(0)
  })
})
