import type { Bus, BusSubscription } from '../bus/bus.ts'
import type { Octets } from '../bytes/octets.ts'
import { guarded } from '../protocol/hooks/guarded.ts'

/** A bus to listen to. */
export interface Listened {
  readonly bus: Bus
  /** Called with errors that have no recipient. Must not throw. */
  readonly failed: (thrown: unknown) => void
}

/** A subscription of a channel, from when it is asked for until it ends. */
export class Listening {
  /** Settles with the answer of the bus. It need not be handled: the error is reported too. */
  readonly confirmed: Promise<void>
  readonly #failed: (thrown: unknown) => void
  #subscription: BusSubscription | undefined
  #state: 'listening' | 'refused' | 'ended' = 'listening'

  constructor({ bus, failed }: Listened, subject: string, received: (octets: Octets) => void) {
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
