import { ApiMisuse, type Clock, type Runtime } from '@autobahn-ts/websocket/portable'

/** The ports of the runtime that a factory's connections run on; known from the first connection on. */
export class RuntimePorts {
  #runtime: Runtime | undefined

  take(runtime: Runtime): void {
    this.#runtime = runtime
  }

  get clock(): Clock {
    return this.#known().clock
  }

  decode(payload: Uint8Array): string {
    return this.#known().text.decode(payload)
  }

  /** No private getter: each use of one is a call into the engine (V8 of Node 20), and this is asked for every message. */
  #known(): Runtime {
    if (this.#runtime === undefined) throw new ApiMisuse('the factory has no connection yet')
    return this.#runtime
  }
}
