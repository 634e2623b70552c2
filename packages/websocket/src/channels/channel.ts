import { type BroadcastOptions, type BroadcastResult, broadcast, offerTo } from '../application/broadcast.ts'
import { preparedMessage } from '../application/payload.ts'
import type { Octets } from '../bytes/octets.ts'
import { webText } from '../bytes/text.ts'
import type { Connection } from '../conversation/connection.ts'
import { Conversation } from '../conversation/conversation.ts'
import type { ErrorReport } from '../conversation/function-factories.ts'
import { checkOptions, type OptionChecks } from '../protocol/checks/check-options.ts'
import { someFunction } from '../protocol/checks/option-values.ts'
import { PreparedFrame } from '../protocol/extending/prepared-frame.ts'
import { asError } from '../protocol/faults/as-error.ts'
import { ApiMisuse } from '../protocol/faults/errors.ts'
import { shownValue } from '../protocol/faults/shown-value.ts'
import { guarded, printError } from '../protocol/hooks/guarded.ts'
import { PreparedMessage } from '../protocol/sending/prepared-message.ts'
import { type Membership, membershipOf } from './membership.ts'
import { Room, type RoomEvents, type RoomSource, useRoom } from './room.ts'

/** The options of a channel. */
export interface ChannelOptions<Member extends Connection = Connection> {
  /** Called when a connection has become a member. */
  readonly onJoin?: (member: Member) => void
  /** Called when a connection is no longer a member, because it has left or closed. */
  readonly onLeave?: (member: Member) => void
  /** Called with errors that `onJoin` and `onLeave` throw, or reject with. Default: prints them. */
  readonly onError?: ErrorReport
}

/**
 * A set of connections to broadcast to. Connections leave when they close.
 *
 * A loop over the channel visits its members in the order in which they joined. Those that join or leave meanwhile are visited, or not, as
 * in a loop over a `Set`.
 */
export class Channel<Member extends Connection = Connection> {
  #source: RoomSource<Member>

  /** Throws `ApiMisuse` for options that do not exist. */
  constructor(options: ChannelOptions<Member> = {}) {
    checkOptions<ChannelOptions<Member>>(options, channelOptions, 'Channel')
    this.#source = new OwnRoom(options)
  }

  /**
   * Gives the channel the members of a room that is kept elsewhere, and returns it. For `Channels`.
   *
   * @internal
   */
  [useRoom](source: RoomSource<Member>): this {
    this.#source = source
    return this
  }

  /** The number of members. */
  get size(): number {
    return this.#source.occupied?.size ?? 0
  }

  /** Tells whether a connection is a member. */
  has(connection: Member): boolean {
    return this.#source.occupied?.has(connection) ?? false
  }

  [Symbol.iterator](): IterableIterator<Member> {
    return this.#source.occupied?.members() ?? [][Symbol.iterator]()
  }

  /**
   * Adds a connection. The promise resolves when it has left. A connection that is closed already does not become a member, and the promise
   * resolves at once. When a member joins again it stays one member, and both promises resolve when it leaves.
   *
   * Joining changes nothing for an application that receives from the connection. If it has never done so, the member's messages are
   * discarded once more than 16 of them or 1 MiB wait, so that a talkative member is not stopped. Rejects with `ApiMisuse` for anything but
   * a `Connection`.
   */
  join(connection: Member): Membership {
    const conversation = Conversation.behind(connection)
    if (conversation === undefined) return refused(`${notAConnection}, and not ${shownValue(connection)}`)
    if (connection.protocol.closeInfo !== undefined && !this.has(connection)) return membershipOf(Promise.resolve(), ignore)
    return this.#source.open().join(connection, conversation)
  }

  /** Removes a connection. Does nothing if it is not a member. */
  leave(connection: Member): void {
    this.#source.occupied?.leave(connection)
  }

  /**
   * Sends a message to all members, or to those in `options.to`. It is framed once.
   *
   * For a member that reads slowly the message waits, up to its `maxUnsentSize`; with `slow: 'skip'` it is left out. Returns the number of
   * members that the message was sent to, and the members that were skipped: too slow, closing, or in the middle of sending a stream.
   *
   * A `PreparedFrame` goes to members on which an extension claims its opcode and its reserved bits, also while they send a stream; all
   * others are skipped.
   */
  broadcast(message: string | Octets | PreparedMessage | PreparedFrame, options: BroadcastOptions<Member> = {}): BroadcastResult<Member> {
    if (PreparedFrame.is(message))
      return broadcast(this, options, isConversation, (member, evenSlow) => offerTo(member.protocol, message, evenSlow))
    const prepared = PreparedMessage.is(message) ? message : preparedMessage(message, this.#source.occupied?.text ?? webText)
    return broadcast(this, options, isConversation, (member, evenSlow) => {
      // a stream that waits to begin would be overtaken
      const isSendingStream = member instanceof Conversation && member.isSendingStream
      return !isSendingStream && offerTo(member.protocol, prepared, evenSlow)
    })
  }
}

/** The room of a channel that stands alone. */
class OwnRoom<Member extends Connection> implements RoomSource<Member>, RoomEvents<Member> {
  readonly occupied: Room<Member>
  readonly #options: ChannelOptions<Member>

  constructor(options: ChannelOptions<Member>) {
    this.#options = options
    this.occupied = new Room(this)
  }

  open(): Room<Member> {
    return this.occupied
  }

  joined(member: Member): void {
    const { onJoin, onError } = this.#options
    if (onJoin !== undefined) guarded(() => onJoin(member), reporting(onError))
  }

  left(member: Member): void {
    const { onLeave, onError } = this.#options
    if (onLeave !== undefined) guarded(() => onLeave(member), reporting(onError))
  }

  emptied(): void {}
}

/** Returns a function that passes what was thrown to `onError`, or prints it. Never throws: what `onError` throws is printed. */
export function reporting(onError: ErrorReport | undefined): (thrown: unknown) => void {
  return thrown => guarded(() => (onError === undefined ? printError(thrown) : onError(asError(thrown))), printError)
}

function refused(message: string): Membership {
  return membershipOf(Promise.reject(new ApiMisuse(message)), ignore)
}

function isConversation(value: unknown): boolean {
  return Conversation.behind(value) !== undefined
}

function ignore(): void {}

/** The options that `Channel` and `Channels` have in common. */
export const channelOptions: OptionChecks<ChannelOptions> = { onJoin: someFunction, onLeave: someFunction, onError: someFunction }

const notAConnection = 'join takes a Connection of the function style (for protocols of classes there is factory.broadcast)'
