/** How long a testee is waited for, in seconds on a machine that is not busy; on a busy one `Patience` counts slower. */
export interface Pace {
  /** TCP, TLS and the opening handshake, each. */
  readonly opening: number
  /** An answer. */
  readonly answer: number
  /** Failing the connection, where a case asks for it. */
  readonly failure: number
  /** The answer to a close frame. */
  readonly close: number
  /** The end of TCP after the closing handshake. */
  readonly drop: number
}

export const usualPace: Pace = { opening: 10, answer: 10, failure: 5, close: 5, drop: 2 }
