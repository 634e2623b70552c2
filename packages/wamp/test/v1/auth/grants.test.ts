import { describe, expect, it } from 'vitest'
import { grantsIn } from '../../../src/v1/auth/grants.ts'

describe('grantsIn', () => {
  it('gives a right for a flag that is true, and for nothing else', () => {
    for (const flag of [false, undefined, null, 'false', 'true', 1, {}]) {
      expect([...grantsIn([{ uri: 'u', pub: flag as boolean, sub: flag as boolean, prefix: true }]).values()]).toEqual([
        { uri: 'u', publish: 'none', subscribe: 'none' },
      ])
      expect(grantsIn([{ uri: 'u', pub: true, prefix: flag as boolean }]).get('u')?.publish).toBe('exact')
    }
  })

  it('merges entries of one URI', () => {
    const entries = [
      { uri: 'u', sub: true, prefix: true },
      { uri: 'u', pub: true },
      { uri: 'u', sub: true },
    ]
    expect(grantsIn(entries).get('u')).toEqual({ uri: 'u', publish: 'exact', subscribe: 'prefix' })
  })

  it('refuses permissions that are not a list, and topics that are not URIs', () => {
    expect(() => grantsIn({} as never)).toThrow('the permissions for topics must be a list')
    expect(() => grantsIn([{ uri: 7 as unknown as string }])).toThrow('the URI of a topic must be a string, and not number')
  })
})
