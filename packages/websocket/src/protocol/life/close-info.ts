/** How a connection ended. */
export interface CloseInfo {
  /** The peer's close code; 1005 if its close frame had none; 1006 if the connection did not close cleanly. */
  readonly code: number
  /** The peer's reason, or what happened, for a person to read. */
  readonly reason: string
  /** Whether both sides sent a close frame and none of them had failed the connection. */
  readonly wasClean: boolean
  /** Who ended it: the peer, we ourselves (also by failing or dropping it), or nobody. */
  readonly by: 'peer' | 'self' | 'network'
  /** The code of the close frame that we sent, where we sent one. */
  readonly localCloseCode?: number
  /** What the peer did wrong, what the application threw, or the system's error. */
  readonly cause?: Error
}
