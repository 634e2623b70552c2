import type { BroadcastOptions, BroadcastResult } from '../application/broadcast.ts'
import { preparedMessage } from '../application/payload.ts'
import type { KeptSubject } from '../bus/keeping-bus.ts'
import { subjectOf } from '../bus/subject.ts'
import type { Octets } from '../bytes/octets.ts'
import { webText } from '../bytes/text.ts'
import type { Connection } from '../conversation/connection.ts'
import type { ErrorReport } from '../conversation/function-factories.ts'
import { checkOptions, type OptionChecks } from '../protocol/checks/check-options.ts'
import { seconds, someFunction, someText } from '../protocol/checks/option-values.ts'
import { PreparedFrame } from '../protocol/extending/prepared-frame.ts'
import { ApiMisuse } from '../protocol/faults/errors.ts'
import { shownValue } from '../protocol/faults/shown-value.ts'
import { guarded, reporting } from '../protocol/hooks/guarded.ts'
import { PreparedMessage } from '../protocol/sending/prepared-message.ts'
import { BusLine, type RemoteOutcome } from './bus-line.ts'
import type { Census, CensusOptions, PresenceEvent } from './census.ts'
import { busChecks, busSettings, type ChannelBusOptions } from './channel-bus-options.ts'
import { writeEnvelope } from './envelope.ts'
import { type JoinOptions, joinChecks } from './join-options.ts'
import { type ChannelMember, endOf } from './member.ts'
import { type Membership, membershipOf } from './membership.ts'
import { type PresenceOfMembers, presenceChecks, presenceOf } from './presence-options.ts'
import { Room, type RoomOwner, type RoomSource, useRoom } from './room.ts'
import { sendToMembers } from './send-to-members.ts'

/** The options of a channel. */
export interface ChannelOptions<Member extends ChannelMember = Connection> extends ChannelBusOptions {
  /**
   * The name of the channel on its bus: channels of the same name in different processes are one. Dots divide it into tokens, for
   * subscriptions of your own; it becomes a subject by `subjectOf`.
   */
  readonly name?: string
  /** Called when a connection has become a member. */
  readonly onJoin?: (member: Member) => void
  /** Called when a connection is no longer a member, because it has left or closed. */
  readonly onLeave?: (member: Member) => void
  /**
   * Returns what other processes are told about a member, when it joins: a value of at most 1,024 characters as JSON. With this option or with
   * `onPresence`, other processes are told when members join and leave; a census has the descriptions.
   */
  readonly describe?: (member: Member) => unknown
  /** Called when a member joins or leaves in another process that has this option or `describe`, while there are members here. */
  readonly onPresence?: (event: PresenceEvent) => void
  /**
   * Called with what `onJoin` and `onLeave` throw, with errors of the bus, and with what came over the bus and is not a broadcast. Default:
   * prints them.
   */
  readonly onError?: ErrorReport
}

/** The outcome of a broadcast of a channel. */
export interface ChannelBroadcastResult<Member = unknown> extends BroadcastResult<Member> {
  /** The outcome in the other processes. Absent if the channel has no bus, and where `to` names the receivers. */
  readonly remote?: RemoteOutcome
  /**
   * Resolves with whether the message is kept for those who join later; never rejects. With `false` it is not known to be kept: the part of the bus that
   * keeps messages cannot be reached, and the message was sent without it, or there was no answer in time. Present only with `history`.
   */
  readonly stored?: Promise<boolean>
}

/**
 * A set of connections to broadcast to, of either style: `new Channel<Chat>()` takes protocol objects of the class `Chat`, and
 * `new Channel<ChannelMember>()` takes both. Connections leave when they close.
 *
 * A loop over the channel visits its members in the order in which they joined. Those that join or leave meanwhile are visited, or not, as
 * in a loop over a `Set`.
 *
 * With a `bus` and a `name`, broadcasts also reach the members of the channels of that name on the other participants of the bus. Use one
 * channel of a name for each participant: the bus does not pass messages back to the participant that published them (decision 89).
 */
