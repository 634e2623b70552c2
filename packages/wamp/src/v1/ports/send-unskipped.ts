import { UnsentLimitExceeded } from '@autobahn-ts/websocket/portable'
import type { MessageTier } from './message-tier.ts'

/**
 * Sends what must not be missing at the peer: an answer that somebody waits for, a call that would wait for its answer, a subscription.
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
