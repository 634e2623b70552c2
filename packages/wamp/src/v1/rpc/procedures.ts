import { checkProcedure } from '../../checks/check-names.ts'
import type { Method } from '../../hooks/method.ts'
import type { Call } from './call.ts'

/** The registration of a URI. */
export interface Registration {
  readonly uri: string
  /** `procedure` takes the arguments of the call, `handler` a `Call`. */
  readonly kind: 'procedure' | 'handler'
  readonly target: Method
  /** The value of `this` in the function. */
  readonly object: unknown
  readonly extra: unknown
}

/** The procedures of one session, each under one URI, which a call has to match exactly. */
export class Procedures {
  #registrations = new Map<string, Registration>()

  get(uri: string): Registration | undefined {
    return this.#registrations.get(uri)
  }

  has(uri: string): boolean {
    return this.#registrations.has(uri)
  }

  /** Registers a function, in place of the one that had the URI before. Throws `ApiMisuse` for a wrong URI or function. */
  add(uri: string, kind: Registration['kind'], target: Method, object: unknown, extra?: unknown): void {
    checkProcedure(uri, target)
    this.#registrations.set(uri, { uri, kind, target, object, extra })
  }

  /** Removes a registration. Returns false if there was none. */
  remove(uri: string): boolean {
    return this.#registrations.delete(uri)
  }

  /** Returns a function that sets all registrations back to what they are now. */
  keep(): () => void {
    const registrations = new Map(this.#registrations)
    return () => {
      this.#registrations = registrations
    }
  }
}

/** Calls the function of a registration. Throws or rejects as the function does. */
export function invoke({ kind, target, object }: Registration, call: Call): unknown {
  return kind === 'handler' ? target.call(object, call) : Reflect.apply(target, object, call.args)
}
