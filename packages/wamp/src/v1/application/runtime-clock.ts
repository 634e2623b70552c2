import { ApiMisuse, type Clock } from '@autobahn-ts/websocket/portable'

/** The clock of the runtime that a factory's connections run on; known from the first connection on. */
export class RuntimeClock {
  #clock: Clock | undefined

  take(clock: Clock): void {
    this.#clock = clock
  }

  get clock(): Clock {
    if (this.#clock === undefined) throw new ApiMisuse('the factory has no connection yet')
    return this.#clock
  }
}
