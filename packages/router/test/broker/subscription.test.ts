import { expect, it } from 'vitest'
import { Subscription } from '../../src/broker/subscription.ts'

it('a subscription tells its topic only where it is exact', () => {
  expect((['exact', 'prefix', 'wildcard'] as const).map(match => new Subscription(1, match, 'a', 0).isPattern)).toEqual([false, true, true])
})
