import { expect, it } from 'vitest'
import { CorruptData } from '../../src/bytes/deflate.ts'

it('distinguishes corrupt DEFLATE data from every other error', () => {
  const error = new CorruptData('invalid stored block lengths')
  expect(error).toBeInstanceOf(Error)
  expect([error.name, error.message]).toEqual(['CorruptData', 'invalid stored block lengths'])
  expect(new Error('out of memory')).not.toBeInstanceOf(CorruptData)
})
