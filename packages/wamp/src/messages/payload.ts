/** The keyword arguments of a message. */
export type Kwargs = Readonly<Record<string, unknown>>

/** A message, or a part of one, as a serializer writes it: JSON makes text, the others make octets. */
export type Encoded = string | Uint8Array

/**
 * The application's part of a message: `Arguments` and `ArgumentsKw`. One that was received is decoded when it is read for the first time.
 *
 * A message without a payload has `undefined` in this place; `args` and `kwargs` of a payload are empty where the message left them out.
 */
export interface Payload {
  readonly args: readonly unknown[]
  readonly kwargs: Kwargs
  /**
   * The one binary value that stands in place of both, in messages with the option `enc_algo` (payload transparency); then `args` has it as
   * its only item.
   */
  readonly transparent?: Uint8Array | undefined
}

const noArgs: readonly unknown[] = Object.freeze([])
const noKwargs: Kwargs = Object.freeze({})

/**
 * Makes the payload of a message to be sent; `undefined` where both parts are empty, because WAMP leaves those out. It keeps what serializers
 * make of it, so its values must not change any more.
 */
export function payloadOf(args: readonly unknown[] = noArgs, kwargs: Kwargs = noKwargs): Payload | undefined {
  for (const _ in kwargs) return new OpenPayload(args, kwargs)
  return args.length === 0 ? undefined : new OpenPayload(args, kwargs)
}

/** The payload of a message that has none. */
export const emptyPayload: Payload = Object.freeze({ args: noArgs, kwargs: noKwargs })

/** A payload that keeps its form on the wire, one for each serializer, so that an event to many subscribers is encoded once. */
export abstract class KeepingPayload implements Payload {
  abstract readonly args: readonly unknown[]
  abstract readonly kwargs: Kwargs
  /** Nearly all payloads have one form; so the first one needs no further object. */
  #serializer: string | undefined
  #form: Encoded | undefined
  #others: Map<string, Encoded> | undefined

  /** Returns the form that a serializer has made, by the serializer's name. */
  formOf(serializer: string): Encoded | undefined {
    return this.#serializer === serializer ? this.#form : this.#others?.get(serializer)
  }

  /** Keeps the form that a serializer has made. */
  keep(serializer: string, form: Encoded): void {
    if (this.#serializer === undefined) {
      this.#serializer = serializer
      this.#form = form
    } else {
      this.#others ??= new Map()
      this.#others.set(serializer, form)
    }
  }
}

class OpenPayload extends KeepingPayload {
  readonly args: readonly unknown[]
  readonly kwargs: Kwargs

  constructor(args: readonly unknown[], kwargs: Kwargs) {
    super()
    this.args = args
    this.kwargs = kwargs
  }
}
