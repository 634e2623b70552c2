import { isPromise } from '@autobahn-ts/websocket/portable'
import type { Id, Interrupt, Invocation as InvocationMessage, RegisterOptions, UnregisteredDetails, Uri } from '../messages/message.ts'
import { ERROR, INVOCATION, REGISTER, UNREGISTER, YIELD } from '../messages/message-codes.ts'
import { emptyPayload, type Payload } from '../messages/payload.ts'
import { ProtocolViolation } from '../messages/protocol-violation.ts'
import { payloadOfValue } from './answer.ts'
import { errorPayload, isAbort } from './error-payload.ts'
import { Invocation, InvocationLife } from './invocation.ts'
import { endSource, isSource, iteratorOf, stepOf } from './iterator-of.ts'
import { refuse, refuseUnknown } from './refuse.ts'
import type { Requests, Revoked } from './requests.ts'
import { lostWith, type SessionEnd } from './session-closed.ts'
import type { SessionLink } from './session-link.ts'
import { WampError } from './wamp-error.ts'

/** A function that answers calls: with a value, a promise, `result(…)`, or a generator whose yields are progressive results. */
export type ProcedureHandler = (invocation: Invocation) => unknown

/** A procedure that is registered in a session. */
export interface ProcedureRegistration {
  readonly id: Id
  readonly uri: Uri
}

/** Limits of what a callee does at once, and what it tells callers. */
export interface CalleeSettings {
  /** Invocations in progress; above it callers are answered `wamp.error.unavailable`. */
  readonly maxInvocations: number
  /** Messages of one progressive invocation that may wait for their handler. */
  readonly buffer: number
  /** Whether callers see the message of any error, and not only those of `WampError`. */
  readonly exposeErrors: boolean
}

/** The procedures that a session has registered, and the calls of them that are in progress. */
export class Callee {
  readonly #link: SessionLink
  readonly #requests: Requests
  readonly #settings: CalleeSettings
  readonly #procedures = new Map<Id, Procedure>()
  readonly #running = new Map<Id, Running>()
  /** Ids of progressive invocations that are over, because messages of theirs may still come. */
  readonly #ended = new Set<Id>()

  constructor(link: SessionLink, requests: Requests, settings: CalleeSettings) {
    this.#link = link
    this.#requests = requests
    this.#settings = settings
  }

  /** Invocations in progress, and those that wait because of `concurrency`. */
  get size(): number {
    return this.#running.size
  }

