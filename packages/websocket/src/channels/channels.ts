import type { Connection } from '../conversation/connection.ts'
import type { ErrorReport } from '../conversation/function-factories.ts'
import { checkOptions, type OptionChecks } from '../protocol/checks/check-options.ts'
import { someFunction } from '../protocol/checks/option-values.ts'
import { guarded } from '../protocol/hooks/guarded.ts'
import { Channel, reporting } from './channel.ts'
import { Room, type RoomEvents, type RoomSource, useRoom } from './room.ts'

/** The options of a set of channels. */
export interface ChannelsOptions<Key = string, Member extends Connection = Connection> {
  /** Called when a connection has become a member of the channel `key`. */
  readonly onJoin?: (member: Member, key: Key) => void
  /** Called when a connection is no longer a member of the channel `key`, because it has left or closed. */
  readonly onLeave?: (member: Member, key: Key) => void
  /** Called with errors that `onJoin` and `onLeave` throw, or reject with. Default: prints them. */
  readonly onError?: ErrorReport
}

/**
 * Channels by key: `rooms.get('a').join(ws)`. Only channels that have members take memory, so keys may come from clients.
 *
 * Keys are compared as those of a `Map`. A loop visits the channels that have members, with their keys.
 */
export class Channels<Key = string, Member extends Connection = Connection> {
  readonly #options: ChannelsOptions<Key, Member>
  readonly #occupied: Occupied<Key, Member> = new Map()

  /** Throws `ApiMisuse` for options that do not exist. */
  constructor(options: ChannelsOptions<Key, Member> = {}) {
    checkOptions<ChannelsOptions<Key, Member>>(options, channelsOptions, 'Channels')
    this.#options = options
  }

  /** The number of channels that have members. */
  get size(): number {
    return this.#occupied.size
  }

  /** Tells whether the channel of a key has members. */
  has(key: Key): boolean {
    return this.#occupied.has(key)
  }

  /**
   * Returns the channel of a key. A channel without members is not kept.
   *
   * All channels that were returned for one key are the same set of members, for ever: one that was kept while all members left, or that
   * nobody had joined, has the members of those who join later.
   */
  get(key: Key): Channel<Member> {
    return this.#occupied.get(key)?.channel ?? new Channel<Member>()[useRoom](new KeyedRoom(key, this.#options, this.#occupied))
  }

  /** The keys of the channels that have members. */
  keys(): IterableIterator<Key> {
    return this.#occupied.keys()
  }

  *[Symbol.iterator](): IterableIterator<[Key, Channel<Member>]> {
    for (const [key, { channel }] of this.#occupied) yield [key, channel]
  }
}

/** The rooms that have members, each with a channel over it. */
type Occupied<Key, Member extends Connection> = Map<Key, { readonly room: Room<Member>; readonly channel: Channel<Member> }>

/** The room of one key, which is in the map while it has members. */
class KeyedRoom<Key, Member extends Connection> implements RoomSource<Member>, RoomEvents<Member> {
  readonly #key: Key
  readonly #options: ChannelsOptions<Key, Member>
  readonly #all: Occupied<Key, Member>

  constructor(key: Key, options: ChannelsOptions<Key, Member>, all: Occupied<Key, Member>) {
    this.#key = key
    this.#options = options
    this.#all = all
  }

  get occupied(): Room<Member> | undefined {
    return this.#all.get(this.#key)?.room
  }

  open(): Room<Member> {
    if (this.occupied !== undefined) return this.occupied
    const room = new Room(this)
    this.#all.set(this.#key, { room, channel: new Channel<Member>()[useRoom](this) })
    return room
  }

  joined(member: Member): void {
    const { onJoin, onError } = this.#options
    if (onJoin !== undefined) guarded(() => onJoin(member, this.#key), reporting(onError))
  }

  left(member: Member): void {
    const { onLeave, onError } = this.#options
    if (onLeave !== undefined) guarded(() => onLeave(member, this.#key), reporting(onError))
  }

  emptied(): void {
    this.#all.delete(this.#key)
  }
}

const channelsOptions: OptionChecks<ChannelsOptions> = { onJoin: someFunction, onLeave: someFunction, onError: someFunction }
