import { ApiMisuse, heeded, type Timer, whenAborted } from '@autobahn-ts/websocket/portable'
import type { CallOptions, CancelMode, Id, ResultDetails, Uri } from '../messages/message.ts'
import { CALL, CANCEL } from '../messages/message-codes.ts'
import { emptyPayload, type Payload } from '../messages/payload.ts'
import { ProtocolViolation } from '../messages/protocol-violation.ts'
import { type CallResult, payloadOfValue, singleValue } from './answer.ts'
import { iteratorOf } from './iterator-of.ts'
import { lostWith, type SessionEnd } from './session-closed.ts'
import type { SessionLink } from './session-link.ts'
import { errorOf, WampError } from './wamp-error.ts'

/** The options of a call, beside its procedure and its payload. */
export interface CallRequest {
  /** Options of the message, in the names of WAMP. */
  readonly options?: CallOptions
  /** Milliseconds without an answer after which the call is cancelled and rejects; 0 waits. Each progressive result begins anew. */
  readonly timeout?: number
  /** Cancels the call when it is aborted. */
  readonly signal?: AbortSignal
  /** The mode of CANCEL. With `kill` the call settles with the answer of the callee. Default: `killnowait`. */
  readonly mode?: CancelMode
  /** Called with each progressive result. */
  readonly onProgress?: (result: CallResult) => void
  /** Sent one after the other, as long as the call is in progress. */
  readonly chunks?: AsyncIterable<unknown> | Iterable<unknown>
}

/** The calls of a session that wait for their results. */
export class Calls {
  readonly #link: SessionLink
  readonly #most: number
  readonly #waiting = new Map<Id, WaitingCall>()
  /** The highest id that a call had. Ids of requests grow. */
  #last: Id = 0

  /** `most`: calls that may be in progress at once. */
  constructor(link: SessionLink, most: number) {
    this.#link = link
    this.#most = most
  }

  get size(): number {
    return this.#waiting.size
  }

