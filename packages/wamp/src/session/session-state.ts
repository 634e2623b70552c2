/**
 * The states of a session, on the side of the client:
 *
 * - `opening`: HELLO is being prepared.
 * - `joining`: HELLO was sent. ESTABLISHING in the specification.
 * - `answering`: CHALLENGE has come, and its answer is being made. CHALLENGING.
 * - `challenged`: AUTHENTICATE was sent. AUTHENTICATING.
 * - `verifying`: WELCOME has come, and the router's proof is being checked.
 * - `joined`: ESTABLISHED.
 * - `leaving`: GOODBYE was sent. SHUTTING DOWN.
 * - `closed`
 *
 * From `challenged` it may go back to `answering`, where a router asks for two proofs; otherwise it only moves down this list.
 */
export type SessionState = 'opening' | 'joining' | 'answering' | 'challenged' | 'verifying' | 'joined' | 'leaving' | 'closed'
