import type { Octets } from '../bytes/octets.ts'
import type { SendOptions } from './send-options.ts'

/**
 * A message made once to be sent to many, with `sendPreparedMessage`.
 *
 * Keeps a copy of the payload, and for each set of extension parameters what was made of it: a server's frame as it goes out,
 * a client's payload to be masked afresh on every send (RFC 6455 §5.3).
 */
export class PreparedMessage {
  readonly payload: Octets
  readonly isBinary: boolean
  readonly options: SendOptions
  readonly #made = new Map<string, MadeMessage>()

  /** Made by `factory.prepareMessage`, which copies the payload. */
  constructor(payload: Octets, isBinary: boolean, options: SendOptions) {
    this.payload = payload
    this.isBinary = isBinary
    this.options = options
  }

  /** What was made under the key; made now where it was not yet. */
  made(key: string, make: () => MadeMessage): MadeMessage {
    const known = this.#made.get(key)
    if (known !== undefined) return known
    const made = make()
    this.#made.set(key, made)
    return made
  }
}

/** A message after the extensions. */
export interface MadeMessage {
  /** The first octet of its one frame. */
  readonly first: number
  readonly payload: Octets
  /** The whole unmasked frame. */
  readonly frame: Octets
}
