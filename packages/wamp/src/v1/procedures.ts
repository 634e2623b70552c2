import { ApiMisuse } from '@autobahn-ts/websocket/portable'
import type { Call } from './call.ts'
import { checkProcedure } from './check-names.ts'
import { exportedProcedures, type Method } from './exported.ts'

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

  /** Decorated methods, or those of them that are named; each under `baseUri` and its id. */
  addExported(object: object, baseUri: string, names: readonly string[] | undefined): void {
    const exported = exportedProcedures(object)
    const missing = names?.find(name => !exported.some(method => method.name === name))
    if (missing !== undefined) throw new ApiMisuse(`the object has no method ${missing} with @exportRpc`)
    if (exported.length === 0) throw new ApiMisuse('the object has no method with @exportRpc')
    for (const { name, id, method } of exported) {
      if (names === undefined || names.includes(name)) this.add(baseUri + id, 'procedure', method, object)
    }
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
