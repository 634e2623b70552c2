import { describe, expect, it } from 'vitest'
import {
  count,
  dict,
  flag,
  id,
  idOrZero,
  ids,
  oneOf,
  positive,
  rolesOf,
  text,
  textOrNull,
  texts,
  uri,
} from '../../src/messages/value-kinds.ts'

describe('the kinds of values', () => {
  it.each([
    ['an id is an integer from 1 to 2^53', id, [1, 2 ** 53], [0, -1, 1.5, 2 ** 53 + 2, '1', 1n, true, null]],
    ['a request of a revocation may be 0', idOrZero, [0, 1], [-1, 0.5, '0']],
    ['a URI and a text are strings', uri, ['', 'a.b'], [1, null, ['a']]],
    ['a text is a string', text, ['', 'a'], [1, null]],
    ['a text may be null where that is allowed', textOrNull, ['', null], [1, undefined]],
    ['a flag is a boolean and not an integer', flag, [true, false], [0, 1, 'true', null]],
    ['a count is an integer from 0', count, [0, 5000], [-1, 1.5, '5', 2 ** 53]],
    ['a positive is an integer from 1', positive, [1], [0, 1.5]],
    ['ids are a list', ids, [[], [1, 2]], [1, [0], ['1']]],
    ['texts are a list', texts, [[], ['a']], ['a', [1]]],
    ['a dictionary is neither a list nor binary data nor null', dict, [{}, { a: 1 }], [[], new Uint8Array(1), null, 'a']],
    ['a choice takes what is listed', oneOf('a', 'b'), ['a', 'b'], ['c', '', 'toString', 1]],
  ])('%s', (_, kind, good, bad) => {
    expect(good.filter(value => !kind.holds(value))).toEqual([])
    expect(bad.filter(value => kind.holds(value))).toEqual([])
  })

  it('say in words what they take', () => {
    expect(oneOf('a', 'b', 'c').wanted).toBe('"a", "b" or "c"')
    expect(oneOf('a').wanted).toBe('"a"')
  })

  it('take roles with and without features, beside unknown ones', () => {
    const roles = rolesOf('caller', 'callee')
    expect([{ caller: {} }, { callee: { features: {} }, other: 1 }].every(value => roles.holds(value))).toBe(true)
    expect([{}, { other: {} }, { caller: 1 }, { caller: { features: 1 } }, null].some(value => roles.holds(value))).toBe(false)
  })
})
