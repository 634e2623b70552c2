import type { InvokePolicy } from '@autobahn-ts/wamp/protocol'
import { expect, it } from 'vitest'
import { invocationOrder } from '../../src/dealer/invocation-order.ts'

it.each<[InvokePolicy, number, number]>([
  ['single', 0, 1],
  ['first', 0, 1],
  ['last', 2, -1],
  ['roundrobin', 1, 1],
  ['random', 2, 1],
])('%s begins at %i and goes by %i', (policy, first, step) => {
  expect(invocationOrder(policy, 3, 4, below => below - 1)).toEqual({ first, step })
})