export class Channel<Member extends ChannelMember = Connection> {
  #source: RoomSource<Member>

  /** Throws `ApiMisuse` for options that do not exist, and for a bus without a name. */
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

  /** The number of members in this process. */
  get size(): number {
    return this.#source.occupied?.size ?? 0
  }

  /** Tells whether a connection is a member. */
  has(connection: Member): boolean {
    return this.#source.occupied?.has(connection) ?? false
  }

  /** The members in this process now, in the order in which they joined. */
  members(): readonly Member[] {
    return [...this]
  }

  /**
   * Counts the members in all processes. Without a bus that is this process.
   *
   * Other processes have until the deadline to answer; those that are known to have members of some channel and have not are in `silent`. During the
   * first 10 s of a process others may be there that it has not heard of yet, so the answer takes as long as the deadline. Rejects with
   * `ApiMisuse` for wrong options and for more than 1,000 censuses at once, and with the error of the bus where that refuses to pass on answers.
   */
  async census(options: CensusOptions = {}): Promise<Census> {
    checkOptions<CensusOptions>(options, censusChecks, 'census')
    const { line, occupied } = this.#source
    if (line !== undefined) return line.census(options.deadline ?? defaultDeadline, occupied)
    const members = occupied?.described(Number.POSITIVE_INFINITY) ?? []
    const processes = this.size === 0 ? [] : [{ process: thisProcess, size: this.size, members }]
    return { size: this.size, processes, silent: [], isComplete: true }
  }

  [Symbol.iterator](): IterableIterator<Member> {
    return this.#source.occupied?.members() ?? [][Symbol.iterator]()
  }

  /**
   * Adds a connection. The promise resolves when it has left. A connection that is closed already does not become a member, and the promise
   * resolves at once. When a member joins again it stays one member, and both promises resolve when it leaves.
   *
   * A channel with a bus asks it for messages when its first member joins; `joined` of the result tells when they come.
   *
   * With `history`, `options.since` has the member sent what was kept, before what comes; `joined` resolves when it is up to date. The earlier messages wait
   * for a member that reads slowly. Of a channel without `history`, and where the connection is a member already, the options mean nothing.
   *
   * Joining changes nothing for an application that receives from the connection. If it has never done so, the member's messages are
   * discarded once more than 16 of them or 1 MiB wait, so that a talkative member is not stopped. Rejects with `ApiMisuse` for anything but
   * a `Connection` or the protocol object of a class that has its transport, and for wrong options.
   */
  join(connection: Member, options?: JoinOptions): Membership {
    const end = endOf(connection)
    if (end === undefined) return refused(new ApiMisuse(`${notAConnection}, and not ${shownValue(connection)}`))
    const misuse = options === undefined ? undefined : wrongOptions(options)
    if (misuse !== undefined) return refused(misuse)
    if (end.protocol.closeInfo !== undefined && !this.has(connection)) return membershipOf(Promise.resolve(), Promise.resolve(), ignore)
    return this.#source.open().join(connection, end, options)
  }

