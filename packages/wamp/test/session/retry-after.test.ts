import { expect, it } from 'vitest'
import { retryAfterOf } from '../../src/session/retry-after.ts'

it.each([
  [7000, 7000],
  [0.5, 0.5],
  [1e300, 3_600_000],
  [0, 0],
  [-5, 0],
  [Number.NaN, 0],
  ['7000', 0],
  [null, 0],
  [undefined, 0],
])('a router that asks its client to wait %j is taken to mean %d ms', (asked, wait) => {
  expect(retryAfterOf({ _retry_after: asked })).toBe(wait)
})
