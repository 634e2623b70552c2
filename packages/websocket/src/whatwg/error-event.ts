import type { EventOptions } from './event-options.ts'
import { exposed } from './exposed.ts'
import { dictionary, needsArguments, scalarText } from './idl-values.ts'

/** The event of an error. Events of a `WebSocket` have `message` and `error`, and no place in a program. */
export interface ErrorEvent extends Event {
  /** A description for people. */
  readonly message: string
  readonly filename: string
  readonly lineno: number
  readonly colno: number
  /** The error itself. */
  readonly error: unknown
}

/** The values of an `ErrorEvent`. */
export interface ErrorEventInit extends EventOptions {
  message?: string
  filename?: string
  lineno?: number
  colno?: number
  error?: unknown
}

/** The class of `ErrorEvent`. */
export interface ErrorEventClass {
  new (type: string, init?: ErrorEventInit): ErrorEvent
  readonly prototype: ErrorEvent
}

/** The class for runtimes that do not have one, as Node. */
class OwnErrorEvent extends Event implements ErrorEvent {
  readonly #init: Readonly<Required<Omit<ErrorEventInit, keyof EventOptions>>>

  constructor(type: string, given: ErrorEventInit = {}) {
    // biome-ignore lint/complexity/noArguments: the standard counts the arguments, also those that are undefined
    needsArguments(1, arguments.length, 'ErrorEvent')
    const init = dictionary(given, 'the second argument of ErrorEvent')
    super(type, init)
    const { message = '', filename = '', lineno = 0, colno = 0, error } = init
    this.#init = {
      message: `${message as string}`,
      filename: scalarText(filename),
      lineno: Number(lineno) >>> 0,
      colno: Number(colno) >>> 0,
      error,
    }
  }

  get message(): string {
    return this.#init.message
  }

  get filename(): string {
    return this.#init.filename
  }

  get lineno(): number {
    return this.#init.lineno
  }

  get colno(): number {
    return this.#init.colno
  }

  get error(): unknown {
    return this.#init.error
  }
}

/** Makes the class that is used where the runtime has none. */
export function ownErrorEvent(): ErrorEventClass {
  return exposed(OwnErrorEvent, { name: 'ErrorEvent', members: ['message', 'filename', 'lineno', 'colno', 'error'] })
}

const { ErrorEvent: ofRuntime } = globalThis as { readonly ErrorEvent?: ErrorEventClass }

/** The class of the events `error`: the runtime's, or one of the same form where the runtime has none. */
export const ErrorEvent: ErrorEventClass = ofRuntime ?? /* @__PURE__ */ ownErrorEvent()
