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

/** Returns how many elements of a message a payload is: `ArgumentsKw` is left out where it is empty, and then also an empty `Arguments`. */
export function elementsOf({ args, kwargs, transparent }: Payload): number {
  if (transparent !== undefined) return 1
  for (const _ in kwargs) return 2
  return args.length === 0 ? 0 : 1
}

/** A payload as it stands in messages of one serializer. */
export interface PayloadForm {
  /** The name of the serializer. */
  readonly serializer: string
  /** A message, or a part of one, in which the payload stands from `start` to `end`: a view of it alone would cost more than the rest. */
  readonly data: Encoded
  readonly start: number
  readonly end: number
  /** The number of elements of a message that it is: 1 for `Arguments`, 2 with `ArgumentsKw`, and 0 where both are left out. */
  readonly elements: number
}

/** A payload that keeps its form on the wire, one for each serializer, so that an event to many subscribers is encoded once. */
export abstract class KeepingPayload implements Payload {
  abstract readonly args: readonly unknown[]
  abstract readonly kwargs: Kwargs
  /** Nearly all payloads have one form, which needs no further object. */
  #form: PayloadForm | undefined
  #others: PayloadForm[] | undefined

  /** Octets or characters of the messages that its forms keep in memory; 0 where it has no form yet. */
  get keptSize(): number {
    const first = this.#form?.data.length ?? 0
    return this.#others === undefined ? first : this.#others.reduce((sum, { data }) => sum + data.length, first)
  }

  /** Returns the form that a serializer has made, by the serializer's name. */
  formOf(serializer: string): PayloadForm | undefined {
    if (this.#form === undefined || this.#form.serializer === serializer) return this.#form
    return this.#others?.find(form => form.serializer === serializer)
  }

  /** Keeps the form that a serializer has made. */
  keep(form: PayloadForm): void {
    if (this.#form === undefined) this.#form = form
    else {
      this.#others ??= []
      this.#others.push(form)
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
