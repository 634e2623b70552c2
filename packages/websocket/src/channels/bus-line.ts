import type { Bus, BusSubscription } from '../bus/bus.ts'
import type { Octets } from '../bytes/octets.ts'
import type { Text } from '../bytes/text.ts'
import { guarded } from '../protocol/hooks/guarded.ts'
import { type Envelope, readEnvelope, writeEnvelope } from './envelope.ts'

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
  /** Called with errors that have no recipient. Must not throw. */
  readonly failed: (thrown: unknown) => void
}

/** The way of one channel to the other processes: a subject of a bus. */
export class BusLine {
  readonly #settings: BusSettings
  readonly #subject: string

  constructor(settings: BusSettings, subject: string) {
    this.#settings = settings
    this.#subject = subject
  }

  /** Publishes a broadcast. Never throws: errors are reported, except for a bus that is not connected, which the result tells. */
  publish(envelope: Envelope): RemoteOutcome {
    const { bus, failed } = this.#settings
    const { isConnected } = bus
    // A bus that is not connected is told too: it may count what it could not pass on.
    guarded(() => bus.publish(this.#subject, writeEnvelope(envelope)), isConnected ? failed : ignore)
    return isConnected ? 'published' : 'unreachable'
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

/** A subscription of a channel, from when it is asked for until it ends. */
export class Listening {
  /** Settles with the answer of the bus. It need not be handled: the error is reported too. */
  readonly confirmed: Promise<void>
  readonly #failed: (thrown: unknown) => void
  #subscription: BusSubscription | undefined
  #state: 'listening' | 'refused' | 'ended' = 'listening'

  constructor({ bus, failed }: BusSettings, subject: string, received: (octets: Octets) => void) {
    this.#failed = failed
    this.confirmed = this.#subscribe(bus, subject, received)
    this.confirmed.catch(failed)
  }

  get wasRefused(): boolean {
    return this.#state === 'refused'
  }

  /** Ends the subscription, at once or as soon as it is confirmed. `received` is not called any more. Never throws: errors are reported. */
  end(): void {
    this.#state = 'ended'
    guarded(() => this.#subscription?.unsubscribe(), this.#failed)
  }

  async #subscribe(bus: Bus, subject: string, received: (octets: Octets) => void): Promise<void> {
    try {
      const subscription = await bus.subscribe(subject, octets => {
        if (this.#state === 'listening') received(octets)
      })
      if (this.#state === 'ended') subscription.unsubscribe()
      else this.#subscription = subscription
    } catch (error) {
      if (this.#state === 'listening') this.#state = 'refused'
      throw error
    }
  }
}

function ignore(): void {}
