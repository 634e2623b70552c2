import { type Text, webText } from '../bytes/text.ts'
import type { Connection } from '../conversation/connection.ts'
import type { Conversation } from '../conversation/conversation.ts'
import type { Inbox } from '../conversation/inbox.ts'
import { whenDeparted } from './departures.ts'
import { type Membership, membershipOf } from './membership.ts'

/** The view that a room has of its channel. */
export interface RoomEvents<Member> {
  joined(member: Member): void
  left(member: Member): void
  /** Called when the last member has left, before `left`. */
  emptied(): void
}

/** The view that a channel has of its room. A room of a `Channels` exists only while it has members. */
export interface RoomSource<Member extends Connection> {
  /** The room, if it has members. */
  readonly occupied: Room<Member> | undefined
  /** Returns the room, and makes it where it does not exist. */
  open(): Room<Member>
}

/** Method of a channel that gives it a room of a `Channels`. */
export const useRoom: unique symbol = Symbol('useRoom')

/** The members of one channel. */
export class Room<Member extends Connection> {
  readonly #members = new Map<Member, Joined>()
  readonly #events: RoomEvents<Member>

  constructor(events: RoomEvents<Member>) {
    this.#events = events
  }

  get size(): number {
    return this.#members.size
  }

  /** The text encoder of a member's runtime. */
  get text(): Text {
    for (const { text } of this.#members.values()) return text
    return webText
  }

  has(connection: Member): boolean {
    return this.#members.has(connection)
  }

  members(): IterableIterator<Member> {
    return this.#members.keys()
  }

  /** Adds a member, whose connection is open. It stays one member when it joins again. */
  join(connection: Member, conversation: Conversation): Membership {
    const member = this.#members.get(connection)
    if (member !== undefined) return member.membership
    const joined: Joined = new Joined(conversation, () => {
      if (this.#members.get(connection) === joined) this.leave(connection)
    })
    this.#members.set(connection, joined)
    this.#events.joined(connection)
    return joined.membership
  }

  /** Removes a member. Does nothing if the connection is not one. */
  leave(connection: Member): void {
    const joined = this.#members.get(connection)
    if (joined === undefined) return
    this.#members.delete(connection)
    joined.end()
    if (this.#members.size === 0) this.#events.emptied()
    this.#events.left(connection)
  }
}

/** A connection in a room, from joining to leaving. */
class Joined {
  readonly membership: Membership
  readonly text: Text
  readonly #inbox: Inbox
  readonly #stopWaiting: () => void
  #settle: () => void = () => undefined

  constructor(conversation: Conversation, leave: () => void) {
    this.text = conversation.text
    this.#inbox = conversation.inbox
    const left = new Promise<void>(resolve => {
      this.#settle = resolve
    })
    this.membership = membershipOf(left, leave)
    this.#stopWaiting = whenDeparted(conversation, leave)
    this.#inbox.joined()
  }

  end(): void {
    this.#stopWaiting()
    this.#inbox.left()
    this.#settle()
  }
}
