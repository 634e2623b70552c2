/// <reference lib="esnext.disposable" preserve="true" />

import { type BroadcastOptions, type BroadcastResult, broadcast, offerTo } from '../application/broadcast.ts'
import { preparedMessage } from '../application/payload.ts'
import type { Octets } from '../bytes/octets.ts'
import { type Text, webText } from '../bytes/text.ts'
import { PreparedFrame } from '../protocol/extending/prepared-frame.ts'
import { ApiMisuse } from '../protocol/faults/errors.ts'
import { shownValue } from '../protocol/faults/shown-value.ts'
import { PreparedMessage } from '../protocol/sending/prepared-message.ts'
import type { Connection } from './connection.ts'
import { Conversation } from './conversation.ts'
import type { Inbox } from './inbox.ts'

/**
 * The promise that `Channel.join` returns. It resolves when the connection has left. With `using`, the connection leaves at the end of the
 * block.
 */
export interface Membership extends Promise<void>, Disposable {}

/** A set of connections to broadcast to. Connections leave when they close. */
export class Channel {
  readonly #members = new Map<Connection, Joined>()
  /** Connections whose end is waited for already, however often they join. */
  readonly #watched = new WeakSet<Connection>()

  get size(): number {
    return this.#members.size
  }

  /**
   * Adds a connection. The promise resolves when it has left. A connection that is closed already does not become a member, and the promise
   * resolves at once. When a member joins again it stays one member, and both promises resolve when it leaves.
   *
   * Joining changes nothing for an application that receives from the connection. If it has never done so, the member's messages are
   * discarded once more than 16 of them or 1 MiB wait, so that a talkative member is not stopped. Rejects with `ApiMisuse` for anything but
   * a `Connection`.
   */
  join(connection: Connection): Membership {
    const member = this.#members.get(connection)
    if (member !== undefined) return member.membership
    const conversation = Conversation.behind(connection)
    if (conversation === undefined)
      return disposable(Promise.reject(new ApiMisuse(`${notAConnection}, and not ${shownValue(connection)}`)), ignore)
    if (connection.protocol.closeInfo !== undefined) return disposable(Promise.resolve(), ignore)
    const joined = new Joined(conversation, () => {
      if (this.#members.get(connection) === joined) this.leave(connection)
    })
    this.#members.set(connection, joined)
    this.#watch(connection)
    return joined.membership
  }

  leave(connection: Connection): void {
    const joined = this.#members.get(connection)
    this.#members.delete(connection)
    joined?.end()
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
  broadcast(
    message: string | Octets | PreparedMessage | PreparedFrame,
    options: BroadcastOptions<Connection> = {},
  ): BroadcastResult<Connection> {
    if (PreparedFrame.is(message))
      return broadcast(this.#members.keys(), options, isConversation, (member, evenSlow) => offerTo(member.protocol, message, evenSlow))
    const prepared = PreparedMessage.is(message) ? message : preparedMessage(message, this.#text)
    return broadcast(this.#members.keys(), options, isConversation, (member, evenSlow) => {
      // a stream that waits to begin would be overtaken
      const isSendingStream = member instanceof Conversation && member.isSendingStream
      return !isSendingStream && offerTo(member.protocol, prepared, evenSlow)
    })
  }

  /** The text encoder of a member's runtime. */
  get #text(): Text {
    for (const { text } of this.#members.values()) return text
    return webText
  }

  #watch(connection: Connection): void {
    if (this.#watched.has(connection)) return
    this.#watched.add(connection)
    void connection.protocol.closed.then(() => this.leave(connection))
  }
}

/** A connection in a channel, from joining to leaving. */
class Joined {
  readonly membership: Membership
  readonly text: Text
  readonly #inbox: Inbox
  #settle: () => void = ignore

  constructor({ inbox, text }: Conversation, leave: () => void) {
    this.text = text
    this.#inbox = inbox
    const left = new Promise<void>(resolve => {
      this.#settle = resolve
    })
    this.membership = disposable(left, leave)
    inbox.joined()
  }

  end(): void {
    this.#inbox.left()
    this.#settle()
  }
}

function disposable(promise: Promise<void>, dispose: () => void): Membership {
  return Object.defineProperty(promise, disposeSymbol, { value: dispose }) as Membership
}

function isConversation(value: unknown): boolean {
  return Conversation.behind(value) !== undefined
}

function ignore(): void {}

/** `Symbol.dispose`, or the symbol that compilers use in its place in runtimes that do not have it. */
const disposeSymbol: symbol = Symbol.dispose ?? Symbol.for('Symbol.dispose')

const notAConnection = 'join takes a Connection of the function style (for protocols of classes there is factory.broadcast)'
