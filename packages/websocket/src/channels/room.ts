import { BusError } from '../bus/bus-error.ts'
import type { Schedule } from '../bytes/clock.ts'
import type { Octets } from '../bytes/octets.ts'
import { type Text, webText } from '../bytes/text.ts'
import { webSchedule } from '../bytes/web-schedule.ts'
import type { BusLine } from './bus-line.ts'
import { whenDeparted } from './departures.ts'
import type { JoinOptions } from './join-options.ts'
import { LaterAttempt } from './later-attempt.ts'
import type { Listening } from './listening.ts'
import type { ChannelMember, MemberEnd } from './member.ts'
import { type Membership, membershipOf } from './membership.ts'
import { isPresence, readPresence } from './presence-message.ts'
import type { PresenceOfMembers } from './presence-options.ts'
import type { CountedRoom } from './roll-call.ts'
import { RoomHistory } from './room-history.ts'
import { sendToMembers } from './send-to-members.ts'

/** The view that a channel has of its room. A room of a `Channels` exists only while it has members. */
export interface RoomSource<Member extends ChannelMember> {
  /** The way to the other processes, if there is one. */
  readonly line: BusLine | undefined
  /** The room, if it has members. */
  readonly occupied: Room<Member> | undefined
  /** Returns the room, and makes it where it does not exist. */
  open(): Room<Member>
}

/** The view that a room has of its channel. */
export interface RoomOwner<Member> {
  readonly line: BusLine | undefined
  /** The way to tell other processes of the members, and to hear of theirs; absent where the options do not ask for it. */
  readonly presence: PresenceOfMembers<Member> | undefined
  joined(member: Member): void
  left(member: Member): void
  /** Called when the last member has left, before `left`. */
  emptied(): void
  /** Called with errors that have no recipient. */
  failed(thrown: unknown): void
}

/** Method of a channel that gives it a room of a `Channels`. */
export const useRoom: unique symbol = Symbol('useRoom')

/** The members of one channel. While there are any, the room listens to the bus of its channel. */
export class Room<Member extends ChannelMember> implements CountedRoom {
  readonly #members = new Map<Member, Joined>()
  readonly #owner: RoomOwner<Member>
  #listening: Listening | undefined
  #history: RoomHistory<Member> | undefined
  /** Settles when the bus has confirmed all that the room has asked for. */
  #confirmed: Promise<void> | undefined
  /** The answer of the bus that is waited for. */
  #awaited: Promise<void> | undefined
  readonly #again: LaterAttempt
  /** The processes that have told of members, with the last number that each has told. Made with the first of them. */
  #elsewhere: Map<string, number> | undefined

  constructor(owner: RoomOwner<Member>, schedule: Schedule = webSchedule) {
    this.#owner = owner
    this.#again = new LaterAttempt(schedule, () => void this.#listen())
  }

  get size(): number {
    return this.#members.size
  }

