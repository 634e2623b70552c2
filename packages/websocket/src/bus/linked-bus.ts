import type { Octets } from '../bytes/octets.ts'
import { ApiMisuse } from '../protocol/faults/errors.ts'
import { shownValue } from '../protocol/faults/shown-value.ts'
import { givenOctets } from '../protocol/frames/given-octets.ts'
import { guarded, printError } from '../protocol/hooks/guarded.ts'
import type { Bus, BusHandler, BusSubscription } from './bus.ts'
import { BusError } from './bus-error.ts'
import { checkPattern, checkSubject } from './subject.ts'
import { type Outside, Subscriptions } from './subscriptions.ts'

/** A bus that can be left. */
export interface ClosableBus extends Bus {
  /** Ends all subscriptions and leaves the bus. After that, `publish` and `subscribe` reject. */
  close(): Promise<void>
}

/** The way of one participant to the others. */
export interface BusLink extends Outside {
  readonly isConnected: boolean
  /** Passes octets on, or rejects with `BusError`: also where the link is not connected, and then nothing is kept. */
  publish(subject: string, octets: Octets): Promise<void>
  close(): Promise<void>
}

/** The port `Bus` over a link that passes octets on: checks what applications hand in, and has their subscriptions. */
export class LinkedBus implements ClosableBus {
  readonly #link: BusLink
  readonly #subscriptions: Subscriptions
  #isClosed = false

  /** `failed` gets what handlers throw. The link calls `deliver`. */
  constructor(link: BusLink, failed: (thrown: unknown) => void = printError) {
    this.#link = link
    this.#subscriptions = new Subscriptions(link, thrown => guarded(() => failed(thrown), printError))
  }

  get isConnected(): boolean {
    return !this.#isClosed && this.#link.isConnected
  }

  async publish(subject: string, octets: Octets): Promise<void> {
    checkSubject(subject)
    const checked = givenOctets(octets, 'what is published')
    this.#checkOpen()
    return this.#link.publish(subject, checked)
  }

  async subscribe(pattern: string, handler: BusHandler): Promise<BusSubscription> {
    checkPattern(pattern)
    if (typeof handler !== 'function')
      throw new ApiMisuse(`the handler of a subscription must be a function, and not ${shownValue(handler)}`)
    this.#checkOpen()
    return this.#subscriptions.add(pattern, handler)
  }

  /**
   * Called by the link: once for each message, or, with `pattern`, once for each pattern that it asked for and that the subject fits. Then
   * only the subscriptions of that pattern are called.
   */
  deliver(subject: string, octets: Octets, pattern?: string): void {
    this.#subscriptions.deliver(subject, octets, pattern)
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#subscriptions.clear()
    await this.#link.close()
  }

  #checkOpen(): void {
    if (this.#isClosed) throw new BusError('unreachable', 'the bus is closed')
  }
}
