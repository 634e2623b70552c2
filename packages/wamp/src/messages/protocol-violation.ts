/**
 * The fault of a peer that breaks the rules of WAMP. The session ends with ABORT `wamp.error.protocol_violation`, whose message is that of
 * this error; it names the message and the element.
 */
export class ProtocolViolation extends Error {
  override readonly name = 'ProtocolViolation'
  readonly code: 'ERR_WAMP_PROTOCOL_VIOLATION' = 'ERR_WAMP_PROTOCOL_VIOLATION'
}
