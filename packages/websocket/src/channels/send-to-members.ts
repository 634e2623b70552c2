import { type BroadcastOptions, type BroadcastResult, broadcast, offerTo } from '../application/broadcast.ts'
import { Conversation } from '../conversation/conversation.ts'
import { PreparedFrame } from '../protocol/extending/prepared-frame.ts'
import type { PreparedMessage } from '../protocol/sending/prepared-message.ts'
import { type ChannelMember, endOf, protocolOf } from './member.ts'

/** Sends a message or a frame to members, as `broadcast` does. A message leaves out those that are being sent a stream. */
export function sendToMembers<Member extends ChannelMember>(
  members: Iterable<Member>,
  message: PreparedMessage | PreparedFrame,
  options: BroadcastOptions<Member>,
): BroadcastResult<Member> {
  if (message instanceof PreparedFrame)
    return broadcast(members, options, isMember, (member, evenSlow) => offerTo(protocolOf(member), message, evenSlow))
  return broadcast(members, options, isMember, (member, evenSlow) => {
    // a stream that waits to begin would be overtaken
    const isSendingStream = member instanceof Conversation && member.isSendingStream
    return !isSendingStream && offerTo(protocolOf(member), message, evenSlow)
  })
}

function isMember(value: unknown): boolean {
  return endOf(value) !== undefined
}
