/** Close codes, RFC 6455 §7.4.1 and the registry it started. */
export const CloseCode = {
  Normal: 1000,
  GoingAway: 1001,
  ProtocolError: 1002,
  UnsupportedData: 1003,
  /** Never on the wire: the close frame had no code. */
  NoCode: 1005,
  /** Never on the wire: the connection was lost without a close frame. */
  Abnormal: 1006,
  InvalidPayload: 1007,
  PolicyViolation: 1008,
  MessageTooBig: 1009,
  MandatoryExtension: 1010,
  InternalError: 1011,
  ServiceRestart: 1012,
  TryAgainLater: 1013,
  BadGateway: 1014,
  /** Never on the wire: TLS failed. */
  TlsFailed: 1015,
  /**
   * Tells whether a close frame may carry the code: 1000-1003, 1007-1014, 3000-4999. A gateway asks before it passes on the code of another
   * connection, which may be 1005 or 1006.
   */
  mayBeSent(code: number): boolean {
    return mayBeSent(code)
  },
} as const

/** Tells whether a close frame may carry the code, RFC 6455 §7.4.2 and the registry: 1000-1003, 1007-1014, 3000-4999. */
export function mayBeSent(code: number): boolean {
  if (!Number.isInteger(code)) return false
  if (code >= 3000) return code <= 4999
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014)
}
