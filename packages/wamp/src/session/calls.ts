import { ApiMisuse, guarded, type Timer, whenAborted } from '@autobahn-ts/websocket/portable'
import type { CallOptions, CancelMode, Id, ResultDetails, Uri } from '../messages/message.ts'
import { CALL, CANCEL } from '../messages/message-codes.ts'
import { emptyPayload, type Payload } from '../messages/payload.ts'
import { type CallResult, singleValue } from './answer.ts'
import type { Late } from './late.ts'
import type { Requests, Waiting } from './requests.ts'
import type { sendChunks } from './send-chunks.ts'
import type { SessionLink } from './session-link.ts'
import { WampError } from './wamp-error.ts'

/** The options of a call, beside its procedure and its payload. */
export interface CallRequest {
  /** Options of the message, in the names of WAMP. */
  readonly options?: CallOptions
  /** Milliseconds without an answer after which the call is cancelled and rejects; 0 waits. Each progressive result begins anew. */
  readonly timeout?: number
  /** Cancels the call when it is aborted. */
  readonly signal?: AbortSignal
  /** The mode of CANCEL. With `kill` the call settles with the answer of the callee: see `giveUp`. Default: `killnowait`. */
  readonly mode?: CancelMode
  /** Called with each progressive result. */
  readonly onProgress?: (result: CallResult) => void
  /** Sent one after the other, as long as the call is in progress. */
  readonly chunks?: AsyncIterable<unknown> | Iterable<unknown>
  /** Whether it is made above the limit of calls too, and does not count: a sign of life is not a call of the application. */
  readonly isUncounted?: boolean
}

/** Makes the calls of a session. */
export class Calls {
  readonly #link: SessionLink
  readonly #requests: Requests
  readonly #most: number
  readonly #late: Pick<Late<{ readonly sendChunks: typeof sendChunks }>, 'loaded'>
  #running = 0

  /** `most`: calls that may be in progress at once. `late` is loaded before the first call with chunks. */
  constructor(link: SessionLink, requests: Requests, most: number, late: Pick<Late<{ readonly sendChunks: typeof sendChunks }>, 'loaded'>) {
    this.#link = link
    this.#requests = requests
    this.#most = most
    this.#late = late
  }

  /**
   * Calls a procedure. Resolves with its one value, or with the whole result where that is asked for. Rejects with `WampError`, with the reason
   * of the signal, with `SessionClosed`, and with what sending throws.
   */
  call(procedure: Uri, payload: Payload | undefined, request: CallRequest, isWhole: boolean): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const call = new WaitingCall(this, procedure, request, isWhole, resolve, reject)
      if (!this.#link.isOpen) this.#link.checkOpen(call.what)
      request.signal?.throwIfAborted()
      const isCounted = request.isUncounted !== true
      if (isCounted && this.#running >= this.#most) throw new TooManyCalls(this.#most)
      // before an id is taken, because it throws
      const options = this.#optionsOf(request)
      call.id = this.#link.nextId()
      if (isCounted) this.#running++
      this.#requests.send([CALL, call.id, options, procedure, payload], call)
      // the answer may have come already, where the peer is in the same process
      if (this.isWaiting(call)) this.#begin(call)
    })
  }

  /** Hands a RESULT to its call. Throws `ProtocolViolation` for a call that was never made. */
  received(id: Id, details: ResultDetails, { args, kwargs }: Payload = emptyPayload): void {
    const result: CallResult = { args, kwargs, details }
    if (details.progress !== true) this.#requests.answered(CALL, id, result)
    else (this.#requests.find(CALL, id) as WaitingCall | undefined)?.progressed(result)
  }

  /**
   * Gives a call up: its promise rejects, and the router is asked to cancel it where it can. With `kill` the answer of the callee is awaited, for the
   * timeout of the call once more where it has one; a call that is given up again rejects.
   */
  giveUp(call: WaitingCall, error: unknown, mode: CancelMode = call.request.mode ?? 'killnowait'): void {
    if (!this.isWaiting(call)) return
    const isCancelled = this.#link.isOpen && this.#link.router.cancelsCalls
    if (isCancelled && !call.isCancelled) {
      call.isCancelled = true
      this.#link.send([CANCEL, call.id, { mode }])
      call.left()
      if (mode === 'kill') return call.restartTimer()
    }
    this.#requests.remove(call.id)
    call.failed(error)
  }

  isWaiting({ id }: WaitingCall): boolean {
    return this.#requests.has(id)
  }

  /** Whether further chunks of a call may be sent: it waits, and is not cancelled. */
  takesChunks(call: WaitingCall): boolean {
    return this.isWaiting(call) && !call.isCancelled
  }

  /** Schedules the end of the time that a call has. */
  timer(call: WaitingCall, timeout: number): Timer {
    return this.#link.clock.schedule(() => {
      this.giveUp(call, new WampError('wamp.error.timeout', [`${call.procedure} did not answer within ${timeout} ms`]))
    }, timeout)
  }

  noteError(error: unknown, what: 'onProgress' | 'chunks'): void {
    this.#link.noteError(error, { kind: 'callback', uri: what })
  }

  stopped({ request }: WaitingCall): void {
    if (request.isUncounted !== true) this.#running--
  }

  #begin(call: WaitingCall): void {
    const { signal, timeout = 0, chunks } = call.request
    if (timeout > 0) call.timer = this.timer(call, timeout)
    if (signal !== undefined) call.offAbort = whenAborted(signal, () => this.giveUp(call, signal.reason))
    if (chunks !== undefined) void this.#late.loaded!.sendChunks(this.#link, this, call, chunks)
  }

  /** Returns the options of the message. A call without wishes shares one object. */
  #optionsOf({ options = noOptions, timeout = 0, onProgress, chunks }: CallRequest): CallOptions {
    const sendsTimeout = timeout > 0 && this.#link.router.takesTimeout
    if (!sendsTimeout && onProgress === undefined && chunks === undefined) return options
    if (chunks !== undefined && !this.#link.router.has('dealer', 'progressive_call_invocations')) {
      throw new WampError('wamp.error.feature_not_supported', ['the router has not announced progressive_call_invocations'])
    }
    return {
      ...options,
      // whole numbers alone go on the wire
      ...(sendsTimeout && { timeout: Math.ceil(timeout) }),
      ...(onProgress !== undefined && { receive_progress: true }),
      ...(chunks !== undefined && { progress: true }),
    }
  }
}

