/** Who gets an event of the server's own, of those who have subscribed. */
export interface DispatchOptions<Protocol> {
  /** Protocols that are left out. */
  readonly exclude?: Iterable<Protocol>
  /** The protocols that get it; no others do. Default: all. */
  readonly eligible?: Iterable<Protocol>
}

/** What became of an event. */
export interface Delivery {
  /** Subscribers that it was sent to. */
  readonly delivered: number
  /** Subscribers that it was for; the rest is closing, or missed it as too slow. */
  readonly requested: number
}
