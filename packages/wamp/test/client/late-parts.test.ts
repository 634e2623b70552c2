import { expect, it } from 'vitest'
import { lateParts, partsAtHand } from '../../src/client/late-parts.ts'

it('has its parts at hand where nothing is loaded late', async () => {
  expect(partsAtHand.loaded).toBe(lateParts)
  expect(await partsAtHand.load()).toBe(lateParts)
})
