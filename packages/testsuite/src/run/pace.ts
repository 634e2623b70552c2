/** The deadlines for a testee, in seconds on a machine that is not busy; on a busy one `Patience` extends them. */
export interface Pace {
  /** The time for TCP, for TLS and for the opening handshake, each. */
  readonly opening: number
  /** The time for an answer. */
  readonly answer: number
  /** The time for failing the connection, where a case asks for it. */
  readonly failure: number
  /** The time for the answer to a close frame. */
  readonly close: number
  /** The time for ending TCP after the closing handshake. */
  readonly drop: number
}

export const usualPace: Pace = { opening: 10, answer: 10, failure: 5, close: 5, drop: 2 }
