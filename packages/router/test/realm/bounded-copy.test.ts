import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BoundedCopy, isSecret } from '../../src/realm/bounded-copy.ts'

describe('BoundedCopy', () => {
  it('copies what fits, with octets as their number', () => {
    const value = { a: [1, 'two', null, true, 3n], octets: new Uint8Array(3), deep: { b: 1.5 } }
    expect(new BoundedCopy(1000).of(value)).toEqual({ a: [1, 'two', null, true, 3n], octets: '<3 octets>', deep: { b: 1.5 } })
  })

  it('cuts what does not fit, and says so', () => {
    expect(new BoundedCopy(5).of('abcdefgh')).toBe('abcde…')
    expect(new BoundedCopy(5).of(['abc', 'def'])).toEqual(['abc', '…'])
    expect(new BoundedCopy(6).of({ a: 'bcdef', g: 1 })).toEqual({ a: 'b…', '…': '…' })
    expect(new BoundedCopy(0).of('a')).toBe('…')
    expect(new BoundedCopy(3).of('ab\u{1f600}')).toBe('ab…')
  })

  it('goes so deep and no deeper', () => {
    let deep: unknown = 'bottom'
    for (let n = 0; n < 1000; n++) deep = [deep]
    expect(JSON.stringify(new BoundedCopy(10_000).of(deep))).toMatch(/^\[{16}"…"\]{16}$/)
  })

  it('never exceeds its bound by more than what says that something was cut', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.integer({ min: 0, max: 200 }), (value, size) => {
        const copy = JSON.stringify(new BoundedCopy(size).of(value))
        // quotes and commas of what is begun, and the marks of each level
        expect(copy.replaceAll(/[[\]{}",:…\\]|u00[01][0-9a-f]/g, '').length).toBeLessThanOrEqual(size + 24)
      }),
    )
  })

  it('shows no value under the name of a secret, at any depth', () => {
    const names = ['ticket', 'authextra', 'X-Api-Key', 'resume-token', 'Private_Key', 'passwd', 'scram_proof', 'Cookie', 'key', 'nonce']
    for (const name of names) expect([name, isSecret(name)]).toEqual([name, true])
    for (const name of ['keyword', 'procedure', 'authid', 'pinned', 'exclude', 'ppt_scheme'])
      expect([name, isSecret(name)]).toEqual([name, false])
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.array(fc.constantFrom('a', 'b', 0)), (name, path) => {
        const value = path.reduce<unknown>((inner, step) => (step === 0 ? [inner] : { [step]: inner }), { [name]: { hidden: 'hunter2' } })
        expect(JSON.stringify(new BoundedCopy(1000).of(value))).not.toContain('hunter2')
      }),
    )
  })

  it('takes "__proto__" for a name as any other', () => {
    const copy = new BoundedCopy(100).of(JSON.parse('{"__proto__":{"polluted":true}}')) as object
    expect(Object.keys(copy)).toEqual(['__proto__'])
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  })
})
