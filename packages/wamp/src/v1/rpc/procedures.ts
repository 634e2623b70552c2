import { checkProcedure } from '../../checks/check-names.ts'
import type { Method } from '../../hooks/method.ts'
import type { Call } from './call.ts'

/** What is registered under a URI. */
export interface Registration {
  readonly uri: string
  /** `procedure` takes the arguments of the call, `handler` a `Call`. */
  readonly kind: 'procedure' | 'handler'
  readonly target: Method
  /** What `this` is in it. */
  readonly object: unknown
  readonly extra: unknown
}

/** The procedures of one session, each under one URI that has to match exactly. */
export class Procedures {
  #registrations = new Map<string, Registration>()

  get(uri: string): Registration | undefined {
    return this.#registrations.get(uri)
  }

  has(uri: string): boolean {
    return this.#registrations.has(uri)
  }

  /** Replaces what was there before. */
  add(uri: string, kind: Registration['kind'], target: Method, object: unknown, extra?: unknown): void {
    checkProcedure(uri, target)
    this.#registrations.set(uri, { uri, kind, target, object, extra })
  }

  /** Returns false if none was registered. */
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

/** Calls what is registered; throws or rejects as it does. */
export function invoke({ kind, target, object }: Registration, call: Call): unknown {
  return kind === 'handler' ? target.call(object, call) : Reflect.apply(target, object, call.args)
}
