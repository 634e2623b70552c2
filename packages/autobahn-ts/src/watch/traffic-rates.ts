/** The counters of a realm, as `wamp.session.get_traffic` returns them. */
export interface Traffic {
  readonly sessions: number
  readonly subscriptions: number
  readonly registrations: number
  readonly received: Counts
  readonly sent: Counts
  readonly dropped: Counts
  readonly outbox: { readonly octets: number; readonly messages: number; readonly highest_octets: number }
}

/** Numbers by name: of messages by type, or of drops by reason. */
export type Counts = Readonly<Record<string, number>>

/** The messages between two readings of the counters. */
export interface TrafficChange {
  /** Seconds between both. */
  readonly seconds: number
  readonly received: Counts
  readonly sent: Counts
  readonly dropped: Counts
}

/** Keeps the last reading of the counters, and tells what has changed since. */
export class TrafficRates {
  #last: { readonly traffic: Traffic; readonly time: number } | undefined

  /** Takes a reading. `time` is in milliseconds. Returns `undefined` for the first one. */
  next(traffic: Traffic, time: number): TrafficChange | undefined {
    const last = this.#last
    this.#last = { traffic, time }
    if (last === undefined) return undefined
    return {
      seconds: Math.max(0.001, (time - last.time) / 1000),
      received: difference(last.traffic.received, traffic.received),
      sent: difference(last.traffic.sent, traffic.sent),
      dropped: difference(last.traffic.dropped, traffic.dropped),
    }
  }
}

/** Leaves out what has not changed. A counter that has become smaller is that of a router that was started anew. */
function difference(before: Counts, after: Counts): Counts {
  const changes = Object.entries(after).map(([name, count]) => {
    const known = before[name] ?? 0
    return [name, count < known ? count : count - known] as const
  })
  return Object.fromEntries(changes.filter(([, change]) => change > 0))
}
