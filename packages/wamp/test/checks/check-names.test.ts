import { describe, expect, it } from 'vitest'
import { checkProcedure, checkText } from '../../src/checks/check-names.ts'

describe('names that an application passes', () => {
  it('must be strings', () => {
    expect(() => checkText('a topic', '')).not.toThrow()
    for (const given of [undefined, null, 7, ['t']]) expect(() => checkText('a topic', given)).toThrow('a topic must be a string, and not')
  })

  it('must be strings where they are URIs of functions', () => {
    expect(() => checkProcedure('p', () => 1)).not.toThrow()
    expect(() => checkProcedure('', () => 1)).toThrow("a procedure's URI must be a non-empty string")
    expect(() => checkProcedure(Symbol('p') as never, () => 1)).toThrow("a procedure's URI must be a non-empty string, and not Symbol(p)")
    expect(() => checkProcedure(Object.create(null), () => 1)).toThrow('non-empty string, and not [object Object]')
    expect(() => checkProcedure('p', undefined)).toThrow('what is registered under p must be a function, and not undefined')
  })
})
