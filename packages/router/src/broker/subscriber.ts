import type { Party } from '../parties/party.ts'
import { SmallSet } from '../parties/small-set.ts'
import type { Subscription } from './subscription.ts'

/** The subscriptions of one session. */
export class Subscriber {
  readonly party: Party
  readonly subscriptions: SmallSet<Subscription> = new SmallSet()
  /** The number of them that are patterns. */
  patterns = 0

  constructor(party: Party) {
    this.party = party
  }

  add(subscription: Subscription): void {
    this.subscriptions.add(subscription)
    if (subscription.isPattern) this.patterns++
  }

  delete(subscription: Subscription): void {
    if (this.subscriptions.delete(subscription) && subscription.isPattern) this.patterns--
  }
}
