import { copyOf, type Octets } from '../../bytes/octets.ts'
import { callOnlooker, type WireTap } from '../frames/wire-tap.ts'
import type { CloseInfo } from '../life/close-info.ts'
import type { Observer } from './observer.ts'

/** The taps and observers of one connection. They may look and not touch: their errors are ignored. */
export class Onlookers {
  readonly #source: object
  readonly #observer: Observer | undefined
  readonly #tap: WireTap | undefined
  /** Whether a tap wants octets: asked on the hot path, so that octets are copied for nobody else. */
  readonly seeOctetsReceived: boolean
  readonly seeOctetsSent: boolean

  constructor(source: object, observer: Observer | undefined, tap: WireTap | undefined) {
    this.#source = source
    this.#observer = observer
    this.#tap = tap
    this.seeOctetsReceived = tap?.octetsReceived !== undefined
    this.seeOctetsSent = tap?.octetsSent !== undefined
  }

  opened(): void {
    callOnlooker(() => this.#observer?.opened?.(this.#source))
  }

  closed(info: CloseInfo): void {
    callOnlooker(() => this.#observer?.closed?.(this.#source, info))
  }

  failed(error: Error): void {
    callOnlooker(() => this.#observer?.failed?.(error, this.#source))
  }

  /** Shows the tap a copy: the octets lie in memory that all connections share, and are unmasked where they lie. */
  octetsReceived(octets: Octets): void {
    callOnlooker(() => this.#tap?.octetsReceived?.(copyOf(octets, 0, octets.length), this.#source))
  }

  /** Shows the tap a copy: the octets lie in memory that several connections use one after the other. */
  octetsSent(octets: Octets): void {
    callOnlooker(() => this.#tap?.octetsSent?.(copyOf(octets, 0, octets.length), this.#source))
  }
}
