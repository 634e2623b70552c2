import { describe, expect, it } from 'vitest'
import { portFrom } from '../src/port-flag.ts'

describe('portFrom', () => {
  it('accepts every port, and 0 for a free one', () => {
    expect(['0', '1', '8080', '65535'].map(portFrom)).toEqual([0, 1, 8080, 65_535])
  })

  for (const text of ['', '-1', '65536', '80a', '1e3', ' 80', '8.5']) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      expect(() => portFrom(text)).toThrow('from 0 to 65535')
    })
  }
})
