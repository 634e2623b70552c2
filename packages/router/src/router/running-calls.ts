import type { Clock } from '@autobahn-ts/websocket/portable'

/** The calls of one session by request, as the dealer keeps them. */
type Calls = ReadonlyMap<number, { readonly isEndless: boolean }>

/** A session, as far as its calls are concerned. */
interface CallingSession {
  readonly caller: { readonly calls: Calls } | undefined
}

/**
 * The calls that are in progress when it is made. Calls that begin later are not among them: a router that many call would otherwise never be done. A call that
 * its callee makes to answer one of them need not be among them either, because the answer waits for it.
 */
export class RunningCalls {
  readonly #clock: Clock
  #running: { readonly calls: Calls; readonly request: number; readonly call: unknown }[] = []

  constructor(sessions: Iterable<CallingSession>, clock: Clock) {
    this.#clock = clock
    for (const { caller } of sessions)
      for (const [request, call] of caller?.calls ?? []) if (!call.isEndless) this.#running.push({ calls: caller!.calls, request, call })
  }

  /** The number of those that are still in progress. */
  get count(): number {
    this.#running = this.#running.filter(({ calls, request, call }) => calls.get(request) === call)
    return this.#running.length
  }

  /** Resolves when all of them have ended, or after a time in milliseconds. */
  async ended(timeout: number): Promise<void> {
    const end = this.#clock.now() + timeout
    // looked at again and again, so that a call costs nothing for this when it ends
    while (this.count > 0 && this.#clock.now() < end) await this.#pass(Math.min(interval, end - this.#clock.now()))
  }

  #pass(milliseconds: number): Promise<void> {
    return new Promise(resolve => {
      this.#clock.schedule(resolve, milliseconds)
    })
  }
}

/** Milliseconds between two looks. */
const interval = 20
