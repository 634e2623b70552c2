/** The numbers of what a bus has done, for metrics. They only grow. */
export interface NatsCounters {
  /** Messages that were given to NATS. */
  readonly published: number
  /** Octets of these messages. */
  readonly publishedOctets: number
  /** Messages that `publish` has rejected because NATS could not be reached, or took too little. */
  readonly rejected: number
  /** Messages that were delivered, once for each pattern that they fit. */
  readonly delivered: number
  /** Octets of these messages. */
  readonly deliveredOctets: number
  /** Messages that were dropped because they were not messages of a bus, or were too large. */
  readonly malformed: number
  /** Messages that came in pieces of which some were missing. */
  readonly incomplete: number
  /** Messages of others that are known not to have arrived. */
  readonly missing: number
  /** Times that messages were found to be missing, also where it is not known how many. */
  readonly gaps: number
  /** Messages that NATS has said are kept. */
  readonly stored: number
  /** Messages that were to be kept and are not known to be. */
  readonly notStored: number
  /** Times that the link to NATS was lost. */
  readonly disconnects: number
  /** Times that it came back. */
  readonly reconnects: number
}

/** Makes counters that are 0. */
export function noCounts(): { -readonly [name in keyof NatsCounters]: number } {
  return {
    published: 0,
    publishedOctets: 0,
    rejected: 0,
    delivered: 0,
    deliveredOctets: 0,
    malformed: 0,
    incomplete: 0,
    missing: 0,
    gaps: 0,
    stored: 0,
    notStored: 0,
    disconnects: 0,
    reconnects: 0,
  }
}
