import { type Awaitable, CloseCode, PeerMisbehaved, UnsentLimitExceeded } from '@autobahn-ts/websocket/portable'

/**
 * The connection under WAMP: the message tier of `WebSocketProtocol`, with the same names.
 *
 * This is the port for other transports: a class with these members carries WAMP over a browser's `WebSocket`.
 */
export interface MessageTier {
  onOpen(): Awaitable<void>
  onMessage(payload: Uint8Array, isBinary: boolean): Awaitable<void>
  onTextMessage?(text: string): Awaitable<void>
  sendMessage(payload: string): boolean
  sendClose(code?: number, reason?: string): boolean
  failConnection(code: number, reason: string, cause?: Error): void
  readonly isOpen: boolean
  /** The number of messages that were not sent because the peer reads too slowly, if the transport leaves messages out. */
  readonly trafficStats?: { readonly outgoingMessagesNotSent: number }
  /** The end of the connection: its code and reason. Set before `onClose` is called. */
  readonly closeInfo?: object | undefined
  /** Resolves when the connection is gone; never rejects. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>
  /** The `WampFactory` of the protocol. Read when there is a connection. */
  readonly factory: object
}

/**
 * Sends a message that the peer must not miss: the answer that a caller waits for, a call that would wait for its answer, a subscription.
 *
 * The policy `skip` for peers that read too slowly leaves messages out. Here it throws `UnsentLimitExceeded`, as the policy `throw` does.
 */
export function sendUnskipped(tier: MessageTier, message: string): boolean {
  const before = tier.trafficStats?.outgoingMessagesNotSent
  const goesOn = tier.sendMessage(message)
  if (!goesOn && tier.isOpen && tier.trafficStats?.outgoingMessagesNotSent !== before)
    throw new UnsentLimitExceeded('the message was not sent: the peer reads too slowly')
  return goesOn
}

/** Closes the connection with the code and the reason of a `PeerMisbehaved`. Throws any other error on. */
export function answerFault(tier: MessageTier, error: unknown): void {
  if (!(error instanceof PeerMisbehaved)) throw error
  tier.failConnection(error.closeCode, error.message, error)
}

/** Closes the connection of a peer that has sent a binary message: every message of WAMP 1 is text. */
export function answerBinary(tier: MessageTier): void {
  answerFault(tier, new PeerMisbehaved(CloseCode.UnsupportedData, 'a WAMP message is text'))
}
