import type { EventOptions } from './event-options.ts'
import { exposed } from './exposed.ts'
import { dictionary, needsArguments, scalarText, wrappedShort } from './idl-values.ts'

/** The event of the end of a connection. */
export interface CloseEvent extends Event {
  /** Whether both sides sent a close frame and neither of them failed the connection. */
  readonly wasClean: boolean
  /** The peer's close code; 1005 if its close frame had none, and 1006 if the connection did not close cleanly. */
  readonly code: number
  /** The peer's reason; empty without one. */
  readonly reason: string
}

/** The values of a `CloseEvent`. */
export interface CloseEventInit extends EventOptions {
  wasClean?: boolean
  code?: number
  reason?: string
}

/** The class of `CloseEvent`. */
export interface CloseEventClass {
  new (type: string, init?: CloseEventInit): CloseEvent
  readonly prototype: CloseEvent
}

/** The class for runtimes that do not have one, as Node before 23. */
class OwnCloseEvent extends Event implements CloseEvent {
  readonly #wasClean: boolean
  readonly #code: number
  readonly #reason: string

  constructor(type: string, given: CloseEventInit = {}) {
    // biome-ignore lint/complexity/noArguments: the standard counts the arguments, also those that are undefined
    needsArguments(1, arguments.length, 'CloseEvent')
    const init = dictionary(given, 'the second argument of CloseEvent')
    super(type, init)
    const { wasClean = false, code = 0, reason = '' } = init
    this.#wasClean = Boolean(wasClean)
    this.#code = wrappedShort(code)
    this.#reason = scalarText(reason)
  }

  get wasClean(): boolean {
    return this.#wasClean
  }

  get code(): number {
    return this.#code
  }

  get reason(): string {
    return this.#reason
  }
}

/** Makes the class that is used where the runtime has none. */
export function ownCloseEvent(): CloseEventClass {
  return exposed(OwnCloseEvent, { name: 'CloseEvent', members: ['wasClean', 'code', 'reason'] })
}

const { CloseEvent: ofRuntime } = globalThis as { readonly CloseEvent?: CloseEventClass }

/** The class of the events `close`: the runtime's, or one of the same form where the runtime has none. */
export const CloseEvent: CloseEventClass = ofRuntime ?? /* @__PURE__ */ ownCloseEvent()
