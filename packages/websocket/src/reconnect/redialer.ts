import type { Clock, Timer } from '../bytes/clock.ts'
import { asError } from '../protocol/faults/as-error.ts'
import * as CloseCode from '../protocol/faults/codes.ts'
import { ApiMisuse, ConnectionClosed } from '../protocol/faults/errors.ts'
import { guarded, printError } from '../protocol/hooks/guarded.ts'
import type { CloseInfo } from '../protocol/life/close-info.ts'
import { Settlement } from '../protocol/life/settlement.ts'
import { type BackoffOptions, Delays } from './delays.ts'

/** A connection that can be lost and replaced by another one. Protocol objects are such connections, and so are those of the function style. */
export interface Replaceable {
  readonly isOpen: boolean
  /** Resolves when the connection is gone; never rejects. */
  readonly closed: Promise<Failure>
  sendClose(code?: number, reason?: string): unknown
}

/** The end of a connection, or of a try that failed. Has more fields of `CloseInfo` where the connection has them. */
export interface Failure extends Partial<CloseInfo> {
  readonly code: number
  readonly reason: string
}

/** A loss, as an application is told of it. */
export interface Loss {
  /** The close code as `onClose` reports it; 1006 also for a try that failed. */
  readonly code: number
  /** The peer's reason, or what happened, for a person to read. */
  readonly reason: string
  /** Milliseconds until the next try; `undefined` where there is to be none, and `Infinity` while the browser is offline. */
  readonly retryIn: number | undefined
}

export interface ReconnectOptions {
  /** When to try again after a loss; `false` never does. */
  readonly reconnect?: BackoffOptions | false
  /** The connection is lost, or a try to replace it has failed. */
  readonly onLost?: (loss: Loss) => void
  /** Takes what `onLost` and other handlers throw. Default: prints it. */
  readonly onError?: (error: unknown) => void
}

/** Everything that a `Redialer` is made with. */
export interface RedialerSetup<C extends Replaceable> {
  /** Makes a connection, which is open when the promise resolves. The signal is aborted when the client is closed. */
  readonly dial: (signal: AbortSignal) => Promise<C>
  /**
   * Makes a new connection ready for use. A rejection counts as a failed try. `signal` is aborted when the client is closed.
   *
   * It must not wait for what a lost connection never brings.
   */
  readonly prepare: (connection: C, signal: AbortSignal) => Promise<void>
  /** The connection is lost, or could not be made ready. */
  readonly forget: () => void
  /**
   * Decides about the next try: returns the least milliseconds to wait for it, `Infinity` to wait for `retryNow`, or `undefined` to give up.
   * Default: 0 for every loss.
   */
  readonly leastDelay?: (failure: Failure) => number | undefined
  /** Whether the first connection is tried again too. Default: false. */
  readonly retriesFirst?: boolean
  readonly clock: Clock
  /** Numbers from 0 up to, and without, 1, for the jitter. */
  readonly random: () => number
  /** Checked by the caller, who may have more of them; those of `reconnect` by `checkBackoff`. */
  readonly options: ReconnectOptions
}

/**
 * The life of a client that outlives its connections: it dials, and dials again after a loss, until it is closed or gives up. What it is given, its owner
 * has checked; `Reconnector` checks it itself.
 */
export class Redialer<C extends Replaceable> {
  readonly #setup: RedialerSetup<C>
  readonly #backoff: Delays
  /** Set from when a connection is there until it is lost: the one to close. */
  #connection: C | undefined
  #timer: Timer | undefined
  /** Whether it waits for the next try, with a timer or for `retryNow`. */
  #isWaiting = false
  #readyAt = 0
  #hasBegun = false
  readonly #first = new Settlement<void>()
  readonly #closing = new AbortController()
  readonly #end = new Settlement<void>()

  constructor(setup: RedialerSetup<C>) {
    this.#setup = setup
    const { reconnect = {} } = setup.options
    this.#backoff = new Delays(reconnect === false ? { maxRetries: 0 } : reconnect, setup.random)
  }

