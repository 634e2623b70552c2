import { expect, it } from 'vitest'
import { registerOptions } from '../../src/client/register-options.ts'

it.each([
  ['match', 'prefix', 'suffix', 'match'],
  ['invoke', 'roundrobin', 'robin', 'invoke'],
  ['forceReregister', true, 1, 'force_reregister'],
  ['concurrency', 1, 0, 'concurrency'],
  ['onRevoked', () => {}, 5, undefined],
] as const)('takes for %s', (name, good, bad, wire) => {
  const option = registerOptions[name]
  expect([option.holds(good), option.holds(bad), option.wire]).toEqual([true, false, wire])
})
