import { type BroadcastOptions, type BroadcastResult, broadcast, offerTo } from '../application/broadcast.ts'
import type { Connection } from '../conversation/connection.ts'
import { Conversation } from '../conversation/conversation.ts'
import { PreparedFrame } from '../protocol/extending/prepared-frame.ts'
import type { PreparedMessage } from '../protocol/sending/prepared-message.ts'

/** Sends a message or a frame to members, as `broadcast` does. A message leaves out those that are being sent a stream. */
export function sendToMembers<Member extends Connection>(
  members: Iterable<Member>,
  message: PreparedMessage | PreparedFrame,
  options: BroadcastOptions<Member>,
): BroadcastResult<Member> {
  if (message instanceof PreparedFrame)
    return broadcast(members, options, isConversation, (member, evenSlow) => offerTo(member.protocol, message, evenSlow))
  return broadcast(members, options, isConversation, (member, evenSlow) => {
    // a stream that waits to begin would be overtaken
    const isSendingStream = member instanceof Conversation && member.isSendingStream
    return !isSendingStream && offerTo(member.protocol, message, evenSlow)
  })
}

function isConversation(value: unknown): boolean {
  return Conversation.behind(value) !== undefined
}
