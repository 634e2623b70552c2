import { subjectOf } from '../bus/subject.ts'
import type { Connection } from '../conversation/connection.ts'
import type { ErrorReport } from '../conversation/function-factories.ts'
import { checkOptions, type OptionChecks } from '../protocol/checks/check-options.ts'
import { someFunction, someText } from '../protocol/checks/option-values.ts'
import { ApiMisuse } from '../protocol/faults/errors.ts'
import { shownValue } from '../protocol/faults/shown-value.ts'
import { guarded, reporting } from '../protocol/hooks/guarded.ts'
import { BusLine, type BusSettings } from './bus-line.ts'
import type { PresenceEvent } from './census.ts'
import { Channel } from './channel.ts'
import { busChecks, busSettings, type ChannelBusOptions } from './channel-bus-options.ts'
import type { ChannelMember } from './member.ts'
import { type PresenceOfMembers, presenceChecks, presenceOf } from './presence-options.ts'
import { Room, type RoomOwner, type RoomSource, useRoom } from './room.ts'

/** The options of a set of channels. A bus needs keys that are strings. */
export interface ChannelsOptions<Key = string, Member extends ChannelMember = Connection> extends ChannelBusOptions {
  /** The beginning of the names of the channels on the bus: `rooms` makes the key `a` the name `rooms.a`. Default: the key is the name. */
  readonly name?: string
  /** Called when a connection has become a member of the channel `key`. */
  readonly onJoin?: (member: Member, key: Key) => void
  /** Called when a connection is no longer a member of the channel `key`, because it has left or closed. */
  readonly onLeave?: (member: Member, key: Key) => void
  /**
   * Returns what other processes are told about a member, when it joins the channel `key`: a value of at most 1,024 characters as JSON. With this
   * option or with `onPresence`, other processes are told when members join and leave; a census has the descriptions.
   */
  readonly describe?: (member: Member, key: Key) => unknown
  /**
   * Called when a member joins or leaves the channel `key` in another process that has this option or `describe`, while that channel has
   * members here.
   */
  readonly onPresence?: (event: PresenceEvent, key: Key) => void
  /**
   * Called with what `onJoin` and `onLeave` throw, with errors of the bus, and with what came over the bus and is not a broadcast. Default:
   * prints them.
   */
  readonly onError?: ErrorReport
}

/**
 * Channels by key: `rooms.get('a').join(ws)`. Only channels that have members take memory, so keys may come from clients.
 *
 * Keys are compared as those of a `Map`. A loop visits the channels that have members in this process, with their keys.
 *
 * With a `bus`, channels of the same key on all participants of the bus are one. Only channels that have members here ask the bus for
 * messages.
 */
export class Channels<Key = string, Member extends ChannelMember = Connection> {
  readonly #shared: Shared<Key, Member>

  /** Throws `ApiMisuse` for options that do not exist. */
  constructor(options: ChannelsOptions<Key, Member> = {}) {
    checkOptions<ChannelsOptions<Key, Member>>(options, channelsOptions, 'Channels')
    const failed = reporting(options.onError)
    this.#shared = { options, failed, occupied: new Map(), bus: busSettings(options, failed) }
  }

  /** The number of channels that have members in this process. */
  get size(): number {
    return this.#shared.occupied.size
  }

  /** Tells whether the channel of a key has members in this process. */
  has(key: Key): boolean {
    return this.#shared.occupied.has(key)
  }

  /**
   * Returns the channel of a key. A channel without members is not kept.
   *
   * All channels that were returned for one key are the same set of members, for ever: one that was kept while all members left, or that
   * nobody had joined, has the members of those who join later.
   *
   * Throws `ApiMisuse` where there is a bus and the key is not a string, or is longer than 8,192 characters.
   */
  get(key: Key): Channel<Member> {
    return this.#shared.occupied.get(key)?.channel ?? new Channel<Member>()[useRoom](new KeyedRoom(key, this.#shared))
  }

  /** The keys of the channels that have members in this process. */
  keys(): IterableIterator<Key> {
    return this.#shared.occupied.keys()
  }

  *[Symbol.iterator](): IterableIterator<[Key, Channel<Member>]> {
    for (const [key, { channel }] of this.#shared.occupied) yield [key, channel]
  }
}

/** The parts of a `Channels` that its rooms share. */
interface Shared<Key, Member extends ChannelMember> {
  readonly options: ChannelsOptions<Key, Member>
  readonly failed: (thrown: unknown) => void
  readonly bus: BusSettings | undefined
  /** The rooms that have members, each with a channel over it. */
  readonly occupied: Map<Key, { readonly room: Room<Member>; readonly channel: Channel<Member> }>
}

/** The room of one key, which is in the map while it has members. */
class KeyedRoom<Key, Member extends ChannelMember> implements RoomSource<Member>, RoomOwner<Member> {
  readonly line: BusLine | undefined
  readonly presence: PresenceOfMembers<Member> | undefined
  readonly #key: Key
  readonly #shared: Shared<Key, Member>

  constructor(key: Key, shared: Shared<Key, Member>) {
    this.#key = key
    this.#shared = shared
    const { describe, onPresence } = shared.options
    this.presence = presenceOf(
      describe && (member => describe(member, key)),
      onPresence && (event => onPresence(event, key)),
      shared.failed,
    )
    this.line = shared.bus && new BusLine(shared.bus, subjectFor(key, shared.options.name))
  }

  get occupied(): Room<Member> | undefined {
    return this.#shared.occupied.get(this.#key)?.room
  }

  open(): Room<Member> {
    if (this.occupied !== undefined) return this.occupied
    const room = new Room(this)
    this.#shared.occupied.set(this.#key, { room, channel: new Channel<Member>()[useRoom](this) })
    return room
  }

  joined(member: Member): void {
    const { onJoin } = this.#shared.options
    if (onJoin !== undefined) guarded(() => onJoin(member, this.#key), this.#shared.failed)
  }

  left(member: Member): void {
    const { onLeave } = this.#shared.options
    if (onLeave !== undefined) guarded(() => onLeave(member, this.#key), this.#shared.failed)
  }

  emptied(): void {
    this.#shared.occupied.delete(this.#key)
  }

  failed(thrown: unknown): void {
    this.#shared.failed(thrown)
  }
}

function subjectFor(key: unknown, name: string | undefined): string {
  if (typeof key !== 'string') throw new ApiMisuse(`channels with a bus have keys that are strings, and not ${shownValue(key)}`)
  return subjectOf(name === undefined ? key : `${name}.${key}`)
}

const channelsOptions: OptionChecks<ChannelsOptions> = {
  ...busChecks,
  ...presenceChecks,
  name: someText,
  onJoin: someFunction,
  onLeave: someFunction,
  onError: someFunction,
}
