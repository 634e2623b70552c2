import { describe, expect, it } from 'vitest'
import type { ExtensionInstance, MessageTransform } from '../../../src/protocol/extending/extension.ts'
import { blamed, callAtOnce, callMember, checkedTransform, checkInstance } from '../../../src/protocol/extending/extension-faults.ts'
import { ApiMisuse, PeerMisbehaved } from '../../../src/protocol/faults/errors.ts'

const sound: ExtensionInstance = { reservedBits: 4, opcodes: [], close: () => undefined }

describe('callMember', () => {
  it('gives what the member gives, and names the extension and the member in what it throws or rejects with', async () => {
    const cause = new TypeError('x is not a function')
    const named = { message: 'extension x-test failed in its check: x is not a function', cause }
    const throwing = (): never => {
      throw cause
    }
    expect(callMember('x-test', 'check', () => 5)).toBe(5)
    expect(() => callMember('x-test', 'check', throwing)).toThrow(expect.objectContaining(named))
    await expect(callMember<void>('x-test', 'check', () => Promise.reject(cause))).rejects.toMatchObject(named)
    expect((blamed('a or b', 'encoder', 'no error at all') as Error).message).toBe(
      'extension a or b failed in its encoder: no error at all',
    )
  })

  it('leaves faults of the peer and misuse as they are: they say who is to blame', () => {
    for (const error of [new PeerMisbehaved(1002, 'bad place'), new ApiMisuse('misuse')]) expect(blamed('x', 'check', error)).toBe(error)
  })
})

describe('callAtOnce', () => {
  it('gives what the member gives, and refuses a promise: what it rejects with would come too late', () => {
    expect(callAtOnce('x-test', 'check', () => 5)).toBe(5)
    for (const late of [Promise.resolve(), Promise.reject(new Error('no'))])
      expect(() => callAtOnce('x-test', 'check', () => late)).toThrow('extension x-test: its check must not return a promise')
  })
})

describe('checkedTransform', () => {
  it('refuses a value that is not a transform, and bits that the extension does not claim', () => {
    const transform: MessageTransform = { reserved: 4, write: () => undefined, end: () => undefined }
    expect(checkedTransform('x', 'encoder', sound, transform)).toBe(transform)
    expect(checkedTransform('x', 'encoder', sound, undefined)).toBeUndefined()
    for (const wrong of [null, 5, {}, { write: transform.write }, { end: transform.end }]) {
      expect(() => checkedTransform('x', 'decoder', sound, wrong as unknown as MessageTransform)).toThrow(
        'extension x: its decoder must return undefined, or an object with the functions write and end',
      )
    }
    expect(() => checkedTransform('x', 'encoder', sound, { ...transform, reserved: 6 })).toThrow(
      'extension x: its encoder sets reserved bits 6, and it claims 4',
    )
  })
})

describe('checkInstance', () => {
  for (const [what, wrong, message] of [
    ['no object', undefined, 'extension x: its instance must be an object, and not undefined'],
    ['no opcodes', { ...sound, opcodes: undefined }, 'extension x: opcodes must be an array, and not undefined'],
    ['no close', { ...sound, close: undefined }, 'extension x: close must be a function, and not undefined'],
    ['an encoder that is not a function', { ...sound, encoder: 5 }, 'extension x: encoder must be a function, and not 5'],
    ['an onFrame that is not a function', { ...sound, onFrame: 'a' }, 'extension x: onFrame must be a function, and not a'],
  ] as const) {
    it(`refuses an instance with ${what}, and names the member`, () => {
      expect(() => checkInstance('x', wrong as unknown as ExtensionInstance)).toThrow(message)
    })
  }

  it('takes an instance with no more than it needs', () => {
    expect(checkInstance('x', sound)).toBeUndefined()
  })
})
