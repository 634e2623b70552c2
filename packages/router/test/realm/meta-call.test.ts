import { describe, expect, it } from 'vitest'
import { byPolicy, matchOption, whereAllowed } from '../../src/realm/meta-call.ts'

const refuse = (): never => {
  throw new Error('denied')
}

describe('whereAllowed', () => {
  it('runs what is allowed, at once or later', async () => {
    expect(whereAllowed({ allow: true, disclose: false }, () => 1, refuse)).toBe(1)
    expect(await whereAllowed(Promise.resolve({ allow: true, disclose: false }), () => 1, refuse)).toBe(1)
  })

  it('throws for what is not', async () => {
    expect(() => whereAllowed({ allow: false, disclose: false }, () => 1, refuse)).toThrow('denied')
    await expect(whereAllowed(Promise.resolve({ allow: false, disclose: false }), () => 1, refuse)).rejects.toThrow('denied')
  })
})

it('byPolicy sorts ids', () => {
  const all = [
    { id: 1, match: 'exact' },
    { id: 2, match: 'prefix' },
    { id: 3, match: 'exact' },
  ] as const
  expect(byPolicy(all)).toEqual({ exact: [1, 3], prefix: [2], wildcard: [] })
})

it('matchOption reads a policy, exact by default', () => {
  expect([matchOption({}), matchOption({ match: 'prefix' })]).toEqual(['exact', 'prefix'])
  expect(() => matchOption({ match: 'all' })).toThrow('match must be')
})
