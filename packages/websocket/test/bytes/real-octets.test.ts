import { describe, expect, it } from 'vitest'
import { isDetached, nameOfKind, realOctets } from '../../src/bytes/real-octets.ts'
import { goneOctets, notOctets, unusualOctets } from '../fixtures/lying-octets.ts'

for (const length of [10, 9000]) {
  describe(`realOctets, of ${length} octets`, () => {
    for (const [what, value] of Object.entries(notOctets(length))) {
      it(`does not take ${what}`, () => {
        expect(realOctets(value)).toBeUndefined()
      })
    }

    for (const [what, value] of Object.entries(unusualOctets(length))) {
      it(`gives what is really there for ${what}`, () => {
        const octets = realOctets(value)!
        expect([...octets]).toEqual(Array(length).fill(7))
        expect(octets.length).toBe(length)
        expect(Object.getPrototypeOf(octets)).toBe(Uint8Array.prototype)
        octets[0] = 1
        expect(value[0]).toBe(1)
      })
    }
  })
}

describe('realOctets', () => {
  it('gives small plain arrays as they are', () => {
    const octets = new Uint8Array(100)
    expect(realOctets(octets)).toBe(octets)
  })

  it('takes nothing that is not an object', () => {
    for (const value of [undefined, null, 5, 'text', true, Symbol('a'), 5n]) expect(realOctets(value)).toBeUndefined()
  })
})

describe('isDetached', () => {
  for (const [what, octets] of Object.entries(goneOctets(100))) {
    it(`knows an array ${what}`, () => {
      expect([realOctets(octets)!.length, isDetached(octets)]).toEqual([0, true])
    })
  }

  it('is false for an array that was always empty', () => {
    expect(isDetached(new Uint8Array(0))).toBe(false)
  })
})

describe('nameOfKind', () => {
  it('names what a value is, and does not repeat what it says falsely', () => {
    const named = [undefined, null, 5, 'text', {}, [], new Map()].map(nameOfKind)
    expect(named).toEqual(['undefined', 'null', 'number', 'string', 'Object', 'Array', 'Map'])
    expect(nameOfKind({ [Symbol.toStringTag]: 'Uint8Array' })).toBe('an object that only looks like one')
  })

  it('does not throw what a getter throws', () => {
    const value = {
      get [Symbol.toStringTag](): string {
        throw new Error('not mine')
      },
    }
    expect(nameOfKind(value)).toBe('object')
  })
})
