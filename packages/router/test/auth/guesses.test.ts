import { FakeClock } from '@autobahn-ts/websocket/testing'
import { describe, expect, it } from 'vitest'
import { type Guess, Guesses } from '../../src/auth/guesses.ts'

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

describe('guesses at the same time', () => {
  it('of one name are three, less those that have failed; the others wait for their outcome', async () => {
    const { guesses, begun, begin } = parallel()
    for (let n = 0; n < 100; n++) begin('10.0.0.1', 'joe')
    await turns()
    expect(begun.map(({ wait }) => wait)).toEqual([0, 0, 0])
    for (const guess of begun.splice(0)) guess.failed()
    await turns()
    expect(begun.map(({ wait }) => wait)).toEqual([250])
    begun.splice(0)[0]!.failed()
    await turns()
    // the one before holds its place for a quarter of a second, and this one takes half a second
    expect(begun.map(({ wait }) => wait)).toEqual([750])
    expect(guesses.size).toBe(2)
  })

  it('of one name are three also from a hundred addresses', async () => {
    const { begun, begin } = parallel()
    for (let n = 0; n < 100; n++) begin(`10.0.0.${n}`, 'joe')
    await turns()
    expect(begun).toHaveLength(3)
  })

  it('all have their turn where they are right, without any delay, and nothing is kept of them', async () => {
    const { guesses, begun, begin } = parallel()
    for (let n = 0; n < 100; n++) begin('10.0.0.1', `name ${n}`)
    const waits: number[] = []
    for (let more = true; more; ) {
      await turns()
      more = begun.length > 0
      expect(begun.length).toBeLessThanOrEqual(16)
      for (const guess of begun.splice(0)) {
        waits.push(guess.wait)
        guess.succeeded()
      }
    }
    expect(waits).toEqual(Array(100).fill(0))
    expect([guesses.openSize, guesses.size]).toEqual([0, 0])
  })

  it('count nothing where the check has failed and not the guess', async () => {
    const { guesses, begun, begin } = parallel()
    for (let n = 0; n < 5; n++) begin('10.0.0.1', 'joe')
    for (let n = 0; n < 5; n++) {
      await turns()
      begun.shift()!.abandoned()
    }
    expect([guesses.openSize, guesses.size]).toEqual([0, 0])
  })

  it('give the place of a client that is gone to the next one', async () => {
    const { begun, begin } = parallel()
    for (let n = 0; n < 3; n++) begin('10.0.0.1', 'joe')
    begin('10.0.0.1', 'joe', () => true)
    begin('10.0.0.1', 'joe')
    await turns()
    begun.shift()!.succeeded()
    await turns()
    expect(begun).toHaveLength(3)
  })

  it('do not keep an address from going on while one of its names has to wait', async () => {
    const { guesses, begun, begin } = parallel()
    for (let n = 0; n < 3; n++) begin(`10.9.9.${n}`, 'joe')
    await turns()
    const others = begun.splice(0)
    for (let n = 0; n < 16; n++) begin('10.0.0.1', `name ${n}`)
    for (let n = 0; n < 16; n++) begin('10.0.0.1', 'joe')
    begin('10.0.0.1', 'last')
    await turns()
    for (const guess of begun.splice(0)) guess.succeeded()
    await turns()
    expect(begun).toHaveLength(1)
    begun.splice(0)[0]!.succeeded()
    for (const guess of others) guess.succeeded()
    for (let n = 0; n < 16; n++) {
      await turns()
      begun.shift()!.succeeded()
    }
    expect(guesses.openSize).toBe(0)
  })

  it('are not looked at where a thousand wait already', async () => {
    const { begin, refused } = parallel()
    for (let n = 0; n < 1004; n++) begin('10.0.0.1', 'joe')
    await turns()
    expect(refused()).toBe(1)
  })
})

/** Begins guesses and notes those whose turn has come. */
function parallel() {
  const guesses = new Guesses(new FakeClock())
  const begun: Guess[] = []
  let refused = 0
  const begin = (address: string, name: string, isOver = () => false) => {
    void guesses.begin(address, name, isOver).then(guess => {
      if (guess === undefined) refused++
      else begun.push(guess)
    })
  }
  return { guesses, begun, begin, refused: () => refused }
}

/** Lets everything happen that waits for nothing but its turn. */
async function turns(): Promise<void> {
  for (let n = 0; n < 200; n++) await Promise.resolve()
}
