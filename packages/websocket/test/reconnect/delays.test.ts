import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Delays } from '../../src/reconnect/delays.ts'

const middle = () => 0.5

describe('Delays', () => {
  it('waits longer each time, up to a maximum, and gives up', () => {
    const backoff = new Delays({ initialDelay: 1, growth: 2, maxDelay: 5, maxRetries: 5 }, middle)
    expect(Array.from({ length: 6 }, () => backoff.next())).toEqual([1000, 2000, 4000, 5000, 5000, undefined])
    expect(backoff.tries).toBe(5)
  })

  it('begins anew when it is reset', () => {
    const backoff = new Delays({ initialDelay: 1, growth: 2, maxRetries: 2 }, middle)
    backoff.next()
    backoff.next()
    expect(backoff.next()).toBe(undefined)
    backoff.reset()
    expect(backoff.next()).toBe(1000)
  })

  it('is 1.5 s, growing by a half to 300 s, fifteen times, unless told otherwise', () => {
    const backoff = new Delays({}, middle)
    const delays = Array.from({ length: 16 }, () => backoff.next())
    expect(delays.slice(0, 3)).toEqual([1500, 2250, 3375])
    expect(delays[14]).toBe(300_000)
    expect(delays[15]).toBe(undefined)
  })

  it('stays within its jitter and its maximum, however it is set', () => {
    const options = fc.record({
      initialDelay: fc.double({ min: 0, max: 100, noNaN: true }),
      growth: fc.double({ min: 1, max: 10, noNaN: true }),
      jitter: fc.double({ min: 0, max: 1, noNaN: true }),
      maxDelay: fc.double({ min: 0, max: 1000, noNaN: true }),
    })
    fc.assert(
      fc.property(options, fc.double({ min: 0, max: 0.999, noNaN: true }), (given, random) => {
        const backoff = new Delays(given, () => random)
        for (let delay = backoff.next(); delay !== undefined; delay = backoff.next()) {
          expect(delay >= 0 && delay <= 1000 * given.maxDelay).toBe(true)
        }
      }),
    )
  })

  it('goes on for ever when it is to', () => {
    const backoff = new Delays({ maxRetries: Number.POSITIVE_INFINITY }, middle)
    for (let i = 0; i < 5000; i++) expect(backoff.next()).toBeGreaterThan(0)
  })

  it('waits no time at all where the first delay is 0, also after thousands of tries', () => {
    const backoff = new Delays({ initialDelay: 0, growth: 2, maxRetries: Number.POSITIVE_INFINITY }, middle)
    for (let i = 0; i < 2000; i++) expect(backoff.next()).toBe(0)
  })

  it('waits at least as long as a server asks for, and longer by a part of the jitter, also above its maximum', () => {
    const asked = (random: number) => new Delays({ initialDelay: 1, maxDelay: 10, jitter: 0.5 }, () => random).next(60_000)
    expect([asked(0), asked(0.5), new Delays({ initialDelay: 1, jitter: 0 }, middle).next(10)]).toEqual([60_000, 75_000, 1000])
  })

  it('spreads a thousand clients of one server over the whole of the jitter', () => {
    let seed = 1
    const random = () => {
      seed = (seed * 48_271) % 0x7fff_ffff
      return seed / 0x7fff_ffff
    }
    const clients = Array.from({ length: 1000 }, () => new Delays({ initialDelay: 1, growth: 2, jitter: 0.5 }, random))
    const mostInTenth = (delays: readonly number[]) => {
      const tenths = new Map<number, number>()
      for (const delay of delays) tenths.set(Math.floor(delay / 100), (tenths.get(Math.floor(delay / 100)) ?? 0) + 1)
      return { mostInTenth: Math.max(...tenths.values()), from: Math.min(...tenths.keys()), to: Math.max(...tenths.keys()) }
    }
    const first = mostInTenth(clients.map(client => client.next()!))
    const second = mostInTenth(clients.map(client => client.next()!))
    expect({ first, second }).toEqual({
      first: { mostInTenth: expect.any(Number), from: 5, to: 14 },
      second: { mostInTenth: expect.any(Number), from: 10, to: 29 },
    })
    // even: 100 and 50 in each tenth of a second
    expect(first.mostInTenth).toBeLessThan(140)
    expect(second.mostInTenth).toBeLessThan(80)
  })
})