  /**
   * Calls a procedure. Resolves with its one value, or with the whole result where that is asked for. Rejects with `WampError`, with the reason
   * of the signal, with `SessionClosed`, and with what sending throws.
   */
  call(procedure: Uri, payload: Payload | undefined, request: CallRequest, isWhole: boolean): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (request.signal?.aborted === true) return reject(request.signal.reason)
      if (this.#waiting.size >= this.#most) return reject(new TooManyCalls(this.#most))
      // before an id is taken, because it throws
      const options = this.#optionsOf(request)
      const id = this.#link.nextId()
      const call = new WaitingCall(this, id, procedure, request, isWhole, resolve, reject)
      this.#last = id
      this.#waiting.set(id, call)
      try {
        this.#link.request([CALL, id, options, procedure, payload], id)
        // the answer may have come already, where the peer is in the same process
        if (this.#waiting.has(id)) this.#begin(call)
      } catch (error) {
        this.take(id)
        reject(error)
      }
    })
  }

  /** Hands a RESULT to its call. Throws `ProtocolViolation` for a call that was never made. */
  received(id: Id, details: ResultDetails, payload: Payload | undefined): void {
    const call = this.#waiting.get(id)
    if (call === undefined) return this.#expectLate(id)
    if (details.progress === true) return call.progressed(details, payload)
    this.take(id)
    call.resolved(details, payload)
  }

  /** Hands an ERROR to its call, as `received` does. */
  failed(id: Id, uri: Uri, payload: Payload | undefined): void {
    const call = this.#waiting.get(id)
    if (call === undefined) return this.#expectLate(id)
    this.take(id)
    call.reject(errorOf(uri, payload))
  }

  /** Gives a call up: its promise rejects, and the router is asked to cancel it where it can. */
  giveUp(call: WaitingCall, error: unknown, mode: CancelMode = 'killnowait'): void {
    if (!this.#waiting.has(call.id)) return
    const isCancelled = this.#cancel(call.id, mode)
    if (mode === 'kill' && isCancelled) return
    this.take(call.id)
    call.reject(error)
  }

  /** Rejects everything that waits. */
  ended(end: SessionEnd): void {
    for (const call of [...this.#waiting.values()]) {
      this.take(call.id)
      call.reject(lostWith(end, `the call of ${call.procedure}`))
    }
  }

  /** Takes a call out of those that wait. */
  take(id: Id): void {
    this.#waiting.get(id)?.forget()
    this.#waiting.delete(id)
  }

  isWaiting(id: Id): boolean {
    return this.#waiting.has(id)
  }

  /** Schedules the end of the time that a call has. */
  timer(call: WaitingCall, timeout: number): Timer {
    return this.#link.clock.schedule(() => {
      this.giveUp(call, new WampError('wamp.error.timeout', [`${call.procedure} did not answer within ${timeout} ms`]))
    }, timeout)
  }

  noteError(error: unknown): void {
    this.#link.noteError(error, { kind: 'callback', uri: 'onProgress' })
  }

  #begin(call: WaitingCall): void {
    const { signal, mode, timeout = 0, chunks } = call.request
    if (timeout > 0) call.timer = this.timer(call, timeout)
    if (signal !== undefined) call.offAbort = whenAborted(signal, () => this.giveUp(call, signal.reason, mode))
    if (chunks !== undefined) void this.#sendChunks(call, chunks)
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

  /** Sends the chunks of a call as further CALLs with its id, and one without `progress` at the end. */
  async #sendChunks(call: WaitingCall, chunks: AsyncIterable<unknown> | Iterable<unknown>): Promise<void> {
    const { id, procedure } = call
    try {
      const iterator = iteratorOf(chunks)
      for (;;) {
        const { done, value } = await iterator.next()
        if (!this.#waiting.has(id)) break
        if (done === true) return this.#link.send([CALL, id, noOptions, procedure, payloadOfValue(value)])
        this.#link.send([CALL, id, { progress: true }, procedure, payloadOfValue(value)])
        await this.#link.untilWritable()
        if (!this.#waiting.has(id)) break
      }
      await iterator.return?.()
    } catch (error) {
      if (this.#waiting.has(id)) this.giveUp(call, error)
      else this.noteError(error)
    }
  }

  /** Sends CANCEL, where the router takes it. */
  #cancel(id: Id, mode: CancelMode): boolean {
    if (!this.#link.isOpen || !this.#link.router.cancelsCalls) return false
    this.#link.send([CANCEL, id, { mode }])
    return true
  }

  /** A call that was given up may still be answered. */
  #expectLate(id: Id): void {
    if (id > this.#last) throw new ProtocolViolation(`the answer to a call with the id ${id}, which was never made`)
  }
}

/** A call that waits for its result. */
class WaitingCall {
  readonly id: Id
  readonly procedure: Uri
  readonly request: CallRequest
  readonly reject: (error: unknown) => void
  timer: Timer | undefined
  offAbort: (() => void) | undefined
  readonly #calls: Calls
  readonly #isWhole: boolean
  readonly #resolve: (result: unknown) => void

  constructor(
    calls: Calls,
    id: Id,
    procedure: Uri,
    request: CallRequest,
    isWhole: boolean,
    resolve: (result: unknown) => void,
    reject: (error: unknown) => void,
  ) {
    this.id = id
    this.procedure = procedure
    this.request = request
    this.reject = reject
    this.timer = undefined
    this.offAbort = undefined
    this.#calls = calls
    this.#isWhole = isWhole
    this.#resolve = resolve
  }

  resolved(details: ResultDetails, payload: Payload | undefined): void {
    try {
      this.#resolve(this.#isWhole ? resultOf(details, payload) : singleValue(payload, this.procedure))
    } catch (error) {
      this.reject(error)
    }
  }

  progressed(details: ResultDetails, payload: Payload | undefined): void {
    if (this.timer !== undefined) {
      this.timer.cancel()
      this.timer = this.#calls.timer(this, this.request.timeout!)
    }
    const { onProgress } = this.request
    if (onProgress === undefined) return
    try {
      heeded(onProgress(resultOf(details, payload)), error => this.#calls.noteError(error))
    } catch (error) {
      this.#calls.noteError(error)
    }
  }

  forget(): void {
    this.timer?.cancel()
    this.offAbort?.()
  }
}

/** More calls are in progress than the client allows; nothing was sent. */
export class TooManyCalls extends ApiMisuse {
  constructor(most: number) {
    super(`${most} calls are in progress, as many as the option maxCalls allows: wait for some of them`)
  }
}

function resultOf(details: ResultDetails, { args, kwargs }: Payload = emptyPayload): CallResult {
  return { args, kwargs, details }
}

const noOptions: CallOptions = Object.freeze({})
