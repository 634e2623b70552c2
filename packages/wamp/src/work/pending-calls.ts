import { ApiMisuse, type Clock, type Timer } from '@autobahn-ts/websocket/portable'
import { CallTimedOut } from '../faults/call-timed-out.ts'

/** The calls of one connection that wait for an answer. */
export class PendingCalls {
  readonly #calls = new Map<string, Pending>()
  #lastId = 0

  get size(): number {
    return this.#calls.size
  }

  /** Waits for the answer of a call; `send` is given its id. Misuse that it throws is thrown on, and nothing waits. */
  add(send: (callId: string) => void, clock: Clock, timeout: number, signal: AbortSignal | undefined): Promise<unknown> {
    signal?.throwIfAborted()
    this.#lastId++
    const callId = String(this.#lastId)
    const answer = new Promise<unknown>((resolve, reject) => {
      const pending = new Pending(resolve, reject)
      pending.timer = timeout === 0 ? undefined : clock.schedule(() => this.reject(callId, timedOut(timeout)), timeout * 1000)
      if (signal !== undefined) pending.listen(signal, () => this.reject(callId, signal.reason))
      this.#calls.set(callId, pending)
    })
    try {
      send(callId)
    } catch (error) {
      const pending = this.#take(callId)
      if (error instanceof ApiMisuse) throw error
      pending?.reject(error)
    }
    return answer
  }

  /** `false`: nobody waits for it, or not any more. */
  resolve(callId: string, result: unknown): boolean {
    const pending = this.#take(callId)
    pending?.resolve(result)
    return pending !== undefined
  }

  reject(callId: string, error: unknown): boolean {
    const pending = this.#take(callId)
    pending?.reject(error)
    return pending !== undefined
  }

  /** No answer will come. */
  rejectAll(error: Error): void {
    for (const callId of [...this.#calls.keys()]) this.reject(callId, error)
  }

  #take(callId: string): Pending | undefined {
    const pending = this.#calls.get(callId)
    if (pending === undefined) return undefined
    this.#calls.delete(callId)
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
