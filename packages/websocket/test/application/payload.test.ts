import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { checkedIsBinary, checkedMemory, checkedOctets, octetsOf, preparedMessage } from '../../src/application/payload.ts'
import { webText } from '../../src/bytes/text.ts'
import { ApiMisuse } from '../../src/protocol/faults/errors.ts'

// V8 compiles code without a check for memory that was given away, and discards that code at the first transfer in a process. With a
// transfer here, the tests below do not depend on what other tests of the process have had compiled before.
structuredClone(new ArrayBuffer(1), { transfer: [new ArrayBuffer(1)] })

describe('octetsOf', () => {
  it('encodes strings', () => {
    expect(octetsOf('hä', webText)).toEqual(Uint8Array.of(0x68, 0xc3, 0xa4))
  })

  it('leaves octets as they are', () => {
    const octets = Uint8Array.of(1)
    expect(octetsOf(octets, webText)).toBe(octets)
  })

  it('refuses what is neither, as checkedOctets does', () => {
    expect(() => octetsOf(5 as unknown as string, webText)).toThrow(ApiMisuse)
  })
})

describe('preparedMessage', () => {
  it('is text for a string and binary for octets, unless the caller says otherwise', () => {
    expect(preparedMessage('ä', webText)).toMatchObject({ payload: Uint8Array.of(0xc3, 0xa4), isBinary: false, options: {} })
    expect(preparedMessage(Uint8Array.of(1), webText)).toMatchObject({ payload: Uint8Array.of(1), isBinary: true })
    const options = { doNotCompress: true }
    expect(preparedMessage(Uint8Array.of(0x61), webText, false, options)).toMatchObject({ isBinary: false, options })
  })

  it('has a copy of the payload', () => {
    const octets = Uint8Array.of(1)
    const { payload } = preparedMessage(octets, webText)
    octets[0] = 2
    expect(payload).toEqual(Uint8Array.of(1))
  })
})

describe('checkedIsBinary', () => {
  it('is what the caller says, or else what the payload is', () => {
    expect([checkedIsBinary(true, false), checkedIsBinary(false, true)]).toEqual([true, false])
    expect([checkedIsBinary(undefined, true), checkedIsBinary(undefined, false)]).toEqual([true, false])
    expect(checkedIsBinary(null as unknown as undefined, true)).toBe(true)
  })

  for (const [value, kind] of [
    [1, 'number'],
    [0, 'number'],
    ['binary', 'string'],
    [{ doNotCompress: true }, 'Object'],
    [Symbol('binary'), 'symbol'],
  ] as const) {
    it(`refuses ${String(value)}, and says where options go`, () => {
      expect(() => checkedIsBinary(value as unknown as boolean, false)).toThrow(
        expect.objectContaining({ name: 'ApiMisuse', message: `isBinary must be true or false, and not ${kind}; options come after it` }),
      )
    })
  }
})

describe('checkedOctets', () => {
  for (const [what, octets] of [
    ['an array of octets', Uint8Array.of(1, 2)],
    ['an empty one', new Uint8Array(0)],
    ["Node's buffer", Buffer.from('a')],
    ['octets of another realm', runInNewContext('Uint8Array.of(1, 2)') as Uint8Array],
    ['a view of shared memory', new Uint8Array(new SharedArrayBuffer(2))],
  ] as const) {
    it(`takes ${what}`, () => {
      const checked = checkedOctets(octets)
      expect({ octets: [...checked], buffer: checked.buffer, byteOffset: checked.byteOffset }).toEqual({
        octets: [...octets],
        buffer: octets.buffer,
        byteOffset: octets.byteOffset,
      })
      expect(Object.getPrototypeOf(checked)).toBe(Uint8Array.prototype)
    })
  }

  for (const [value, kind] of [
    [undefined, 'undefined'],
    [null, 'null'],
    [100, 'number'],
    ['text', 'string'],
    [true, 'boolean'],
    [{}, 'Object'],
    [[1, 2], 'Array'],
    [{ length: 3 }, 'Object'],
    [new ArrayBuffer(4), 'ArrayBuffer'],
    [new Uint16Array(4), 'Uint16Array'],
    [new DataView(new ArrayBuffer(4)), 'DataView'],
  ] as const) {
    it(`refuses ${kind} ${String(value)}, and names it`, () => {
      const check = (): unknown => checkedOctets(value as unknown as Uint8Array)
      expect(check).toThrow(ApiMisuse)
      expect(check).toThrow(`a payload must be a string or a Uint8Array, and not ${kind}`)
    })
  }

  it('says how an object is sent, and what else is wanted where text is not', () => {
    expect(() => checkedOctets({ a: 1 } as unknown as Uint8Array)).toThrow('and not Object: send JSON.stringify of it')
    expect(() => checkedOctets('x' as unknown as Uint8Array, 'a Uint8Array')).toThrow('a payload must be a Uint8Array, and not string')
  })

  it('refuses octets whose buffer was given away', () => {
    const octets = Uint8Array.of(1, 2, 3)
    structuredClone(octets.buffer, { transfer: [octets.buffer] })
    // without this the engine would be at fault, and not the check
    expect([octets.length, octets.buffer.byteLength]).toEqual([0, 0])
    expect(() => checkedOctets(octets)).toThrow('the payload belongs to a detached buffer')
  })
})

describe('checkedMemory', () => {
  it('takes what checkedOctets takes, every other view, and ArrayBuffers', () => {
    const { buffer } = Uint8Array.of(1, 2, 3, 4)
    const octets = new Uint8Array(buffer)
    expect(checkedMemory(octets, 'octets')).toBe(octets)
    for (const memory of [new Uint16Array(buffer), new DataView(buffer), buffer])
      expect([...checkedMemory(memory, 'octets')]).toEqual([1, 2, 3, 4])
    expect(checkedMemory(new DataView(new ArrayBuffer(0)), 'octets')).toHaveLength(0)
  })

  it('refuses anything else, and memory that is gone', () => {
    expect(() => checkedMemory(5, 'octets')).toThrow(new ApiMisuse('a payload must be octets, and not number: send JSON.stringify of it'))
    expect(() => checkedMemory(new SharedArrayBuffer(1), 'octets')).toThrow('a payload must be octets, and not SharedArrayBuffer')
    const gone = new ArrayBuffer(4)
    structuredClone(gone, { transfer: [gone] })
    expect(() => checkedMemory(gone, 'octets')).toThrow('the payload belongs to a detached buffer')
  })
})
