import { describe, expect, it } from 'vitest'
import { addedOrigin } from '../src/origin-flag.ts'

describe('the origins of pages', () => {
  it('are collected', () => {
    expect(addedOrigin('https://b.example:8443', addedOrigin('*'))).toEqual(['*', 'https://b.example:8443'])
  })

  for (const text of ['nonsense', 'https://a.example/path', '']) {
    it(`are not ${JSON.stringify(text)}`, () => expect(() => addedOrigin(text)).toThrow('It must'))
  }
})
