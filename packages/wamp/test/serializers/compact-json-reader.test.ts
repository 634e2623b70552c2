import { describe, expect, it, vi } from 'vitest'
import { readCompactJson } from '../../src/serializers/compact-json-reader.ts'
import { defaultLimits } from '../../src/serializers/limits.ts'

describe('readCompactJson', () => {
  it('takes white space and escapes anywhere', () => {
    expect(read(' [ 1 ,\t{ "\\u0061" : [ ] } ,\r\n"\\u00e9" , -0 , 1.5e3 , true , false , null ] ')).toEqual([
      ...[1, { a: [] }, 'é', -0, 1500, true, false, null],
    ])
  })

  it('has texts in memory of their own, and those that end with backslashes', () => {
    expect(read('["a\\\\","\\"",""]')).toEqual(['a\\', '"', ''])
  })

  it.each([
    ['', 'a message must be a list'],
    ['{"0":1}', 'a message must be a list'],
    ['[1', 'the message is not JSON: it ends too early'],
    ['["a', 'the message is not JSON: it ends too early'],
    ['["a\\"]', 'the message is not JSON: it ends too early'],
    ['[1] 1', 'the message is not JSON: the character at 4 is not expected'],
    ['[1}', 'the message is not JSON: the character at 2 is not expected'],
    ['[1,]', 'the message is not JSON: the character at 3 is not expected'],
    ['[,1]', 'the message is not JSON: the character at 1 is not expected'],
    ['[01]', 'the message is not JSON: the character at 2 is not expected'],
    ['[+1]', 'the message is not JSON: the character at 1 is not expected'],
    ['["\\x"]', 'the message is not JSON: the character at 1 is not expected'],
    ['["\n"]', 'the message is not JSON: the character at 1 is not expected'],
    ['[{"a" 1}]', 'the message is not JSON: the character at 6 is not expected'],
    ['[{a:1}]', 'the message is not JSON: the character at 2 is not expected'],
    ['[{"a":1,"\\u0061":2}]', 'a dictionary of the message has a key twice'],
    ['[{"__proto__":1,"__proto__":2}]', 'a dictionary of the message has a key twice'],
    ['[{"\\u0000a":1}]', 'a key of the message begins with U+0000'],
    ['["\\u0000a"]', 'a text of the message begins with U+0000, and is not base64 after it'],
    ['["\\ud800"]', 'a text of the message has half of a surrogate pair'],
    ['[18446744073709551616]', 'an integer of the message is neither an int64 nor a uint64'],
    ['[1e999]', 'a number of the message is not finite'],
  ])('refuses %j', (text, message) => {
    expect(() => read(text)).toThrow(expect.objectContaining({ name: 'ProtocolViolation', message }))
  })

  it('refuses an integer of many digits without computing it', () => {
    const digits = (count: number): string => `[${'9'.repeat(count)}]`
    const computed = vi.spyOn(globalThis, 'BigInt')
    for (const count of [21, 300, 1_000_000]) expect(() => read(digits(count))).toThrow('an integer of the message is neither')
    expect(computed).not.toHaveBeenCalled()
    expect(read('[-9223372036854775808,18446744073709551615]')).toEqual([-(2n ** 63n), 2n ** 64n - 1n])
    expect(read(`[1${'0'.repeat(20)}]`)).toEqual([1e20])
    computed.mockRestore()
  })

  it('takes the depth and the parts of the elements alone', () => {
    expect(() => readCompactJson('[[[1]]]', { maxDepth: 1, maxParts: 100 })).toThrow('nested deeper than 1 levels')
    expect(readCompactJson('[[1]]', { maxDepth: 1, maxParts: 5 })).toEqual([[1]])
    expect(() => readCompactJson('[[1,2]]', { maxDepth: 1, maxParts: 5 })).toThrow('more than 5 parts')
  })
})

function read(text: string): readonly unknown[] {
  return readCompactJson(text, defaultLimits)
}
