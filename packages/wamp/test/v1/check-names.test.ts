import { describe, expect, it } from 'vitest'
import { checkProcedure, checkText, isNewPrefix } from '../../src/v1/check-names.ts'
import { PrefixMap } from '../../src/v1/prefix-map.ts'

describe('names that an application gives', () => {
  it('are texts', () => {
    expect(() => checkText('a topic', '')).not.toThrow()
    for (const given of [undefined, null, 7, ['t']]) expect(() => checkText('a topic', given)).toThrow('a topic must be a string, and not')
  })

  it('are prefixes that could be resolved, and mean one thing', () => {
    const prefixes = new PrefixMap()
    expect(isNewPrefix(prefixes, 'e', 'http://e/')).toBe(true)
    prefixes.set('e', 'http://e/')
    expect(isNewPrefix(prefixes, 'e', 'http://e/')).toBe(false)
    expect(() => isNewPrefix(prefixes, 'e', 'http://f/')).toThrow('the prefix e is defined already, as http://e/')
    for (const prefix of ['', ':', 'a:b']) expect(() => isNewPrefix(prefixes, prefix, 'u')).toThrow('could never be resolved')
  })

  it('are URIs of functions', () => {
    expect(() => checkProcedure('p', () => 1)).not.toThrow()
    expect(() => checkProcedure('', () => 1)).toThrow("a procedure's URI must be a string with something in it")
    expect(() => checkProcedure(Symbol('p') as never, () => 1)).toThrow(
      "a procedure's URI must be a string with something in it, and not Symbol(p)",
    )
    expect(() => checkProcedure(Object.create(null), () => 1)).toThrow('with something in it, and not [object Object]')
    expect(() => checkProcedure('p', undefined)).toThrow('what is registered under p must be a function, and not undefined')
  })
})
