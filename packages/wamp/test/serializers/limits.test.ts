import { expect, it } from 'vitest'
import { defaultLimits, resolveLimits } from '../../src/serializers/limits.ts'

it('completes limits', () => {
  expect(resolveLimits({})).toEqual(defaultLimits)
  expect(resolveLimits({ maxDepth: 5, maxParts: undefined as never })).toEqual({ maxDepth: 5, maxParts: 262_144 })
})

it('refuses other names and values', () => {
  expect(() => resolveLimits({ maxdepth: 1 } as never)).toThrow('did you mean maxDepth?')
  expect(() => resolveLimits({ maxDepth: 513 })).toThrow('option maxDepth must be an integer from 1 to 512, and not 513')
  expect(() => resolveLimits({ maxParts: 0 })).toThrow('option maxParts must be an integer from 1, and not 0')
})
