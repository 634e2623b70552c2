import { expect, it } from 'vitest'
import { LoadedLate } from '../../src/client/loaded-late.ts'

it('loads with the first use, and again where that has failed', async () => {
  let loads = 0
  const late = new LoadedLate(async () => {
    loads++
    if (loads === 1) throw new Error('offline')
    return { name: 'part' }
  })
  expect([late.loaded, loads]).toEqual([undefined, 0])
  await expect(late.load()).rejects.toThrow('offline')
  const part = await late.load()
  expect(await late.load()).toBe(part)
  expect([late.loaded, loads]).toEqual([part, 2])
})
