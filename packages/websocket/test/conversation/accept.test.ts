import { describe, expect, it } from 'vitest'
import { acceptJson, acceptText } from '../../src/conversation/accept.ts'
import { MessageRefused, type SchemaIssue } from '../../src/protocol/faults/errors.ts'

describe('acceptText', () => {
  it('takes text, and refuses octets with 1003', () => {
    expect(acceptText('text')).toBe('text')
    expect(refusal(() => acceptText(new Uint8Array(3)))).toEqual({
      closeCode: 1003,
      message: 'a binary message of 3 octets came where text is read',
      issues: [],
    })
  })
})

describe('acceptJson', () => {
  it('takes JSON of every kind without a schema', () => {
    expect(['1', '"a"', 'null', '{"a":[1]}'].map(acceptJson(undefined))).toEqual([1, 'a', null, { a: [1] }])
  })

  it('refuses with 1007 what is not JSON, and octets with 1003', () => {
    const accept = acceptJson(undefined)
    for (const text of ['', 'hello', '{', "{'a':1}", '\ufeff1'])
      expect(refusal(() => accept(text))).toEqual({ closeCode: 1007, message: 'the message is not JSON', issues: [] })
    expect(refusal(() => accept(Uint8Array.of(0x31)))).toMatchObject({ closeCode: 1003 })
  })

  it('does not change prototypes by what the peer sends', () => {
    const value = acceptJson<object>(undefined)('{"__proto__":{"isAdmin":true}}') as { isAdmin?: boolean }
    expect([value.isAdmin, Object.keys(value), ({} as { isAdmin?: boolean }).isAdmin]).toEqual([undefined, ['__proto__'], undefined])
  })

  it('returns what the schema makes of a value, now or later', async () => {
    const doubled = schema(value => ({ value: Number(value) * 2 }))
    expect(acceptJson(doubled)('21')).toBe(42)
    const later = schema(async value => ({ value: [value] }))
    expect(await acceptJson(later)('1')).toEqual([1])
  })

  it('refuses with 1008 what does not fit, and names where', async () => {
    for (const [issues, message] of [
      [[{ message: 'Expected string' }], 'the message does not fit its schema: Expected string'],
      [
        [{ message: 'Expected string', path: ['user', { key: 0 }, 'name'] }, { message: 'more' }],
        'the message does not fit its schema: user.0.name: Expected string',
      ],
      [[{ message: 'Odd', path: [Symbol('s')] }], 'the message does not fit its schema: Symbol(s): Odd'],
      [[], 'the message does not fit its schema'],
    ] as [SchemaIssue[], string][]) {
      expect(refusal(() => acceptJson(schema(() => ({ issues })))('1'))).toEqual({ closeCode: 1008, message, issues })
      await expect(acceptJson(schema(async () => ({ issues })))('1')).rejects.toMatchObject({
        name: 'MessageRefused',
        closeCode: 1008,
        message,
      })
    }
  })

  it('throws what the schema throws, which is not the fault of the peer', () => {
    const broken = schema(() => {
      throw new RangeError('broken schema')
    })
    expect(() => acceptJson(broken)('1')).toThrow(RangeError)
  })
})

function schema<Value>(validate: (value: unknown) => Value) {
  return { '~standard': { version: 1, vendor: 'test', validate } } as never
}

/** The parts of the error that a message is refused with. */
function refusal(work: () => unknown): object {
  try {
    work()
  } catch (error) {
    if (error instanceof MessageRefused) return { closeCode: error.closeCode, message: error.message, issues: error.issues }
  }
  throw new Error('not refused')
}
