import { describe, expect, it } from 'vitest'
import { Dice } from '../../src/payloads/dice.ts'
import { htmlFile } from '../../src/payloads/html-file.ts'

describe('htmlFile', () => {
  it('closes every element that it opens, in order', () => {
    const open: string[] = []
    for (const [, slash, name = ''] of htmlFile(new Dice(1), 20_000).matchAll(/<(\/?)([a-z][a-z0-9]*)/g)) {
      if (['meta', 'link', 'img'].includes(name)) continue
      if (slash === '') open.push(name)
      else expect(open.pop()).toBe(name)
    }
    expect(open).toEqual([])
  })
})