  /** Registers a procedure. */
  register(uri: Uri, options: RegisterOptions, handler: ProcedureHandler, revoked?: Revoked): Promise<ProcedureRegistration> {
    return this.#requests.ask(`REGISTER ${uri}`, [REGISTER, this.#link.nextId(), options, uri], (id, isLate) => {
      const concurrency = options.concurrency ?? Number.POSITIVE_INFINITY
      const procedure: Procedure = { id, uri, handler, concurrency, running: 0, waiting: [], isStarting: false, revoked }
      if (isLate) this.#unregister(procedure).catch(() => undefined)
      else this.#procedures.set(id, procedure)
      return procedure
    })
  }

  /** Takes a registration back. Calls that come before the router has confirmed it are still answered. */
  async unregister(registration: ProcedureRegistration): Promise<void> {
    if (this.#procedures.has(registration.id) && this.#link.isOpen) await this.#unregister(registration)
  }

  /** Takes an INVOCATION. Throws `ProtocolViolation` for an id that is in use. */
  invoked([, request, registration, details, payload]: InvocationMessage): void {
    const running = this.#running.get(request)
    if (running !== undefined) return this.#continued(running, details.progress === true, payload)
    if (this.#ended.has(request)) return this.#endedBefore(request, details.progress === true)
    const procedure = this.#procedures.get(registration)
    if (procedure === undefined) return refuseUnknown(this.#link, request, registration)
    if (this.#running.size >= this.#settings.maxInvocations) return refuse(this.#link, request, 'too many calls are in progress')
    const life = new InvocationLife(request, details.progress === true, this.#settings.buffer, this.#progress)
    const { args, kwargs } = payload ?? emptyPayload
    const invocation = new Invocation(args, kwargs, details, details.procedure ?? procedure.uri, life)
    const started: Running = { life, invocation, procedure, isMoreExpected: life.isProgressive, isStarted: false }
    this.#running.set(request, started)
    if (details.timeout !== undefined && details.timeout > 0) this.#limit(started, details.timeout)
    if (procedure.running < procedure.concurrency) this.#run(started)
    else procedure.waiting.push(started)
  }

  /** Takes an INTERRUPT. One for a call that is over is ignored: it was on its way. */
  interrupted([, request, options]: Interrupt): void {
    const running = this.#running.get(request)
    if (running === undefined) return
    running.life.abort(new WampError(options.reason ?? 'wamp.error.canceled', ['the caller has cancelled the call']))
    if (!running.isStarted) this.#failed(running, running.life.reason?.error)
  }

  /** Takes the revocation of a registration. */
  revoked({ registration, reason }: UnregisteredDetails): void {
    const procedure = registration === undefined ? undefined : this.#procedures.get(registration)
    if (procedure === undefined) return
    this.#procedures.delete(procedure.id)
    procedure.revoked?.(reason)
  }

  /** Aborts everything that runs: nobody waits for its result. */
  ended(end: SessionEnd): void {
    const all = [...this.#running.values()]
    this.#running.clear()
    this.#procedures.clear()
    for (const { life, procedure } of all) {
      life.abort(lostWith(end, `a call of ${procedure.uri}`))
      life.over()
    }
  }

  #unregister({ id, uri }: ProcedureRegistration): Promise<unknown> {
    return this.#requests.ask(`UNREGISTER ${uri}`, [UNREGISTER, this.#link.nextId(), id], () => this.#procedures.delete(id))
  }

  #run(running: Running): void {
    running.isStarted = true
    running.procedure.running++
    try {
      const outcome: unknown = running.procedure.handler(running.invocation)
      if (isPromise(outcome)) void this.#settled(running, outcome)
      else this.#answered(running, outcome)
    } catch (error) {
      this.#failed(running, error)
    }
  }

  async #settled(running: Running, outcome: PromiseLike<unknown>): Promise<void> {
    try {
      this.#answered(running, await outcome)
    } catch (error) {
      this.#failed(running, error)
    }
  }

  #answered(running: Running, value: unknown): void {
    if (isSource(value)) void this.#drive(running, value)
    else this.#finish(running, value)
  }

  /** Sends what a generator yields, as progressive results, and what it returns, as the result. */
  async #drive(running: Running, source: AsyncIterable<unknown> | Iterable<unknown>): Promise<void> {
    const { life, invocation } = running
    try {
      const iterator = iteratorOf(source)
      // at once, because a stream that has nothing to say would never notice
      life.leave = () => endSource(iterator, error => this.#failed(running, error))
      if (life.reason !== undefined || life.isOver) life.left()
      for (let count = 1; ; count++) {
        const { done, value } = stepOf(await iterator.next())
        if (done === true) {
          life.leave = undefined
          if (value === undefined && life.reason !== undefined) return this.#failed(running, life.reason.error)
          return this.#finish(running, value)
        }
        if (life.reason !== undefined || life.isOver) return this.#failed(running, life.reason?.error)
        invocation.progress(value)
        await this.#link.untilWritable()
        // promises alone would let no INTERRUPT in, where nothing is sent that the transport could hold up
        if (count % mostAtOnce === 0) await new Promise<void>(resolve => this.#link.clock.schedule(resolve, 1))
      }
    } catch (error) {
      life.left()
      this.#failed(running, error)
    }
  }

  readonly #progress = (life: InvocationLife, value: unknown): void => {
    this.#link.send([YIELD, life.request, progressive, payloadOfValue(value)])
  }

  #finish(running: Running, value: unknown): void {
    if (!this.#over(running)) return
    try {
      this.#link.send([YIELD, running.life.request, noOptions, payloadOfValue(value)])
    } catch (error) {
      this.#reply(running, error)
    }
    this.#startWaiting(running.procedure)
  }

  #failed(running: Running, error: unknown): void {
    if (this.#over(running)) {
      this.#reply(running, error)
      this.#startWaiting(running.procedure)
    } else if (!isAbort(error, running.life.reason?.error)) this.#report(running, error)
  }

  /** Answers a call with an error. Errors that are not meant for callers are also reported here. */
  #reply({ life, procedure }: Running, error: unknown): void {
    try {
      const { uri, payload, isReported } = errorPayload(error, life.reason?.error, this.#settings.exposeErrors)
      if (isReported) this.#report({ procedure }, error)
      this.#link.send([ERROR, INVOCATION, life.request, {}, uri, payload])
    } catch (failure) {
      this.#report({ procedure }, failure)
      const { uri, payload } = errorPayload(failure, undefined, false)
      this.#link.send([ERROR, INVOCATION, life.request, {}, uri, payload])
    }
  }

  #report({ procedure }: Pick<Running, 'procedure'>, error: unknown): void {
    this.#link.noteError(error, { kind: 'procedure', uri: procedure.uri })
  }

  /** Notes the end of an invocation; returns false where it was over before, as after the end of the session. */
  #over(running: Running): boolean {
    const { life, procedure } = running
    if (life.isOver) return false
    life.over()
    this.#running.delete(life.request)
    if (running.isMoreExpected) this.#remember(life.request)
    if (running.isStarted) procedure.running--
    else procedure.waiting.splice(procedure.waiting.indexOf(running), 1)
    return true
  }

  /** Starts the calls that wait because of `concurrency`. A handler that answers at once ends within this loop, and must not begin another one. */
  #startWaiting(procedure: Procedure): void {
    if (procedure.isStarting) return
    procedure.isStarting = true
    while (procedure.running < procedure.concurrency) {
      const next = procedure.waiting.shift()
      if (next === undefined) break
      this.#run(next)
    }
    procedure.isStarting = false
  }

  #continued(running: Running, isMoreExpected: boolean, payload: Payload | undefined): void {
    const { life } = running
    if (!running.isMoreExpected) throw new ProtocolViolation(`INVOCATION with the id ${life.request}, which is in use`)
    running.isMoreExpected = isMoreExpected
    if (life.chunk(payload, !isMoreExpected)) return
    const why = `more than ${this.#settings.buffer} chunks wait for the handler of ${running.procedure.uri}`
    life.abort(new WampError('wamp.error.unavailable', [why]))
    this.#failed(running, life.reason?.error)
  }

  #endedBefore(request: Id, isMoreExpected: boolean): void {
    if (!isMoreExpected) this.#ended.delete(request)
  }

  /** Keeps the ids of the last invocations alone. */
  #remember(request: Id): void {
    this.#ended.add(request)
    if (this.#ended.size <= mostRemembered) return
    for (const oldest of this.#ended) {
      this.#ended.delete(oldest)
      return
    }
  }

  #limit(running: Running, timeout: number): void {
    const timer = this.#link.clock.schedule(() => {
      running.life.abort(new WampError('wamp.error.timeout', [`the call took longer than ${timeout} ms`]))
      this.#failed(running, running.life.reason?.error)
    }, timeout)
    running.life.forget = () => timer.cancel()
  }
}

interface Procedure extends ProcedureRegistration {
  readonly handler: ProcedureHandler
  readonly concurrency: number
  running: number
  readonly waiting: Running[]
  /** Whether those that wait are being started. */
  isStarting: boolean
  readonly revoked: Revoked | undefined
}

interface Running {
  readonly life: InvocationLife
  readonly invocation: Invocation
  readonly procedure: Procedure
  /** Whether the caller has said that further messages follow. */
  isMoreExpected: boolean
  /** Whether its handler was called; false while it waits because of `concurrency`. */
  isStarted: boolean
}

const noOptions = Object.freeze({})
const progressive = Object.freeze({ progress: true })
const mostRemembered = 1000
/** Values of a source that are read in one turn of the event loop. */
const mostAtOnce = 1000
