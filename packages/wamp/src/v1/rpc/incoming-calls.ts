import { type Awaitable, asError, CloseCode, ConnectionClosed, isPromise } from '@autobahn-ts/websocket/portable'
import { malformed } from '../../faults/peer-fault.ts'
import { isError, UnclearValue, unclear, unlessError } from '../../hooks/hook-value.ts'
import { notify } from '../../hooks/notify.ts'
import type { SessionWork, Work } from '../../workload/session-work.ts'
import { CALLERROR, CALLRESULT, type List, type Uri } from '../messages/message.ts'
import { ErrorUri } from '../messages/uris.ts'
import { type MessageTier, sendUnskipped } from '../ports/message-tier.ts'
import type { WampFactory } from '../ports/wamp-factory.ts'
import { serialized } from '../serializers/serializer.ts'
import { Call } from './call.ts'
import { type ErrorReply, errorReply, internal } from './error-reply.ts'
import { invoke, type Procedures } from './procedures.ts'
import { RpcError } from './rpc-error.ts'

/** The hooks of a received call, in their order. */
export interface CallHooks {
  onBeforeCall(callId: string, uri: Uri, args: List, isRegistered: boolean): Awaitable<readonly [uri: Uri, args: List]>
  onAfterCallSuccess(result: unknown, call: Call): unknown
  onAfterCallError(error: unknown, call: Call): unknown
  onAfterSendCallSuccess(message: string, call: Call): void
  onAfterSendCallError(message: string, call: Call): void
}

/** The protocol object of the called side. */
export interface Callee extends MessageTier, CallHooks {}

/** Takes the calls of the peer through the hooks to their procedures, and sends the answers in the order in which they are ready. */
export class IncomingCalls {
  readonly #callee: Callee
  readonly #factory: WampFactory
  readonly #procedures: Procedures
  readonly #shrink: (uri: Uri) => Uri
  readonly #hidesErrors: () => boolean
  /** The ids of the calls that wait for a promise. A call that is answered at once is never among them. */
  readonly #inWork = new Map<string, Work>()
  readonly #work: SessionWork

  /** While `hidesErrors` returns true, callers do not get the text of errors other than `RpcError`; those are reported instead. */
  constructor(
    callee: Callee,
    factory: WampFactory,
    procedures: Procedures,
    work: SessionWork,
    shrink: (uri: Uri) => Uri,
    hidesErrors: () => boolean,
  ) {
    this.#callee = callee
    this.#work = work
    this.#hidesErrors = hidesErrors
    this.#factory = factory
    this.#procedures = procedures
    this.#shrink = shrink
  }

  /**
   * Begins a call. Above a limit it is answered with an error instead: calls never hold reading, because a procedure may call its caller
   * and wait for the answer. `size`: octets that the call takes while it is in progress.
   */
  received(callId: string, uri: Uri, args: List, size: number): void {
    if (this.#inWork.size > 0 && this.#inWork.has(callId)) throw malformed(`the call id ${callId.slice(0, 32)} is in use`)
    const call = new Call(this.#callee, callId, uri, args)
    const why = this.#whyTooMany(size)
    if (why !== undefined) return this.#send(call, tooMany(why))
    this.#answer(call, size)
  }

  #whyTooMany(size: number): string | undefined {
    const { maxIncomingCalls, maxSessionWorkSize } = this.#factory.wampOptions
    if (this.#inWork.size >= maxIncomingCalls) return `${maxIncomingCalls} calls of this session are in progress`
    if (this.#work.isAboveLimit(size)) return `calls of this session in progress take more than ${maxSessionWorkSize} octets`
    return this.#work.isFactoryAboveLimit(size) ? 'too many calls are in progress' : undefined
  }

  #answer(call: Call, size: number): void {
    try {
      const result = this.#resultOf(call)
      if (!isPromise(result)) return this.#succeeded(call, result, size)
      this.#begin(call, size)
      Promise.resolve(result).then(
        value => this.#succeeded(call, value, size),
        error => this.#failed(call, error, size),
      )
    } catch (error) {
      this.#failed(call, error, size)
    }
  }

  #begin(call: Call, size: number): void {
    if (!this.#inWork.has(call.callId)) this.#inWork.set(call.callId, this.#work.begin(size))
  }

  /** Runs a call up to `onAfterCallSuccess`. Makes no closures or promises for a call without asynchronous parts, as most calls are. */
  #resultOf(call: Call): unknown {
    const allowed = this.#callee.onBeforeCall(call.callId, call.uri, call.args, this.#procedures.has(call.uri))
    return isPromise(allowed) ? Promise.resolve(allowed).then(target => this.#resultAt(target, call)) : this.#resultAt(allowed, call)
  }

  #resultAt(allowed: unknown, call: Call): unknown {
    this.#endIfClosed()
    const target = targetIn(allowed)
    call.uri = target[0]
    call.args = target[1]
    const result = this.#invoke(call)
    return isPromise(result) ? Promise.resolve(result).then(value => this.#changed(call, value)) : this.#changed(call, result)
  }

  /**
   * Passes the result to `onAfterCallSuccess`. A returned error counts as thrown: as a result it would arrive as an object without its
   * text.
   */
  #changed(call: Call, result: unknown): unknown {
    this.#endIfClosed()
    call.result = unlessError(result)
    return this.#callee.onAfterCallSuccess(result, call)
  }

  #invoke(call: Call): unknown {
    const registration = this.#procedures.get(call.uri)
    if (registration === undefined) throw new RpcError(ErrorUri.NoSuchRpcEndpoint, `no procedure ${call.uri} is registered here`)
    call.extra = registration.extra
    return invoke(registration, call)
  }

