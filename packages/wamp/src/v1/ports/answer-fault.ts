import { CloseCode, PeerMisbehaved } from '@autobahn-ts/websocket/portable'
import type { MessageTier } from './message-tier.ts'

/** Closes the connection for the peer's fault, and throws on what is not the peer's. */
export function answerFault(tier: MessageTier, error: unknown): void {
  if (!(error instanceof PeerMisbehaved)) throw error
  tier.failConnection(error.closeCode, error.message, error)
}

/** Every message of WAMP 1 is text. */
export function answerBinary(tier: MessageTier): void {
  answerFault(tier, new PeerMisbehaved(CloseCode.UnsupportedData, 'a WAMP message is text'))
}
