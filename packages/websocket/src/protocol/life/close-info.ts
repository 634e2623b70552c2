/**
 * The end of a connection. `JSON.stringify` of one that the library has made writes the cause as an object of its name, message and code,
 * for logs.
 */
export interface CloseInfo {
  /** The peer's close code; 1005 if its close frame had none; 1006 if the connection did not close cleanly. */
  readonly code: number
  /** The peer's reason, or a description of what happened, for people. */
  readonly reason: string
  /** Whether both sides sent a close frame and neither of them failed the connection. */
  readonly wasClean: boolean
  /** The side that ended it: `peer`; `self`, also by failing or dropping it; or `network` for neither. */
  readonly by: 'peer' | 'self' | 'network'
  /** The code of the close frame that we sent, if we sent one. */
  readonly localCloseCode?: number
  /** The fault of the peer, the exception of the application, or the system's error. */
  readonly cause?: Error
}
