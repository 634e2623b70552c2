import { WebSocketProtocol } from '../application/protocol.ts'
import { isConnected, parts } from '../application/protocol-parts.ts'
import type { Octets } from '../bytes/octets.ts'
import type { Text } from '../bytes/text.ts'
import type { Connection } from '../conversation/connection.ts'
import { Conversation } from '../conversation/conversation.ts'
import type { Inbox } from '../conversation/inbox.ts'
import * as CloseCode from '../protocol/faults/codes.ts'
import { ConnectionClosed } from '../protocol/faults/errors.ts'

/** A connection of either style: a `Connection`, or the protocol object of a class. */
export type ChannelMember = Connection | WebSocketProtocol

/** The parts of a member that a channel uses. */
export interface MemberEnd {
  readonly protocol: WebSocketProtocol
  readonly text: Text
  /** The messages that wait for the application, which are discarded where it never receives: only in function style. */
  readonly inbox: Pick<Inbox, 'joined' | 'left'> | undefined
  /** Sends a message, and waits until there is room for the next. Rejects with `ConnectionClosed`. */
  send(message: Octets, options: { readonly binary: boolean; readonly doNotCompress: boolean }): Promise<void>
}

/**
 * Returns the parts of a member; `undefined` for any other value, also for the protocol object of a `Connection`: the connection itself
 * joins, because it knows what its streams send.
 */
export function endOf(member: unknown): MemberEnd | undefined {
  const conversation = Conversation.behind(member)
  if (conversation !== undefined) return conversation
  if (!WebSocketProtocol[isConnected](member)) return undefined
  return 'conversation' in member && Conversation.behind(member.conversation) !== undefined ? undefined : new ProtocolEnd(member)
}

/** Returns the protocol object of a member. */
export function protocolOf(member: ChannelMember): WebSocketProtocol {
  return member instanceof WebSocketProtocol ? member : member.protocol
}

/** A member in class style. */
class ProtocolEnd implements MemberEnd {
  readonly protocol: WebSocketProtocol
  readonly inbox = undefined

  constructor(protocol: WebSocketProtocol) {
    this.protocol = protocol
  }

  get text(): Text {
    return this.protocol[parts].connection.shared.runtime.text
  }

  async send(message: Octets, { binary, doNotCompress }: { readonly binary: boolean; readonly doNotCompress: boolean }): Promise<void> {
    if (!this.protocol.isOpen) throw new ConnectionClosed(CloseCode.Abnormal, 'the connection is closing')
    if (this.protocol.sendMessage(message, binary, { doNotCompress })) return
    const { outbox } = this.protocol[parts].connection
    await Promise.race([new Promise<void>(resolve => outbox.whenGone(resolve)), this.protocol.closed])
  }
}