  /**
   * Opens the first connection. A failure is not tried again, unless `retriesFirst`: the promise rejects with it, and the client is closed. A
   * second call rejects with `ApiMisuse`.
   *
   * `untilOpen` gives up when it is aborted before the first connection is ready, and is not looked at later.
   */
  async open(untilOpen?: AbortSignal): Promise<void> {
    if (this.#hasBegun) throw new ApiMisuse('open was called already: a client is opened once')
    this.#hasBegun = true
    const { signal } = this.#closing
    try {
      await this.#connect(untilOpen === undefined ? signal : AbortSignal.any([signal, untilOpen]))
    } catch (error) {
      if (this.#setup.retriesFirst !== true || this.#isClosed) {
        this.#finish()
        throw error
      }
      this.#retry(failedTry(error))
      await this.#first.promise
    }
  }

  /** Resolves when the client is closed, or has given up; never rejects. */
  get closed(): Promise<void> {
    return this.#end.promise
  }

  /** Tries now where it waits for the next try: for signs that the network is back. */
  retryNow(): void {
    if (!this.#isWaiting || this.#isClosed) return
    this.#timer?.cancel()
    void this.#tryAgain()
  }

  /** Closes for good, with a code and a reason that can be sent; resolves when the connection is gone. */
  async close(code: number = CloseCode.Normal, reason = ''): Promise<void> {
    const connection = this.#connection
    connection?.sendClose(code, reason)
    this.#finish()
    await connection?.closed
  }

  /** Calls a handler of the application, and gives what it returns. What it throws, or rejects with, goes to `onError`. */
  guarded(run: () => unknown): unknown {
    return guarded(run, error => this.#report(error))
  }

  async #connect(dialSignal: AbortSignal): Promise<void> {
    const { signal } = this.#closing
    const connection = await this.#setup.dial(dialSignal)
    try {
      signal.throwIfAborted()
      this.#connection = connection
      await this.#setup.prepare(connection, signal)
      signal.throwIfAborted()
      if (!connection.isOpen) throw new ConnectionClosed(CloseCode.Abnormal, 'the connection was lost before it was ready')
    } catch (error) {
      this.#forget()
      connection.sendClose(CloseCode.Normal)
      throw error
    }
    this.#readyAt = this.#setup.clock.now()
    this.#first.resolve()
    void connection.closed.then(info => this.#lost(info))
  }

  #lost(info: Failure): void {
    this.#forget()
    if (this.#isClosed) return
    if (this.#setup.clock.now() - this.#readyAt >= steadyAfter) this.#backoff.reset()
    this.#retry(info)
  }

  #forget(): void {
    this.#connection = undefined
    this.#setup.forget()
  }

  #retry(failure: Failure): void {
    const { code, reason } = failure
    const { leastDelay = retryAtOnce, clock, options } = this.#setup
    const least = leastDelay(failure)
    // the application may have closed while it was asked
    const retryIn = this.#isClosed ? undefined : least === undefined || least === Infinity ? least : this.#backoff.next(least)
    this.#isWaiting = retryIn !== undefined
    if (retryIn === undefined) this.#finish(failure.cause)
    else if (retryIn !== Infinity) this.#timer = clock.schedule(() => void this.#tryAgain(), retryIn)
    this.guarded(() => options.onLost?.({ code, reason, retryIn }))
  }

  async #tryAgain(): Promise<void> {
    this.#timer = undefined
    this.#isWaiting = false
    try {
      await this.#connect(this.#closing.signal)
    } catch (error) {
      if (!this.#isClosed) this.#retry(failedTry(error))
    }
  }

  get #isClosed(): boolean {
    return this.#closing.signal.aborted
  }

  /** `cause`: the reason why it gives up; without one, the client was closed. */
  #finish(cause: Error = new ConnectionClosed(CloseCode.Normal, 'the client was closed')): void {
    this.#closing.abort(cause)
    this.#timer?.cancel()
    this.#first.reject(cause)
    this.#end.resolve()
  }

  #report(error: unknown): void {
    const { onError = printError } = this.#setup.options
    guarded(() => onError(error), printError)
  }
}

function failedTry(error: unknown): Failure {
  const cause = asError(error)
  return { code: CloseCode.Abnormal, reason: cause.message, cause }
}

function retryAtOnce(): number {
  return 0
}

/** Milliseconds that a connection has to last before a loss begins anew: a server that closes at once must not be asked for ever. */
const steadyAfter = 10_000
