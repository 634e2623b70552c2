import { describe, expect, it } from 'vitest'
import { isDetached, memoryOctets, nameOfKind, realOctets } from '../../src/bytes/real-octets.ts'
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

describe('memoryOctets', () => {
  const { buffer } = Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9)

  it('gives the octets of every kind of view, over the same memory', () => {
    for (const [view, octets] of [
      [new Uint8Array(buffer, 1, 2), [1, 2]],
      [new Int8Array(buffer, 1, 2), [1, 2]],
      [new Uint8ClampedArray(buffer, 1, 2), [1, 2]],
      [new Uint16Array(buffer, 2, 1), [2, 3]],
      [new Float32Array(buffer, 4, 1), [4, 5, 6, 7]],
      [new BigUint64Array(buffer, 0, 1), [0, 1, 2, 3, 4, 5, 6, 7]],
      [new DataView(buffer, 1, 2), [1, 2]],
      [buffer, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]],
      [new DataView(buffer, 10), []],
      [new ArrayBuffer(0), []],
    ] as const) {
      const found = memoryOctets(view)!
      expect({ octets: [...found], isPlain: Object.getPrototypeOf(found) === Uint8Array.prototype }).toEqual({ octets, isPlain: true })
      if (octets.length > 0) expect(found.buffer).toBe(buffer)
    }
  })

  it('does not believe what a view says of itself', () => {
    const lying = Object.defineProperties(new DataView(buffer, 1, 2), { byteLength: { value: 9 }, byteOffset: { value: 0 } })
    class Lying extends Uint16Array {
      override get byteLength(): number {
        return 99
      }
    }
    expect([...memoryOctets(lying)!]).toEqual([1, 2])
    expect([...memoryOctets(new Lying(buffer, 2, 1))!]).toEqual([2, 3])
  })

  it('takes nothing that only looks like memory', () => {
    const alike = [Object.create(DataView.prototype), Object.create(ArrayBuffer.prototype), new Proxy(new ArrayBuffer(1), {})]
    for (const value of [...alike, new Proxy(new DataView(buffer), {}), new SharedArrayBuffer(1), [1], 'text', null, undefined, 5])
      expect(memoryOctets(value)).toBeUndefined()
  })

  it('gives no octets of memory that was transferred, and isDetached knows it', () => {
    for (const make of [
      (gone: ArrayBuffer) => new DataView(gone),
      (gone: ArrayBuffer) => new Float32Array(gone),
      (gone: ArrayBuffer) => gone,
    ]) {
      const gone = new ArrayBuffer(8)
      const memory = make(gone)
      structuredClone(gone, { transfer: [gone] })
      expect([memoryOctets(memory)!.length, isDetached(memory)]).toEqual([0, true])
    }
    for (const empty of [new DataView(new ArrayBuffer(0)), new Float32Array(0), new ArrayBuffer(0)]) expect(isDetached(empty)).toBe(false)
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