  /**
   * The position of the last message that was passed on to the members in this process; `undefined` without `history` and without members here.
   * Hand it to `join` as `since`, also in another process, to have a member sent what came after it.
   */
  get position(): string | undefined {
    return this.#source.occupied?.position
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
   *
   * With a bus, the message also goes to the members in other processes, with `slow` as it is here; the result counts this process alone,
   * and `remote` says whether the bus could be reached. `except` leaves out members of this process. With `to`, nothing goes to the bus.
   *
   * With `history` the message goes to the bus first, and comes back to the members here in the one order of all messages. So nobody has been sent it when
   * this returns: `sent` is 0, and `stored` tells whether it was kept.
   */
  broadcast(
    message: string | Octets | PreparedMessage | PreparedFrame,
    options: BroadcastOptions<Member> = {},
  ): ChannelBroadcastResult<Member> {
    const { line, occupied } = this.#source
    const isMade = PreparedFrame.is(message) || PreparedMessage.is(message)
    const made = isMade ? message : preparedMessage(message, occupied?.text ?? webText)
    const kept = line?.kept
    if (line !== undefined && kept?.isAvailable && options.to === undefined) return this.#keep(line, kept, made, options)
    const result = sendToMembers(this, made, options)
    if (line === undefined || options.to !== undefined) return result
    const remote = line.publish({ message: made, skipsSlow: options.slow === 'skip' })
    return kept === undefined ? { ...result, remote } : { ...result, remote, stored: notStored }
  }

  /** Publishes a message that is to be kept. Where that is refused, it is sent as it is without history. */
  #keep(
    line: BusLine,
    kept: KeptSubject,
    message: PreparedMessage | PreparedFrame,
    options: BroadcastOptions<Member>,
  ): ChannelBroadcastResult<Member> {
    // Checks the options, and sends to no one.
    const result = sendToMembers<Member>([], message, options)
    const { except, slow = 'send' } = options
    const own: BroadcastOptions<Member> =
      except === undefined ? { slow } : { slow, except: Symbol.iterator in except ? [...except] : except }
    const envelope = { message, skipsSlow: slow === 'skip' }
    const stored = kept.publish(writeEnvelope(envelope), own).then(outcome => {
      if (outcome === 'refused') {
        sendToMembers(this, message, own)
        line.publish(envelope)
      }
      return outcome === 'kept'
    })
    return { ...result, remote: line.outcome, stored }
  }
}

/** The room of a channel that stands alone. */
class OwnRoom<Member extends ChannelMember> implements RoomSource<Member>, RoomOwner<Member> {
  readonly occupied: Room<Member>
  readonly line: BusLine | undefined
  readonly presence: PresenceOfMembers<Member> | undefined
  readonly failed: (thrown: unknown) => void
  readonly #options: ChannelOptions<Member>

  constructor(options: ChannelOptions<Member>) {
    this.#options = options
    this.failed = reporting(options.onError)
    this.presence = presenceOf(options.describe, options.onPresence, this.failed)
    this.line = lineOf(options, this.failed)
    this.occupied = new Room(this)
  }

  open(): Room<Member> {
    return this.occupied
  }

  joined(member: Member): void {
    const { onJoin } = this.#options
    if (onJoin !== undefined) guarded(() => onJoin(member), this.failed)
  }

  left(member: Member): void {
    const { onLeave } = this.#options
    if (onLeave !== undefined) guarded(() => onLeave(member), this.failed)
  }

  emptied(): void {}
}

function lineOf(options: ChannelOptions<never>, failed: (thrown: unknown) => void): BusLine | undefined {
  const settings = busSettings(options, failed)
  if (settings === undefined) return undefined
  if (options.name === undefined) throw new ApiMisuse('a channel with a bus needs a name')
  return new BusLine(settings, subjectOf(options.name))
}

/** Returns what is wrong with the options of `join`, if anything. */
function wrongOptions(options: JoinOptions): ApiMisuse | undefined {
  try {
    checkOptions<JoinOptions>(options, joinChecks, 'join')
  } catch (error) {
    return error as ApiMisuse
  }
}

function refused(misuse: ApiMisuse): Membership {
  const joined = Promise.reject(misuse)
  joined.catch(ignore)
  return membershipOf(Promise.reject(misuse), joined, ignore)
}

function ignore(): void {}

const channelOptions: OptionChecks<ChannelOptions> = {
  ...busChecks,
  ...presenceChecks,
  name: someText,
  onJoin: someFunction,
  onLeave: someFunction,
  onError: someFunction,
}

const notAConnection = 'join takes a Connection, or the protocol object of a class'

const censusChecks: OptionChecks<CensusOptions> = { deadline: seconds }
const defaultDeadline = 1
/** The name of the process where there is no bus on which it has one. */
const thisProcess = '0'.repeat(16)
const notStored = Promise.resolve(false)
