import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anInput, runBoth } from './run-both.ts'

/** `MODEL_STEPS=1000000 npx vitest run packages/router/test/model` runs a million steps, in about five minutes. */
const wanted = Number(process.env.MODEL_STEPS ?? 5000)

describe('the realm', () => {
  it('agrees with its model, whatever its sessions do', { timeout: 30_000 + wanted * 5 }, () => {
    let steps = 0
    while (steps < wanted) {
      fc.assert(
        fc.property(fc.array(anInput, { minLength: 20, maxLength: 80, size: 'max' }), inputs => {
          steps += runBoth(inputs)
        }),
        { numRuns: 20 },
      )
    }
    expect(steps).toBeGreaterThanOrEqual(wanted)
  })
})