  /** The text encoder of a member's runtime. */
  get text(): Text {
    for (const { text } of this.#members.values()) return text
    return webText
  }

  /** The position of the last message that is kept and was passed on to the members. */
  get position(): string | undefined {
    return this.#history?.position
  }

  has(connection: Member): boolean {
    return this.#members.has(connection)
  }

  members(): IterableIterator<Member> {
    return this.#members.keys()
  }

  /** Adds a member, whose connection is open. It stays one member when it joins again. */
  join(connection: Member, end: MemberEnd, options: JoinOptions = noOptions): Membership {
    const confirmed = this.#listen()
    const member = this.#members.get(connection)
    if (member !== undefined) return member.membershipWith(confirmed)
    const upToDate = this.#upToDate(connection, end, confirmed, options)
    const joined: Joined = new Joined(end, upToDate, () => {
      if (this.#members.get(connection) === joined) this.leave(connection)
    })
    joined.description = this.#owner.presence?.describe(connection)
    this.#members.set(connection, joined)
    this.#tell('join', joined)
    this.#owner.joined(connection)
    return joined.membership
  }

  /** Removes a member. Does nothing if the connection is not one. */
  leave(connection: Member): void {
    const joined = this.#members.get(connection)
    if (joined === undefined) return
    this.#members.delete(connection)
    joined.end()
    this.#history?.leave(connection)
    this.#tell('leave', joined)
    if (this.#members.size === 0) this.#empty()
    this.#owner.left(connection)
  }

  described(most: number): readonly unknown[] {
    const descriptions: unknown[] = []
    for (const { description } of this.#members.values()) {
      if (descriptions.length === most) break
      if (description !== undefined) descriptions.push(description)
    }
    return descriptions
  }

  processLost(process: string): void {
    if (this.#elsewhere?.delete(process)) this.#owner.presence?.told({ kind: 'lost', process, member: undefined, size: 0 })
  }

  failed(thrown: unknown): void {
    this.#owner.failed(thrown)
  }

  /** Tells the other processes that a member has come or gone, where they are told of members. */
  #tell(kind: 'join' | 'leave', { description }: Joined): void {
    const { line, presence } = this.#owner
    if (presence !== undefined) line?.announce({ kind, member: description, size: this.#members.size })
  }

  /** Listens to the bus, if there is one, and returns its answer. A bus that has refused is asked again. */
  #listen(): Promise<void> {
    const { line } = this.#owner
    if (line === undefined) return atOnce
    if (this.#listening === undefined || this.#listening.wasRefused) {
      const listening = line.listen(octets => this.#received(line, octets))
      this.#listening = listening
      this.#confirmed = undefined
      listening.confirmed.then(() => this.#listening === listening && line.enter(this), ignore)
    }
    const { kept } = line
    if (kept === undefined) return this.#heeded(this.#listening.confirmed)
    if (this.#history === undefined || this.#history.wasRefused) {
      const room = {
        members: () => this.members(),
        read: (octets: Octets) => line.read(octets, this.text),
        failed: (thrown: unknown) => this.failed(thrown),
      }
      this.#history = new RoomHistory(kept, room, this.#history)
      this.#confirmed = undefined
    }
    this.#confirmed ??= both(this.#listening.confirmed, this.#history.confirmed)
    return this.#heeded(this.#confirmed)
  }

  /** Returns the answer of the bus, and has the bus asked again later where it is a refusal. */
  #heeded(confirmed: Promise<void>): Promise<void> {
    if (confirmed === this.#awaited) return confirmed
    this.#awaited = confirmed
    confirmed.then(
      () => this.#awaited === confirmed && this.#again.stop(),
      error => this.#awaited === confirmed && isRefusal(error) && this.#again.refused(),
    )
    return confirmed
  }

  /** Settles when a new member is sent what comes; with `since`, after what was kept. */
  #upToDate(connection: Member, end: MemberEnd, confirmed: Promise<void>, options: JoinOptions): Promise<void> {
    if (this.#history === undefined || options === noOptions) return confirmed
    const replayed = this.#history.join(connection, end, options)
    return options.since === undefined ? confirmed : both(confirmed, replayed)
  }

  #empty(): void {
    this.#listening?.end()
    this.#listening = undefined
    this.#history?.end()
    this.#history = undefined
    this.#confirmed = undefined
    this.#awaited = undefined
    this.#again.stop()
    this.#elsewhere = undefined
    this.#owner.line?.leave(this)
    this.#owner.emptied()
  }

  /** Sends a broadcast of another process to all members. What is not one is reported and dropped. */
  #received(line: BusLine, octets: Octets): void {
    if (isPresence(octets)) return this.#presence(octets)
    try {
      const { message, skipsSlow } = line.read(octets, this.text)
      sendToMembers(this.members(), message, { slow: skipsSlow ? 'skip' : 'send' })
    } catch (error) {
      this.#owner.failed(error)
    }
  }

  #presence(octets: Octets): void {
    const event = octets.length > largestPresence ? undefined : readPresence(octets, this.text)
    if (event === undefined) return this.#owner.failed(new Error('what came over the bus about a member cannot be read'))
    const { presence } = this.#owner
    if (presence === undefined) return
    this.#elsewhere ??= new Map()
    if (event.size === 0) this.#elsewhere.delete(event.process)
    else if (this.#elsewhere.has(event.process) || this.#elsewhere.size < mostProcesses) this.#elsewhere.set(event.process, event.size)
    presence.told(event)
  }
}

/** A connection in a room, from joining to leaving. */
class Joined {
  readonly membership: Membership
  readonly text: Text
  /** The description of the member for other processes. */
  description: unknown
  readonly #inbox: MemberEnd['inbox']
  readonly #leave: () => void
  readonly #stopWaiting: () => void
  #settle: () => void = () => undefined

  constructor(end: MemberEnd, confirmed: Promise<void>, leave: () => void) {
    this.text = end.text
    this.#inbox = end.inbox
    this.#leave = leave
    const left = new Promise<void>(resolve => {
      this.#settle = resolve
    })
    this.membership = membershipOf(left, confirmed, leave)
    this.#stopWaiting = whenDeparted(end.protocol, leave)
    this.#inbox?.joined()
  }

  /** Returns the membership; another one where the bus has been asked again since. */
  membershipWith(confirmed: Promise<void>): Membership {
    if (this.membership.joined === confirmed) return this.membership
    const left = this.membership.then(() => undefined)
    return membershipOf(left, confirmed, this.#leave)
  }

  end(): void {
    this.#stopWaiting()
    this.#inbox?.left()
    this.#settle()
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof BusError && error.reason === 'refused'
}

/** Settles when both do. A rejection need not be handled. */
function both(one: Promise<void>, other: Promise<void>): Promise<void> {
  const settled = Promise.all([one, other]).then(ignore)
  settled.catch(ignore)
  return settled
}

function ignore(): void {}

const atOnce = Promise.resolve()
const noOptions: JoinOptions = {}
/** More than a description of the largest size, with what is around it. */
const largestPresence = 16 * 1024
const mostProcesses = 10_000
