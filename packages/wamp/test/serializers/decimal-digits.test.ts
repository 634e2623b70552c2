import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decimalDigits } from '../../src/serializers/decimal-digits.ts'

describe('decimalDigits', () => {
  it('returns the digits that String returns', () => {
    const integers = fc.oneof(fc.maxSafeNat(), fc.nat(), fc.nat(1e6), fc.nat(1000))
    fc.assert(fc.property(integers, integer => decimalDigits(integer) === String(integer)))
  })

  it('returns all digits beside each power of ten and of two', () => {
    const powers = [...Array.from({ length: 16 }, (_, n) => 10 ** n), ...Array.from({ length: 53 }, (_, n) => 2 ** n)]
    const integers = powers.flatMap(power => [power - 1, power, power + 1]).concat(Number.MAX_SAFE_INTEGER)
    for (const integer of integers.filter(Number.isSafeInteger)) expect(decimalDigits(integer)).toBe(String(integer))
  })

  it('takes -0 for 0', () => {
    expect(decimalDigits(-0)).toBe('0')
  })

  it('leaves nothing in memory: the next collection of young objects finds no text', () => {
    let length = 0
    const write = (): void => {
      for (let n = 0; n < 50_000; n++) length += decimalDigits(2 ** 52 + n).length
    }
    write()
    collectYoung()
    const before = process.memoryUsage().heapUsed
    write()
    collectYoung()
    // `String` leaves a number and a text of 48 octets for each of up to 16,384 integers
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(200_000)
    expect(length).toBe(2 * 16 * 50_000)
  })
})

function collectYoung(): void {
  for (let times = 0; times < 2; times++) collect({ type: 'minor' })
}

setFlagsFromString('--expose-gc')
/** Collects garbage now, as `node --expose-gc` would allow it. */
const collect = runInNewContext('gc') as (options: { type: 'minor' }) => void
