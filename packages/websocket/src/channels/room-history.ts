import type { BroadcastOptions } from '../application/broadcast.ts'
import type { Following, KeptPlace, KeptSubject } from '../bus/keeping-bus.ts'
import type { Octets } from '../bytes/octets.ts'
import { PreparedFrame } from '../protocol/extending/prepared-frame.ts'
import { ConnectionClosed } from '../protocol/faults/errors.ts'
import { guarded } from '../protocol/hooks/guarded.ts'
import type { Envelope } from './envelope.ts'
import type { JoinOptions } from './join-options.ts'
import type { ChannelMember, MemberEnd } from './member.ts'
import { RecentMessages } from './recent-messages.ts'
import { sendToMembers } from './send-to-members.ts'

/** The view that the history of a room has of the room. */
export interface HistoryRoom<Member> {
  members(): Iterable<Member>
  /** Reads a message. Throws `PeerMisbehaved` where it is not a broadcast. */
  read(octets: Octets): Envelope
  /** Called with errors that have no recipient. Must not throw. */
  failed(thrown: unknown): void
}

/** The messages of a channel that are kept: passes them on to the members of a room, and the earlier ones to those who join for them. */
export class RoomHistory<Member extends ChannelMember> {
  /** Settles with the answer of the bus. It need not be handled: the error is reported too. */
  readonly confirmed: Promise<void>
  readonly #kept: KeptSubject
  readonly #room: HistoryRoom<Member>
  /** The members that are not sent what comes, because they are sent earlier messages, or have been sent this one among them. */
  readonly #behind = new Map<Member, Behind>()
  readonly #told: Map<Member, (position: string) => void>
  /** The last messages, while members are sent earlier ones. */
  #recent: RecentMessages | undefined
  #following: Following | undefined
  #state: 'following' | 'refused' | 'ended' = 'following'
  #last: KeptPlace | undefined

  /** `refused` is the history that the bus has refused before, for the members that are there already. */
  constructor(kept: KeptSubject, room: HistoryRoom<Member>, refused?: RoomHistory<Member>) {
    this.#told = refused === undefined ? new Map() : refused.#told
    this.#kept = kept
    this.#room = room
    this.confirmed = this.#follow()
    this.confirmed.catch(error => room.failed(error))
  }

  get wasRefused(): boolean {
    return this.#state === 'refused'
  }

  /** The position of the last message that was passed on. */
  get position(): string | undefined {
    return this.#last?.position
  }

  /** Begins to send to a member what `options` say. The promise settles when it is sent what comes, as the others are. */
  join(member: Member, end: MemberEnd, { since, onMessage, onGap }: JoinOptions): Promise<void> {
    if (onMessage !== undefined) this.#told.set(member, onMessage)
    if (since === undefined) return this.confirmed
    const behind: Behind = { until: Number.POSITIVE_INFINITY }
    this.#behind.set(member, behind)
    return this.#replay(member, end, since, behind, onGap)
  }

  leave(member: Member): void {
    this.#behind.delete(member)
    this.#told.delete(member)
  }

  end(): void {
    this.#state = 'ended'
    this.#following?.end()
  }

  async #follow(): Promise<void> {
    try {
      const message = (octets: Octets, place: KeptPlace, own: unknown): void =>
        this.#received(octets, place, own as BroadcastOptions<Member>)
      const following = await this.#kept.follow({ message })
      this.#last ??= following.from
      if (this.#state === 'ended') following.end()
      else this.#following = following
    } catch (error) {
      if (this.#state === 'following') this.#state = 'refused'
      throw error
    }
  }

  async #replay(member: Member, end: MemberEnd, since: Date | string, behind: Behind, onGap?: () => void): Promise<void> {
    try {
      await this.confirmed
      this.#recent ??= new RecentMessages((this.#last?.order ?? 0) + 1)
      let reached: Date | string | undefined = since
      while (reached !== undefined) reached = await this.#approach(member, end, reached, behind, onGap)
    } finally {
      // After a refusal the member is sent what comes, as one without since.
      if (behind.until === Number.POSITIVE_INFINITY && this.#behind.get(member) === behind) this.#behind.delete(member)
      if (![...this.#behind.values()].some(({ until }) => until === Number.POSITIVE_INFINITY)) this.#recent = undefined
    }
  }

  /**
   * Sends a member what is kept, and the messages that came meanwhile. Returns the position that it has reached where it did not catch up, because more came
   * than is remembered.
   */
  async #approach(
    member: Member,
    end: MemberEnd,
    since: Date | string,
    behind: Behind,
    onGap?: () => void,
  ): Promise<Date | string | undefined> {
    const isOver = (): boolean => this.#behind.get(member) !== behind
    const told = this.#told.get(member)
    let reached = since
    let next = 0
    await this.#kept.replay(since, {
      get isOver() {
        return isOver()
      },
      message: (octets, place) => {
        reached = place.position
        return this.#replayed(end, octets, place, told)
      },
      gap: () => onGap && guarded(onGap, thrown => this.#room.failed(thrown)),
      caughtUp: order => {
        next = order
        return this.#recent?.has(order) ?? true
      },
    })
    for (;;) {
      const { recent, last } = { recent: this.#recent, last: this.#last }
      if (isOver() || recent === undefined) return undefined
      if (!recent.has(next)) return reached
      const missing = recent.since(next)
      if (missing.length === 0) {
        behind.until = Math.max(next, (last?.order ?? 0) + 1)
        return undefined
      }
      for (const { octets, place } of missing) {
        if (isOver()) return undefined
        reached = place.position
        next = place.order + 1
        await this.#replayed(end, octets, place, told)
      }
    }
  }

  async #replayed(end: MemberEnd, octets: Octets, { position }: KeptPlace, told?: (position: string) => void): Promise<void> {
    const envelope = this.#read(octets)
    if (envelope === undefined) return
    const { message } = envelope
    try {
      if (message instanceof PreparedFrame) sendToMembers([end.protocol], message, {})
      else await end.send(message.payload, { binary: message.isBinary, doNotCompress: message.options.doNotCompress === true })
      this.#tell(told, position)
    } catch (error) {
      // A member whose connection has closed leaves, which ends the replay.
      if (!(error instanceof ConnectionClosed)) this.#room.failed(error)
    }
  }

  /** Sends a message to all members that have not been sent it already. */
  #received(octets: Octets, place: KeptPlace, own: BroadcastOptions<Member> | undefined): void {
    if (this.#state !== 'following') return
    this.#last = place
    this.#recent?.add({ octets, place })
    const envelope = this.#read(octets)
    if (envelope === undefined) return
    const members = this.#behind.size === 0 ? this.#room.members() : this.#upToDate(place.order)
    const slow = envelope.skipsSlow ? 'skip' : 'send'
    sendToMembers(members, envelope.message, own?.except === undefined ? { slow } : { slow, except: own.except })
    for (const [member, told] of this.#told) if (!this.#behind.has(member)) this.#tell(told, place.position)
  }

  #upToDate(order: number): Member[] {
    for (const [member, { until }] of this.#behind) if (until <= order) this.#behind.delete(member)
    return [...this.#room.members()].filter(member => !this.#behind.has(member))
  }

  #read(octets: Octets): Envelope | undefined {
    try {
      return this.#room.read(octets)
    } catch (error) {
      this.#room.failed(error)
    }
  }

  #tell(told: ((position: string) => void) | undefined, position: string): void {
    if (told !== undefined)
      guarded(
        () => told(position),
        thrown => this.#room.failed(thrown),
      )
  }
}

/** A member that is sent earlier messages: until the order of the first one that it is sent as it comes. */
interface Behind {
  until: number
}
