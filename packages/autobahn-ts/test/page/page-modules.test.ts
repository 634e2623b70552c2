import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

const page = new URL('../../page/', import.meta.url)
const { retryDelay } = await import(new URL('backoff.js', page).href)
const { endInWords } = await import(new URL('close-words.js', page).href)
const { milliseconds, octetsInWords } = await import(new URL('quantities.js', page).href)
const { RoundTrips } = await import(new URL('round-trips.js', page).href)
const { linePoints } = await import(new URL('sparkline.js', page).href)

describe('retryDelay', () => {
  it('doubles up to a bound', () => {
    expect([0, 1, 2, 3, 4, 5, 6, 1e9].map(failures => retryDelay(failures, 1))).toEqual([
      500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000,
    ])
  })

  it('varies, so that not all pages reconnect at once', () => {
    expect(retryDelay(1, 0)).toBe(750)
  })
})

describe('endInWords', () => {
  it('names the code, its meaning, and the reason', () => {
    expect(endInWords({ code: 1001, reason: 'the server is stopping' })).toBe(
      'code 1001, the other side is going away (the server is stopping).',
    )
    expect(endInWords({ code: 4321, reason: '' })).toBe('code 4321.')
  })
})

describe('octetsInWords', () => {
  it('chooses the unit that people read best', () => {
    const words = [0, 1, 1023, 1024, 1536, 20 * 1024 ** 2, 8 * 1024 ** 3, 2 ** 53].map(octetsInWords)
    expect(words).toEqual(['0 octets', '1 octet', '1023 octets', '1.0 KiB', '1.5 KiB', '20.0 MiB', '8.0 GiB', '8.0 PiB'])
  })
})

describe('milliseconds', () => {
  it('has as many digits as matter', () => {
    expect([0.345, 9.994, 12.34, 123.4].map(milliseconds)).toEqual(['0.34', '9.99', '12.3', '123'])
  })
})

describe('RoundTrips', () => {
  it('keeps the latest times and counts all', () => {
    const trips = new RoundTrips(3)
    for (const time of [9, 1, 2, 4]) trips.add(time)
    const { count, latest, last, median, slowest } = trips
    expect({ count, latest, last, median, slowest }).toEqual({ count: 4, latest: [1, 2, 4], last: 4, median: 2, slowest: 4 })
  })

  it('has a scale that one slow round trip does not spoil', () => {
    const trips = new RoundTrips()
    for (const time of [1, 1, 1, 1000]) trips.add(time)
    expect(trips.scale).toBe(4)
  })
})

describe('linePoints', () => {
  it('puts the latest value at the right, 0 at the bottom, and never leaves the picture', () => {
    const values = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 60 })
    const property = fc.property(values, fc.double({ min: 0.001, max: 1e6, noNaN: true }), (times, most) => {
      const points: [number, number][] = linePoints(times, { width: 300, height: 72, slots: 60, most })
      expect(points.at(-1)?.[0]).toBe(294)
      for (const [x, y] of points) expect(x >= 0 - 1e-9 && x <= 300 && y >= 6 - 1e-9 && y <= 72).toBe(true)
    })
    fc.assert(property)
    expect(linePoints([0], { width: 300, height: 72, slots: 60, most: 1 })).toEqual([[294, 72]])
  })
})
