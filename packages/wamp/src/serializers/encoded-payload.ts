import { type Encoded, KeepingPayload, type Kwargs } from '../messages/payload.ts'

/** A payload that is open. */
export interface OpenedPayload {
  readonly args: readonly unknown[]
  readonly kwargs: Kwargs
  readonly transparent?: Uint8Array | undefined
}

/** Decodes the payloads of one serializer. */
export interface PayloadFormat {
  /** The name of the serializer. */
  readonly name: string
  /** Throws `ProtocolViolation` only for a form that was not checked when it arrived. */
  open(form: Encoded): OpenedPayload
}

/** A payload that was received: it keeps its octets or its text, and is decoded when `args` or `kwargs` is read for the first time. */
export class EncodedPayload extends KeepingPayload {
  readonly #format: PayloadFormat
  #opened: OpenedPayload | undefined

  /** `form` is `Arguments`, and `ArgumentsKw` where the message has it, as they stand in the message. */
  constructor(format: PayloadFormat, form: Encoded) {
    super()
    this.#format = format
    this.keep(format.name, form)
  }

  get args(): readonly unknown[] {
    return this.#open().args
  }

  get kwargs(): Kwargs {
    return this.#open().kwargs
  }

  get transparent(): Uint8Array | undefined {
    return this.#open().transparent
  }

  #open(): OpenedPayload {
    this.#opened ??= this.#format.open(this.formOf(this.#format.name)!)
    return this.#opened
  }
}