/** A call that waits for its result. */
export class WaitingCall implements Waiting<CallResult> {
  readonly code: typeof CALL = CALL
  readonly procedure: Uri
  readonly request: CallRequest
  readonly failed: (error: unknown) => void
  id: Id = 0
  timer: Timer | undefined
  offAbort: (() => void) | undefined
  /** Ends the source of chunks. */
  leave: (() => void) | undefined
  /** Whether CANCEL was sent. */
  isCancelled = false
  readonly #calls: Calls
  readonly #isWhole: boolean
  readonly #resolve: (result: unknown) => void

  constructor(
    calls: Calls,
    procedure: Uri,
    request: CallRequest,
    isWhole: boolean,
    resolve: (result: unknown) => void,
    reject: (error: unknown) => void,
  ) {
    this.procedure = procedure
    this.request = request
    this.failed = reject
    this.timer = undefined
    this.offAbort = undefined
    this.leave = undefined
    this.#calls = calls
    this.#isWhole = isWhole
    this.#resolve = resolve
  }

  get what(): string {
    return `the call of ${this.procedure}`
  }

  answered(result: CallResult): void {
    try {
      this.#resolve(this.#isWhole ? result : singleValue(result, this.procedure))
    } catch (error) {
      this.failed(error)
    }
  }

  progressed(result: CallResult): void {
    this.restartTimer()
    const { onProgress } = this.request
    if (onProgress !== undefined)
      guarded(
        () => onProgress(result),
        error => this.#calls.noteError(error, 'onProgress'),
      )
  }

  stop(): void {
    this.timer?.cancel()
    this.offAbort?.()
    this.#calls.stopped(this)
    this.left()
  }

  /** Gives the call its timeout again, where it has one. */
  restartTimer(): void {
    if (this.timer === undefined) return
    this.timer.cancel()
    this.timer = this.#calls.timer(this, this.request.timeout!)
  }

  /** Ends the source of chunks, once. */
  left(): void {
    const { leave } = this
    this.leave = undefined
    leave?.()
  }
}

/** More calls are in progress than the client allows; nothing was sent. */
export class TooManyCalls extends ApiMisuse {
  constructor(most: number) {
    super(`${most} calls are in progress, as many as option maxCalls allows`)
  }
}

const noOptions: CallOptions = Object.freeze({})
