import type { Clock } from '../../bytes/clock.ts'
import { copyOf, type Octets } from '../../bytes/octets.ts'
import type { HandshakeFailed } from '../faults/errors.ts'
import { callOnlooker, type WireTap } from '../frames/wire-tap.ts'
import type { CloseInfo } from '../life/close-info.ts'
import type { Observer } from './observer.ts'

/** The taps and observers of one connection. They may look and not touch: their errors are ignored. */
export class Onlookers {
  readonly #source: object
  readonly #observer: Observer | undefined
  readonly tap: WireTap | undefined
  readonly #clock: Pick<Clock, 'now'>
  readonly #began: number
  #wasOpen = false
  /** Whether a tap wants octets: asked on the hot path, so that octets are copied for nobody else. */
  readonly seeOctetsReceived: boolean
  readonly seeOctetsSent: boolean
  /** Whether the observer wants the messages that are sent. */
  readonly seeMessagesSent: boolean

  constructor(source: object, observer: Observer | undefined, tap: WireTap | undefined, clock: Pick<Clock, 'now'>) {
    this.#source = source
    this.#observer = observer
    this.tap = tap
    this.#clock = clock
    this.#began = clock.now()
    this.seeOctetsReceived = tap?.octetsReceived !== undefined
    this.seeOctetsSent = tap?.octetsSent !== undefined
    this.seeMessagesSent = observer?.messageSent !== undefined
  }

  requested(request: object): void {
    callOnlooker(() => this.#observer?.requested?.(this.#source, request))
  }

  opened(): void {
    this.#wasOpen = true
    callOnlooker(() => this.#observer?.opened?.(this.#source, this.#duration))
  }

  /** Shows a failed opening handshake to the observer, if an HTTP response has refused it. */
  openingFailed(error: HandshakeFailed): void {
    const { status, message: reason } = error
    if (status === undefined) return
    callOnlooker(() => this.#observer?.refused?.(this.#source, { status, reason, duration: this.#duration, error }))
  }

  closed(info: CloseInfo): void {
    const life = { wasOpen: this.#wasOpen, duration: this.#duration }
    callOnlooker(() => this.#observer?.closed?.(this.#source, info, life))
  }

  failed(error: Error): void {
    callOnlooker(() => this.#observer?.failed?.(error, this.#source))
  }

  messageSent(isBinary: boolean, size: number): void {
    callOnlooker(() => this.#observer?.messageSent?.(this.#source, { isBinary, size }))
  }

  /** Shows the tap a copy: the octets lie in memory that all connections share, and are unmasked where they lie. */
  octetsReceived(octets: Octets): void {
    callOnlooker(() => this.tap?.octetsReceived?.(copyOf(octets, 0, octets.length), this.#source))
  }

  /** Shows the tap a copy: the octets lie in memory that several connections use one after the other. */
  octetsSent(octets: Octets): void {
    callOnlooker(() => this.tap?.octetsSent?.(copyOf(octets, 0, octets.length), this.#source))
  }

  get #duration(): number {
    return this.#clock.now() - this.#began
  }
}
