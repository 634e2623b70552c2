import type { Id, InvocationDetails, Uri } from '../messages/message.ts'
import { emptyPayload, type Kwargs, type Payload } from '../messages/payload.ts'
import { Chunks } from './chunks.ts'

/** One call of a procedure, as its handler gets it. */
export class Invocation<Args extends readonly unknown[] = readonly unknown[], Keywords = Kwargs, Chunk = unknown> {
  /** The positional arguments. */
  readonly args: Args
  readonly kwargs: Keywords
  /** The router's words on the call: `caller`, `caller_authid`, `caller_authrole`, `timeout`. */
  readonly details: InvocationDetails
  /** The URI that was called; of a pattern, the URI that matched. */
  readonly procedure: Uri
  readonly #life: InvocationLife

  constructor(args: Args, kwargs: Keywords, details: InvocationDetails, procedure: Uri, life: InvocationLife) {
    this.args = args
    this.kwargs = kwargs
    this.details = details
    this.procedure = procedure
    this.#life = life
  }

  /** Aborted when the caller cancels or leaves, when its time is over, and when the session ends. */
  get signal(): AbortSignal {
    return this.#life.signal
  }

  /** Whether the caller takes progressive results. */
  get wantsProgress(): boolean {
    return this.details.receive_progress === true
  }

  /** Sends a progressive result; does nothing where the caller takes none, or is gone. `result([a, b])` sends several values. */
  progress(value: unknown): void {
    if (this.wantsProgress) this.#life.progress(value)
  }

  /**
   * Everything that the caller sends after its arguments, in a progressive invocation: one item for each message. Ends when the caller has sent its last
   * one, and throws the reason of `signal` when that is aborted. Empty for a call with arguments alone. It is read once.
   */
  get chunks(): AsyncIterable<Chunk> {
    return this.#life.chunks as AsyncIterable<Chunk>
  }

  /** Returns the same call with other arguments, for functions that wrap handlers. */
  with<A extends readonly unknown[], K>(args: A, kwargs: K): Invocation<A, K, Chunk> {
    return new Invocation(args, kwargs, this.details, this.procedure, this.#life)
  }
}

/** The course of one invocation, from INVOCATION to the last YIELD or ERROR. */
export class InvocationLife {
  readonly request: Id
  readonly isProgressive: boolean
  /** Cancels the timer of a forwarded timeout. */
  forget: (() => void) | undefined
  /** Ends the source of progressive results, where the handler has given one. */
  leave: (() => void) | undefined
  readonly #yield: (value: unknown) => void
  #abort: ReturnType<typeof newAbort> | undefined
  #reason: { readonly error: unknown } | undefined
  #chunks: Chunks | undefined
  #isOver = false

  constructor(request: Id, isProgressive: boolean, buffer: number, yieldProgress: (life: InvocationLife, value: unknown) => void) {
    this.request = request
    this.isProgressive = isProgressive
    this.forget = undefined
    this.leave = undefined
    this.#yield = value => yieldProgress(this, value)
    this.#chunks = isProgressive ? new Chunks(buffer) : undefined
  }

  get isOver(): boolean {
    return this.#isOver
  }

  /** The reason why it was aborted. */
  get reason(): { readonly error: unknown } | undefined {
    return this.#reason
  }

  /** Made when a handler first asks, because few do. */
  get signal(): AbortSignal {
    if (this.#abort === undefined) {
      this.#abort = newAbort()
      if (this.#reason !== undefined) this.#abort.abort(this.#reason.error)
    }
    return this.#abort.signal
  }

  get chunks(): Chunks {
    if (this.#chunks === undefined) {
      this.#chunks = new Chunks(0)
      this.#chunks.end()
    }
    return this.#chunks
  }

  progress(value: unknown): void {
    if (!this.#isOver) this.#yield(value)
  }

  /** Takes a further message of a progressive invocation. Returns false where more wait than may. */
  chunk(payload: Payload | undefined, isLast: boolean): boolean {
    const hasRoom = isLast && payload === undefined ? true : this.chunks.add(payload ?? emptyPayload)
    if (isLast) this.chunks.end()
    return hasRoom
  }

  abort(error: unknown): void {
    if (this.#isOver || this.#reason !== undefined) return
    this.#reason = { error }
    this.#abort?.abort(error)
    this.#chunks?.fail(error)
    this.left()
  }

  /** Ends the source of progressive results, once. */
  left(): void {
    const { leave } = this
    this.leave = undefined
    leave?.()
  }

  over(): void {
    this.#isOver = true
    this.forget?.()
    this.#chunks?.fail(undefined)
    this.left()
  }
}

function newAbort(): InstanceType<typeof AbortController> {
  return new AbortController()
}
