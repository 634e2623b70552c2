import type { InvokePolicy } from '@autobahn-ts/wamp/protocol'

/** The order in which the callees of a registration are asked: from `first` on, by steps of `step`, round and round. */
export interface InvocationOrder {
  readonly first: number
  readonly step: 1 | -1
}

/**
 * Returns the order for one call. `next` is the turn of `roundrobin`; `random` returns an integer from 0 that is less than its argument. A
 * callee that refuses passes the call on to the one after it; `last` goes backwards.
 */
export function invocationOrder(policy: InvokePolicy, callees: number, next: number, random: (below: number) => number): InvocationOrder {
  switch (policy) {
    case 'roundrobin':
      return { first: next % callees, step: 1 }
    case 'random':
      return { first: random(callees), step: 1 }
    case 'last':
      return { first: callees - 1, step: -1 }
    default:
      return { first: 0, step: 1 }
  }
}
