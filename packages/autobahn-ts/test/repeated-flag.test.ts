import { describe, expect, it } from 'vitest'
import { added } from '../src/repeated-flag.ts'

describe('added', () => {
  it('collects values in order', () => {
    expect(added('b', added('a'))).toEqual(['a', 'b'])
  })

  it('refuses an empty value', () => {
    expect(() => added('')).toThrow('must not be empty')
  })
})
