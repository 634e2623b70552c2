/**
 * The states of a session, on the side of the client. Between `Joining` and `Challenged` it may go back to `Answering`, where a router asks for two
 * proofs; otherwise it only moves down this list.
 */
export const SessionState = {
  /** HELLO is being prepared. */
  Opening: 'opening',
  /** HELLO was sent: ESTABLISHING in the specification. */
  Joining: 'joining',
  /** CHALLENGE has come, and its answer is being made: CHALLENGING. */
  Answering: 'answering',
  /** AUTHENTICATE was sent: AUTHENTICATING. */
  Challenged: 'challenged',
  /** WELCOME has come, and the router's proof is being checked. */
  Verifying: 'verifying',
  /** ESTABLISHED. */
  Joined: 'joined',
  /** GOODBYE was sent: SHUTTING DOWN. */
  Leaving: 'leaving',
  Closed: 'closed',
} as const
export type SessionState = (typeof SessionState)[keyof typeof SessionState]
