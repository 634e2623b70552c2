import type { Bus } from '../bus/bus.ts'
import { isKeepingBus, type KeptHistory, type KeptSubject } from '../bus/keeping-bus.ts'
import type { Octets } from '../bytes/octets.ts'
import { type Text, webText } from '../bytes/text.ts'
import { guarded } from '../protocol/hooks/guarded.ts'
import type { Census, PresenceEvent } from './census.ts'
import { type Envelope, readEnvelope, writeEnvelope } from './envelope.ts'
import { Listening } from './listening.ts'
import { writePresence } from './presence-message.ts'
import { type CountedRoom, RollCall } from './roll-call.ts'

/**
 * The fate of a broadcast in the other processes.
 *
 * - `published`: the bus was given the message. Whether it arrives is up to the bus.
 * - `unreachable`: the bus is not connected, and the message is not kept for later.
 */
export type RemoteOutcome = 'published' | 'unreachable'

/** A bus, and what is the same for all channels that use it together. */
export interface BusSettings {
  readonly bus: Bus
  /** The largest payload that is accepted from the bus, in octets; with 0 there is none. */
  readonly maxMessageSize: number
  /** The amount that the bus keeps, if it shall keep messages. */
  readonly history?: KeptHistory | undefined
  /** Called with errors that have no recipient. Must not throw. */
  readonly failed: (thrown: unknown) => void
}

/** The way of one channel to the other processes: a subject of a bus. */
export class BusLine {
  readonly #settings: BusSettings
  readonly #subject: string
  #kept: KeptSubject | undefined

  constructor(settings: BusSettings, subject: string) {
    this.#settings = settings
    this.#subject = subject
  }

  /** The messages of the channel that are kept; absent without history. */
  get kept(): KeptSubject | undefined {
    const { bus, history } = this.#settings
    if (history === undefined || !isKeepingBus(bus)) return undefined
    this.#kept ??= bus.keep(this.#subject, history)
    return this.#kept
  }

  /** The outcome for a message that was just given to the bus. */
  get outcome(): RemoteOutcome {
    return this.#settings.bus.isConnected ? 'published' : 'unreachable'
  }

  /** Publishes a broadcast. Never throws: errors are reported, except for a bus that is not connected, which the result tells. */
  publish(envelope: Envelope): RemoteOutcome {
    const { bus, failed } = this.#settings
    const { isConnected } = bus
    // A bus that is not connected is told too: it may count what it could not pass on.
    guarded(() => bus.publish(this.#subject, writeEnvelope(envelope)), isConnected ? failed : ignore)
    return isConnected ? 'published' : 'unreachable'
  }

  /** Publishes that a member has come or gone. Never throws: errors are reported, unless the bus is not connected. */
  announce(event: Omit<PresenceEvent, 'process'>): void {
    const { bus, failed } = this.#settings
    const octets = writePresence({ ...event, process: this.rollCall.process }, webText)
    guarded(() => bus.publish(this.#subject, octets), bus.isConnected ? failed : ignore)
  }

  /** The roll call of the processes on the bus. */
  get rollCall(): RollCall {
    return RollCall.on(this.#settings.bus)
  }

  /** Adds a room to the roll call, or removes it. */
  enter(room: CountedRoom): void {
    this.rollCall.enter(this.#subject, room)
  }

  leave(room: CountedRoom): void {
    this.rollCall.leave(this.#subject, room)
  }

  census(deadline: number, room: CountedRoom | undefined): Promise<Census> {
    return this.rollCall.census(this.#subject, deadline, room)
  }

  /** Has `received` called with the broadcasts of other processes. */
  listen(received: (octets: Octets) => void): Listening {
    return new Listening(this.#settings, this.#subject, received)
  }

  /** Reads what came over the bus. Throws `PeerMisbehaved` where it is not a broadcast. */
  read(octets: Octets, text: Text): Envelope {
    return readEnvelope(octets, { maxSize: this.#settings.maxMessageSize, subject: this.#subject, text })
  }
}

function ignore(): void {}
