import { describe, expect, it } from 'vitest'
import { noCounts } from '../../src/node/nats-counters.ts'

describe('noCounts', () => {
  it('has 0 for each', () => {
    expect(Object.values(noCounts()).every(count => count === 0)).toBe(true)
  })
})
