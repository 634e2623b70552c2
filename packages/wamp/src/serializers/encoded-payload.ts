import { emptyPayload, KeepingPayload, type Kwargs, type PayloadForm } from '../messages/payload.ts'

/** A payload that is open. */
export interface OpenedPayload {
  readonly args: readonly unknown[]
  readonly kwargs: Kwargs
  readonly transparent?: Uint8Array | undefined
}

/** Decodes the payloads of one serializer. Throws `ProtocolViolation` only for a form that was not checked when it arrived. */
export type OpenPayload = (form: PayloadForm) => OpenedPayload

/** A payload that was received: it keeps its octets or its text, and is decoded when `args` or `kwargs` is read for the first time (decision 120). */
export class EncodedPayload extends KeepingPayload {
  readonly #form: PayloadForm
  readonly #open: OpenPayload
  #opened: OpenedPayload | undefined

  constructor(form: PayloadForm, open: OpenPayload) {
    super()
    this.#form = form
    this.#open = open
    this.keep(form)
  }

  get args(): readonly unknown[] {
    return this.#parts().args
  }

  get kwargs(): Kwargs {
    return this.#parts().kwargs
  }

  get transparent(): Uint8Array | undefined {
    return this.#parts().transparent
  }

  #parts(): OpenedPayload {
    this.#opened ??= this.#open(this.#form)
    return this.#opened
  }
}

/** Makes an open payload of the values of `Arguments`, or of the binary value in its place, and of `ArgumentsKw`. Null is read as left out. */
export function opened([args, kwargs]: readonly unknown[]): OpenedPayload {
  if (args instanceof Uint8Array) return { args: [args], kwargs: emptyPayload.kwargs, transparent: args }
  return { args: (args as unknown[] | null) ?? emptyPayload.args, kwargs: (kwargs as Kwargs | null | undefined) ?? emptyPayload.kwargs }
}
