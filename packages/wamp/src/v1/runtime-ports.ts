import { ApiMisuse, type Clock, type Runtime } from '@autobahn-ts/websocket/portable'

/** The ports of the runtime that a factory's connections run on; known from the first connection on. */
export class RuntimePorts {
  #runtime: Runtime | undefined

  take(runtime: Runtime): void {
    this.#runtime = runtime
  }

  get clock(): Clock {
    return this.#known.clock
  }

  decode(payload: Uint8Array): string {
    return this.#known.text.decode(payload)
  }

  get #known(): Runtime {
    if (this.#runtime === undefined) throw new ApiMisuse('the factory has no connection yet')
    return this.#runtime
  }
}
