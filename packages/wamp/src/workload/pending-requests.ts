import { ApiMisuse, type Clock, type Timer } from '@autobahn-ts/websocket/portable'
import { CallTimedOut } from '../faults/call-timed-out.ts'

/** The requests of one session that wait for an answer, such as calls. `Id` is the type of request ids in a version of WAMP. */
export class PendingRequests<Id extends string | number> {
  readonly #requests = new Map<Id, Pending>()
  readonly #idOf: (count: number) => Id
  #count = 0

  /** `idOf` makes the id of a request from its number, counted from 1. */
  constructor(idOf: (count: number) => Id) {
    this.#idOf = idOf
  }

  get size(): number {
    return this.#requests.size
  }

  /**
   * Sends a request and returns the promise of its answer. `send` is called with the id of the request.
   *
   * `timeout`: seconds, 0 for no limit; later the promise rejects with `CallTimedOut`. When `signal` is aborted, it rejects with the
   * signal's reason. `ApiMisuse` that `send` throws is thrown on; any other error rejects the promise.
   */
  add(send: (id: Id) => void, clock: Clock, timeout: number, signal: AbortSignal | undefined): Promise<unknown> {
    signal?.throwIfAborted()
    this.#count++
    const id = this.#idOf(this.#count)
    const answer = new Promise<unknown>((resolve, reject) => {
      const pending = new Pending(resolve, reject)
      pending.timer = timeout === 0 ? undefined : clock.schedule(() => this.reject(id, timedOut(timeout)), timeout * 1000)
      if (signal !== undefined) pending.listen(signal, () => this.reject(id, signal.reason))
      this.#requests.set(id, pending)
    })
    try {
      send(id)
    } catch (error) {
      const pending = this.#take(id)
      if (error instanceof ApiMisuse) throw error
      pending?.reject(error)
    }
    return answer
  }

  /** Settles a request with its result. Returns false if no request of this id waits for an answer. */
  resolve(id: Id, result: unknown): boolean {
    const pending = this.#take(id)
    pending?.resolve(result)
    return pending !== undefined
  }

  /** Settles a request with an error. Returns false if no request of this id waits for an answer. */
  reject(id: Id, error: unknown): boolean {
    const pending = this.#take(id)
    pending?.reject(error)
    return pending !== undefined
  }

  /** Rejects all requests: no answer will come. */
  rejectAll(error: Error): void {
    for (const id of [...this.#requests.keys()]) this.reject(id, error)
  }

  #take(id: Id): Pending | undefined {
    const pending = this.#requests.get(id)
    if (pending === undefined) return undefined
    this.#requests.delete(id)
    pending.forget()
    return pending
  }
}

class Pending {
  readonly resolve: (result: unknown) => void
  readonly reject: (error: unknown) => void
  timer: Timer | undefined
  #unlisten: (() => void) | undefined

  constructor(resolve: (result: unknown) => void, reject: (error: unknown) => void) {
    this.resolve = resolve
    this.reject = reject
  }

  listen(signal: AbortSignal, aborted: () => void): void {
    signal.addEventListener('abort', aborted, { once: true })
    this.#unlisten = () => signal.removeEventListener('abort', aborted)
  }

  forget(): void {
    this.timer?.cancel()
    this.#unlisten?.()
  }
}

function timedOut(seconds: number): CallTimedOut {
  return new CallTimedOut(`no answer within ${seconds} s`)
}