  /** Throws if the caller's connection is closed, so that no procedure and no hook is called for it. */
  #endIfClosed(): void {
    if (this.#isClosed()) throw new ConnectionClosed(1006, 'the caller has gone')
  }

  #isClosed(): boolean {
    return this.#callee.closeInfo !== undefined
  }

  #succeeded(call: Call, result: unknown, size: number): void {
    if (isError(result)) return this.#failed(call, result, size)
    if (this.#isClosed()) return this.#isAnswered(call)
    call.result = result
    let message: string
    try {
      message = serialized(this.#factory, [CALLRESULT, call.callId, result])
    } catch (error) {
      return this.#failed(call, new Unserialisable(`the result of ${call.uri} is not serialisable`, { cause: error }), size)
    }
    this.#isAnswered(call)
    if (!this.#sent(message)) return
    notify(this.#factory, this.#callee, () => this.#callee.onAfterSendCallSuccess(message, call))
  }

  #failed(call: Call, thrown: unknown, size: number): void {
    call.error = thrown
    if (this.#isClosed()) return this.#failedForNobody(call, thrown)
    try {
      const changed = this.#callee.onAfterCallError(thrown, call)
      if (!isPromise(changed)) return this.#reply(call, changed)
      this.#begin(call, size)
      Promise.resolve(changed).then(
        error => this.#reply(call, error),
        error => this.#reply(call, error),
      )
    } catch (error) {
      this.#reply(call, error)
    }
  }

  #reply(call: Call, error: unknown): void {
    call.error = error
    this.#isAnswered(call)
    const reply = this.#replyTo(error)
    if (reply.isInternal) this.#factory.noteError(error, this.#callee)
    this.#send(call, reply)
  }

  #failedForNobody(call: Call, error: unknown): void {
    this.#isAnswered(call)
    if (this.#replyTo(error).isInternal) this.#factory.noteError(error, this.#callee)
  }

  /** Makes the reply for an error. Reading an application's error may throw, if it has such a getter or is a proxy. */
  #replyTo(error: unknown): ErrorReply {
    try {
      return this.#readableReplyTo(error)
    } catch {
      return internal('the procedure threw an error that cannot be read')
    }
  }

  #readableReplyTo(error: unknown): ErrorReply {
    if (error instanceof Unserialisable) return internal(error.message)
    if (error instanceof UnclearValue) return internal('a hook of this side returned an unclear value')
    const { includeTraceback } = this.#factory.wampOptions
    if (!this.#hidesErrors()) return errorReply(error, includeTraceback)
    if (error instanceof RpcError) return errorReply(error, false)
    // the procedure was waiting for its caller, whose connection is gone
    const isLoss = error instanceof ConnectionClosed && !this.#callee.isOpen
    return { ...hidden, isInternal: !isLoss }
  }

  #send(call: Call, reply: ErrorReply): void {
    const message = this.#errorMessage(call, reply)
    if (message === undefined || !this.#sent(message)) return
    notify(this.#factory, this.#callee, () => this.#callee.onAfterSendCallError(message, call))
    if (reply.closeSession) this.#callee.sendClose(closedByProcedure, 'a procedure has closed the session')
  }

  /**
   * Serializes a CALLERROR. Returns `undefined`, and fails the connection, if the factory's `serialize` throws even without the details.
   */
  #errorMessage(call: Call, reply: ErrorReply): string | undefined {
    const message = [CALLERROR, call.callId, this.#shrink(reply.uri), reply.description]
    try {
      return serialized(this.#factory, reply.details === undefined ? message : [...message, reply.details])
    } catch (error) {
      this.#factory.noteError(error, this.#callee)
      return this.#plainError(call, internal(`the details of the error ${reply.uri} are not serialisable`))
    }
  }

  #plainError(call: Call, { uri, description }: ErrorReply): string | undefined {
    try {
      return serialized(this.#factory, [CALLERROR, call.callId, this.#shrink(uri), description])
    } catch (error) {
      this.#callee.failConnection(CloseCode.InternalError, 'the answer to a call could not be serialised', asError(error))
      return undefined
    }
  }

  #isAnswered(call: Call): void {
    const work = this.#inWork.size > 0 ? this.#inWork.get(call.callId) : undefined
    if (work === undefined) return
    this.#inWork.delete(call.callId)
    this.#work.end(work)
  }

  /** Sends an answer. Fails the connection if it cannot be sent, because the caller would wait for ever. */
  #sent(message: string): boolean {
    if (!this.#callee.isOpen) return false
    try {
      sendUnskipped(this.#callee, message)
      return true
    } catch (error) {
      this.#callee.failConnection(CloseCode.PolicyViolation, 'the answer to a call could not be sent', asError(error))
      return false
    }
  }
}

class Unserialisable extends Error {}

/**
 * Reads the value of `onBeforeCall`. A returned error counts as thrown; only a pair of a URI and a list of arguments lets the call through.
 */
function targetIn(allowed: unknown): readonly [uri: Uri, args: List] {
  if (Array.isArray(allowed) && allowed.length === 2 && typeof allowed[0] === 'string' && Array.isArray(allowed[1])) {
    return allowed as unknown as readonly [uri: Uri, args: List]
  }
  throw unclear('onBeforeCall', unlessError(allowed), 'return [uri, args] to let the call through, throw to refuse it')
}

/** The answer to a caller that must not learn why a call failed. */
const hidden: ErrorReply = {
  uri: ErrorUri.Generic,
  description: 'generic error',
  details: undefined,
  closeSession: false,
  isInternal: true,
}

function tooMany(description: string): ErrorReply {
  return { uri: ErrorUri.TooManyCalls, description, details: undefined, closeSession: false, isInternal: false }
}

/** A close code from the range for applications, RFC 6455 §7.4.2. */
const closedByProcedure = 3000
