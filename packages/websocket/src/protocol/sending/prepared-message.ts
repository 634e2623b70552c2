import { type Awaitable, isPromise } from '../../bytes/awaitable.ts'
import type { Octets } from '../../bytes/octets.ts'
import { firstOctet, unmaskedHeaderSize, writeHeader } from '../frames/frame-header.ts'
import { Opcode } from '../frames/opcode.ts'
import { fragmentSizeOf, type SendOptions } from '../frames/send-options.ts'

/**
 * A message that is made once, to be sent to many connections with `sendPreparedMessage`.
 *
 * It keeps a copy of the payload, and for each set of extension parameters the frame that was made of it. Servers send that frame as it is;
 * clients mask its payload anew on every send (RFC 6455 §5.3).
 */
export class PreparedMessage {
  readonly payload: Octets
  readonly isBinary: boolean
  readonly options: SendOptions
  readonly #made = new Map<string, Awaitable<MadeMessage>>()

  /** Tells whether a value is a `PreparedMessage`, and not an object or a proxy that only looks like one. Never throws. */
  static is(value: unknown): value is PreparedMessage {
    return typeof value === 'object' && value !== null && #made in value
  }

  /**
   * Called by `factory.prepareMessage`, which copies the payload. Throws `ApiMisuse` for wrong options now, and not when the message is
   * sent.
   */
  constructor(payload: Octets, isBinary: boolean, options: SendOptions) {
    fragmentSizeOf(options, 0)
    this.payload = payload
    this.isBinary = isBinary
    this.options = options
  }

  /**
   * Returns the frame made under the key, and makes it at the first call. Calls that come while it is being made return the same promise.
   */
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

/** A message after its way through the extensions. */
export interface MadeMessage {
  /** The first octet of its frame. */
  readonly first: number
  readonly payload: Octets
  /** The whole unmasked frame. */
  readonly frame: Octets
  /** Whether an extension has transformed it. */
  readonly isEncoded: boolean
}

/** Makes the one frame of a message from the payload that the extensions have made, or left as it is. */
export function makeMessage(isBinary: boolean, reserved: number, payload: Octets, isEncoded: boolean): MadeMessage {
  const first = firstOctet(isBinary ? Opcode.Binary : Opcode.Text, true, reserved)
  const frame = new Uint8Array(unmaskedHeaderSize(payload.length) + payload.length)
  const payloadAt = writeHeader(frame, 0, first, payload.length, false)
  frame.set(payload, payloadAt)
  return { first, payload: frame.subarray(payloadAt), frame, isEncoded }
}
