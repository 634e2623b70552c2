import { expect, it } from 'vitest'
import { featuresOf } from '../../src/parties/announced-features.ts'
import { allFeatures, noFeatures } from '../fixtures/test-realm.ts'

it('featuresOf reads what a client has announced, for the role that has to announce it', () => {
  expect(Object.values(featuresOf(allFeatures))).not.toContain(false)
  expect(Object.values(featuresOf(noFeatures))).not.toContain(true)
  expect(featuresOf({ caller: { features: { call_canceling: true } } }).isInterruptible).toBe(false)
  expect(featuresOf({ callee: { features: { call_cancelling: true } } }).isInterruptible).toBe(true)
})

it('featuresOf returns one object for clients that have announced the same', () => {
  expect(featuresOf({ callee: { features: { call_canceling: true } } })).toBe(
    featuresOf({ callee: { features: { call_cancelling: true } } }),
  )
  expect(featuresOf(allFeatures)).not.toEqual(featuresOf(noFeatures))
})
