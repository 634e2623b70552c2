import { type Awaitable, isPromise } from '../../bytes/awaitable.ts'
import type { Octets } from '../../bytes/octets.ts'
import { firstOctet, unmaskedHeaderSize, writeHeader } from '../frames/frame-header.ts'
import { Opcode } from '../frames/opcode.ts'
import type { SendOptions } from '../frames/send-options.ts'
import { fragmentSizeOf } from './fragment-size.ts'

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
  readonly #made = new Map<string, Awaitable<MadeMessage>>()

  /** Whether a value is one, and not only an object or a proxy that looks like it. Never throws. */
  static is(value: unknown): value is PreparedMessage {
    return typeof value === 'object' && value !== null && #made in value
  }

  /** Made by `factory.prepareMessage`, which copies the payload. What is wrong with the options is misuse now, and not when it is sent. */
  constructor(payload: Octets, isBinary: boolean, options: SendOptions) {
    fragmentSizeOf(options, 0)
    this.payload = payload
    this.isBinary = isBinary
    this.options = options
  }

  /** What was made under the key; made now where it was not yet. Several that ask while it is made wait for the same. */
  made(key: string, make: () => Awaitable<MadeMessage>): Awaitable<MadeMessage> {
    const known = this.#made.get(key)
    if (known !== undefined) return known
    const made = make()
    this.#made.set(key, made)
    if (isPromise(made)) this.#settle(key, made)
    return made
  }

  #settle(key: string, made: Promise<MadeMessage>): void {
    made.then(
      message => this.#made.set(key, message),
      () => this.#made.delete(key),
    )
  }
}

/** A message after the extensions. */
export interface MadeMessage {
  /** The first octet of its one frame. */
  readonly first: number
  readonly payload: Octets
  /** The whole unmasked frame. */
  readonly frame: Octets
  /** Whether an extension had a part in it. */
  readonly isEncoded: boolean
}

/** The one frame of a message whose payload the extensions have made, or left as it is. */
export function makeMessage(isBinary: boolean, reserved: number, payload: Octets, isEncoded: boolean): MadeMessage {
  const first = firstOctet(isBinary ? Opcode.Binary : Opcode.Text, true, reserved)
  const frame = new Uint8Array(unmaskedHeaderSize(payload.length) + payload.length)
  const payloadAt = writeHeader(frame, 0, first, payload.length, false)
  frame.set(payload, payloadAt)
  return { first, payload: frame.subarray(payloadAt), frame, isEncoded }
}
