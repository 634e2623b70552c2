import { isUtf8 } from 'node:buffer'
import { describe, expect, it } from 'vitest'
import type { RoundTrips } from '../../src/cases/case.ts'
import { catalogue } from '../../src/cases/catalogue.ts'
import { lengthOf, octetsOf } from '../../src/cases/payload.ts'

describe('the groups of large and of many messages', () => {
  it('send a thousand messages of the sizes of the Autobahn Testsuite, the last eight loads in fragments', () => {
    const loads = roundTrips('13.4').map(({ count, message, fragmentSize }) => [count, lengthOf(message(0)) / 1024, fragmentSize])
    const whole = [1 / 64, 1 / 16, 1 / 4, 1, 4, 8, 16, 32, 64, 128].map(size => [1000, size, undefined])
    const small = [8, 16, 32, 64, 128].map(size => [1000, size, 256])
    const larger = [1, 4, 32].map(fragment => [1000, 128, fragment * 1024])
    expect(loads).toEqual([...whole, ...small, ...larger])
  })

  it('send valid text from a text file, at whatever place it is cut', () => {
    for (const subgroup of ['12.1', '12.3', '12.4', '13.7']) {
      const [, , , { kind, message } = roundTrips('12.2')[0]!] = roundTrips(subgroup)
      expect(kind).toBe('text')
      for (let n = 0; n < 50; n++) expect(isUtf8(octetsOf(message(n)))).toBe(true)
    }
    expect(new Set([...roundTrips('12.2'), ...roundTrips('12.5')].map(({ kind }) => kind))).toEqual(new Set(['binary']))
  })

  it('ask for the parameters of the Autobahn Testsuite', () => {
    const offers = [1, 2, 3, 4, 5, 6, 7].map(n =>
      catalogue
        .find(({ id }) => id === `13.${n}.1`)
        ?.compression?.offers.map(({ noContextTakeover, maxWindowBits }) => [noContextTakeover, maxWindowBits]),
    )
    expect(offers).toEqual([
      [[false, 0]],
      [[true, 0]],
      [[false, 9]],
      [[false, 15]],
      [[true, 9]],
      [[true, 15]],
      [
        [true, 9],
        [true, 0],
        [false, 0],
      ],
    ])
  })

  it('measure time alone, with the sizes, fragments and chops of group 9', () => {
    const figures = (subgroup: string): unknown[] =>
      roundTrips(subgroup).map(({ count, message, fragmentSize, cut }) => [count, lengthOf(message(0)), fragmentSize ?? cut])
    expect(figures('9.1').at(-1)).toEqual([1, 16 * 2 ** 20, undefined])
    expect(figures('9.3')[0]).toEqual([1, 4 * 2 ** 20, 64])
    expect(figures('9.6').at(-1)).toEqual([1, 2 ** 20, 2048])
    expect(figures('9.8').map(each => JSON.stringify(each))).toContain('[1000,4096,null]')
    expect(catalogue.filter(({ id, alone }) => id.startsWith('9.') && alone !== true)).toEqual([])
  })
})

function roundTrips(subgroup: string): RoundTrips[] {
  const cases = catalogue.filter(({ id }) => id.startsWith(`${subgroup}.`))
  return cases.flatMap(({ steps }) => steps.filter(step => step.step === 'roundTrips'))
}
