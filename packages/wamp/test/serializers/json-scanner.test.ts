import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ProtocolViolation } from '../../src/messages/protocol-violation.ts'
import { JsonScanner } from '../../src/serializers/json-scanner.ts'
import { defaultLimits } from '../../src/serializers/limits.ts'

describe('JsonScanner', () => {
  it.each([
    '0',
    '-0',
    '1.5e-3',
    '-1E+2',
    '"\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\ude00"',
    '"😀é"',
    '[ ]',
    '{ }',
    '[1,[2,{"a":null}],true,false]',
    '{"a":{"a":1},"b":[{"a":1}]}',
    '9007199254740992',
    '100000000000000000000',
    '1e300',
    '"\\u0000AAEC"',
    '"\\u0000"',
    '"\\u0000\\/\\u002Bo="',
    '"a\\u0000b"',
    '{"":1}',
  ])('takes %s', text => {
    expect(scan(text)).toBe(true)
  })

  it.each([
    ['', 'ends too early'],
    ['01', 'not expected'],
    ['-', 'ends too early'],
    ['1.', 'ends too early'],
    ['.5', 'not expected'],
    ['1e', 'ends too early'],
    ['1e+]', 'not expected'],
    ['+1', 'not expected'],
    ['NaN', 'not expected'],
    ['nul', 'not expected'],
    ['tru', 'not expected'],
    ['[1,]', 'not expected'],
    ['[,1]', 'not expected'],
    ['[1', 'ends too early'],
    ['{"a"}', 'not expected'],
    ['{"a":1,}', 'not expected'],
    ['{a:1}', 'not expected'],
    ["'a'", 'not expected'],
    ['"a', 'ends too early'],
    ['"a\n"', 'not expected'],
    ['"\\x41"', 'not expected'],
    ['"\\u00g0"', 'not expected'],
    ['"\\u00', 'not expected'],
    ['"\\ud800"', 'half of a surrogate pair'],
    ['"\\udc00"', 'half of a surrogate pair'],
    ['"\\ud800\\u0041"', 'half of a surrogate pair'],
    ['"\ud800"', 'half of a surrogate pair'],
    ['"\udc00\ud800"', 'half of a surrogate pair'],
    ['\ufeff1', 'not expected'],
    ['\u00a01', 'not expected'],
    ['1e400', 'not finite'],
    [`1${'0'.repeat(320)}.0`, 'not finite'],
    ['18446744073709551616', 'neither an int64 nor a uint64'],
    ['-9223372036854775809', 'neither an int64 nor a uint64'],
    ['36893488147419103232', 'neither an int64 nor a uint64'],
    ['"\\u0000a"', 'begins with U+0000, and is not base64'],
    ['"\\u0000AA=="', undefined],
    ['"\\u0000A==="', 'is not base64'],
    ['"\\u0000AA\\n="', 'is not base64'],
    ['{"\\u0000":1}', 'a key of the message begins with U+0000'],
    ['{"a":1,"a":2}', 'a key twice'],
    ['{"a":1,"b":3,"\\u0061":2}', 'a key twice'],
    [`{${Array.from({ length: 40 }, (_, n) => `"k${n % 39}":1`).join()}}`, 'a key twice'],
    [`${'['.repeat(65)}${']'.repeat(65)}`, 'deeper than 64 levels'],
  ])('judges %j', (text, fault) => {
    if (fault === undefined) expect(scan(text)).toBe(true)
    else expect(() => scan(text)).toThrow(fault)
  })

  it('takes many keys that differ', () => {
    const entries = Array.from({ length: 5000 }, (_, n) => [`key${n}`, n])
    expect(scan(JSON.stringify(Object.fromEntries(entries)))).toBe(true)
  })

  it.each([
    ['9007199254740993', true],
    ['-9007199254740993', true],
    ['18446744073709551615', true],
    ['-9223372036854775808', true],
    ['"\\u0000AAEC"', true],
    ['9007199254740992', false],
    ['-9007199254740992', false],
    ['100000000000000000000', false],
    ['1e20', false],
    ['"a\\u0000"', false],
  ])('says whether JSON.parse would lose %s: %s', (text, isSpecial) => {
    const scanner = new JsonScanner(defaultLimits)
    scanner.begin(text)
    scanner.value()
    expect(scanner.isSpecial).toBe(isSpecial)
  })

  it('takes every JSON value of JavaScript whose texts do not begin with U+0000', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), value => {
        const text = JSON.stringify(value)
        if (!text.includes('"\\u0000')) expect(scan(text)).toBe(true)
      }),
    )
  })

  it('takes nothing that JSON.parse does not take', () => {
    const piece = fc.constantFrom(...'[]{}:,"\\u0aE1.5-+ \nntrue', 'null', 'true', '"a"', '1', 'e', '\\u0061', '\ud800', '{"a":1}')
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), pieces => {
        const text = pieces.join('')
        let taken = false
        try {
          taken = scan(text)
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolViolation)
        }
        if (taken) JSON.parse(text)
      }),
      { numRuns: 5000 },
    )
  })
})

function scan(text: string): boolean {
  const scanner = new JsonScanner(defaultLimits)
  scanner.begin(text)
  scanner.value()
  if (scanner.next() !== -1) throw scanner.unexpected()
  return true
}
