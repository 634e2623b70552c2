/** RFC 6455 §4.1 and §7.1, numbered as the platform's `WebSocket` does. A connection only ever moves down this list. */
export const State = { Connecting: 0, Open: 1, Closing: 2, Closed: 3 } as const
export type State = (typeof State)[keyof typeof State]

/** The state of one connection, shared by its parts. */
export class Lifecycle {
  #state: State = State.Connecting

  get state(): State {
    return this.#state
  }

  advance(to: State): void {
    if (to > this.#state) this.#state = to
  }
}
