import type { Id, MatchPolicy, Uri } from '@autobahn-ts/wamp/protocol'
import type { Party } from '../parties/party.ts'
import { SmallSet } from '../parties/small-set.ts'
import type { EventHistory } from './event-history.ts'

/** A topic or pattern with those who subscribe to it. All of them share its id, so an event is encoded once for them. */
export class Subscription {
  readonly id: Id
  readonly match: MatchPolicy
  readonly uri: Uri
  /** The time of day of its creation, in milliseconds since 1970. */
  readonly created: number
  /** The last events, where the realm keeps them; such a subscription stays also without subscribers. */
  history: EventHistory | undefined = undefined
  readonly subscribers: SmallSet<Party> = new SmallSet()

  constructor(id: Id, match: MatchPolicy, uri: Uri, created: number) {
    this.id = id
    this.match = match
    this.uri = uri
    this.created = created
  }

  /** Whether an event does not tell its topic by the subscription. */
  get isPattern(): boolean {
    return this.match !== 'exact'
  }
}
