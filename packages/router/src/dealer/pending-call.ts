import {
  type Call,
  type CallOptions,
  type CancelMode,
  type Dict,
  ErrorUri,
  type Id,
  MessageType,
  type Payload,
  type ResultDetails,
  type Uri,
  type YieldOptions,
} from '@autobahn-ts/wamp/protocol'
import type { Clock } from '@autobahn-ts/websocket/portable'
import type { Delivery, Party } from '../parties/party.ts'
import { addPassthru, hasPassthru, noDetails, passthruDetails } from '../parties/passthru.ts'
import { refusal } from '../parties/refusal.ts'
import type { Answers, Callee, Invoked } from './callee.ts'
import type { Caller, CallInProgress } from './caller.ts'
import type { Deadline, Deadlines, Limited } from './deadlines.ts'
import { type CallFacts, forwardedTimeout, invocationDetails } from './invocation-details.ts'
import { type InvocationOrder, invocationOrder } from './invocation-order.ts'
import type { Assignment, Registration } from './registration.ts'

/** Everything that a call needs of its dealer. */
export interface CallPorts {
  readonly clock: Clock
  readonly deadlines: Deadlines
  /** Returns a random integer from 0 that is less than `below`. */
  random(below: number): number
}

/** One call, from CALL to its final answer, which it gives exactly once (decision 135). */
export class PendingCall implements Answers, CallFacts, CallInProgress, Limited {
  readonly procedure: Uri
  readonly options: CallOptions
  readonly isDisclosed: boolean
  readonly #caller: Caller
  readonly #request: Id
  readonly #registration: Registration
  readonly #ports: CallPorts
  /** Kept only while another callee may be asked. */
  #payload: Payload | undefined
  /** `undefined` before a callee has taken the call, which is so to its end where sending it has thrown. */
  #assignment: Assignment | undefined
  #invocation: Id = 0
  /** The callees that have refused the call; a list only where there are any. */
  #refused: Callee[] | undefined
  /** Whether the caller sends more parts. */
  #isOpen: boolean
  /** Whether the callee has begun to answer, or has got more than the first part: another one cannot be asked then. */
  #hasBegun = false
  #isKilled = false
  /** The deadline, where the dealer keeps it. */
  #deadline: Deadline | undefined

  constructor(
    caller: Caller,
    [, request, options, procedure, payload]: Call,
    registration: Registration,
    isDisclosed: boolean,
    ports: CallPorts,
  ) {
    this.procedure = procedure
    this.options = options
    this.isDisclosed = isDisclosed
    this.#caller = caller
    this.#request = request
    this.#registration = registration
    this.#ports = ports
    this.#payload = payload
    this.#isOpen = options.progress === true
  }

  get party(): Party {
    return this.#caller.party
  }

  /** Whether a CALL with the same request continues this one. */
  get isOpen(): boolean {
    return this.#isOpen
  }

  get isEndless(): boolean {
    return false
  }

  get goesOn(): boolean {
    return this.#isOpen || this.options.receive_progress === true
  }

  /** Asks a callee, or answers why there is none. */
  start(): void {
    this.#caller.calls.set(this.#request, this)
    const { invoke, assignments, next } = this.#registration
    if (invoke === 'roundrobin') this.#registration.next = (next + 1) % assignments.length
    this.#ask(invocationOrder(invoke, assignments.length, next, this.#ports.random))
  }

  /** Sends a further part to the callee. Only `progress` is read of its options: all else was said by the first part. */
  proceed(options: CallOptions, payload: Payload | undefined): void {
    const assignment = this.#assignment!
    this.#isOpen = options.progress === true
    this.#hasBegun = true
    const details = invocationDetails(this, this.#registration, assignment, this.#isOpen)
    const delivery = assignment.callee.proceed(this.#invocation, this.#registration.id, details, payload)
    if (delivery === 'sent') return
    this.#interrupt('killnowait')
    this.#fail(delivery === 'tooLarge' ? ErrorUri.payloadSizeExceeded : ErrorUri.unavailable, partNotTaken[delivery])
  }

  cancel(mode: CancelMode = 'killnowait'): void {
    if (mode === 'kill' && this.#assignment?.callee.features.isInterruptible === true) {
      if (!this.#isKilled) this.#interrupt('kill')
      this.#isKilled = true
      return
    }
    if (mode !== 'skip') this.#interrupt('killnowait')
    this.#fail(ErrorUri.canceled)
  }

  denied(): void {
    this.#interrupt('killnowait', ErrorUri.notAuthorized)
    this.#fail(ErrorUri.notAuthorized, noLongerAllowed(this.procedure))
  }

  callerLeft(): void {
    this.#interrupt('killnowait')
    this.#end()
  }

  progressed(options: YieldOptions, payload: Payload | undefined): void {
    if (this.options.receive_progress !== true) return
    this.#hasBegun = true
    this.#payload = undefined
    if (this.#deadline !== undefined) this.#ports.deadlines.renew(this.#deadline)
    const delivery = this.party.offer([MessageType.RESULT, this.#request, progressDetails(options), payload])
    if (delivery === 'sent') return
    this.#interrupt('killnowait')
    if (delivery === 'tooLarge') this.#fail(ErrorUri.payloadSizeExceeded, resultTooLarge)
    else this.#fail(ErrorUri.canceled, 'the caller does not read its progressive results fast enough')
  }

  returned(options: YieldOptions, payload: Payload | undefined): void {
    this.#end()
    const delivery = this.party.send([MessageType.RESULT, this.#request, passthruDetails(options), payload])
    if (delivery === 'tooLarge') this.party.send(this.#error(ErrorUri.payloadSizeExceeded, resultTooLarge))
  }

  failed(details: Dict, error: Uri, payload: Payload | undefined): void {
    if (error === ErrorUri.unavailable && this.#mayAskAnother) return this.#askAnother()
    this.#end()
    const delivery = this.party.send([MessageType.ERROR, MessageType.CALL, this.#request, passthruDetails(details), error, payload])
    if (delivery === 'tooLarge') this.party.send([MessageType.ERROR, MessageType.CALL, this.#request, noDetails, error])
  }

  calleeLeft(): void {
    this.#fail(ErrorUri.canceled, 'the callee has left')
  }

  /** Ends the call: its callee has neither answered nor given a progressive result in time. */
  timeIsUp(): void {
    this.#interrupt('killnowait', ErrorUri.timeout)
    this.#fail(ErrorUri.timeout, `no answer within ${this.options.timeout} ms`)
  }

  /** Asks the callees in an order, until one takes the call. */
  #ask({ first, step }: InvocationOrder): void {
    const { assignments } = this.#registration
    const count = assignments.length
    let refusedFor: Reason = this.#refused === undefined ? 'busy' : 'refused'
    for (let n = 0; n < count; n++) {
      const assignment = assignments[(first + n * step + count) % count]!
      const reason: Reason | undefined = this.#refused?.includes(assignment.callee) === true ? refusedFor : this.#invoke(assignment)
      if (reason === undefined) return
      refusedFor = reason
    }
    this.#fail(...unreachable[refusedFor])
  }

  /** Asks one callee. Returns the reason why it does not take the call; `undefined` where it does. */
  #invoke(assignment: Assignment): Reason | undefined {
    const { callee } = assignment
    if (assignment.isBusy) return 'busy'
    if (this.#isOpen && !callee.features.takesParts) return 'noParts'
    if (hasPassthru(this.options) && !callee.features.takesPassthru && this.options.ppt_scheme !== undefined) return 'noPassthru'
    const details = invocationDetails(this, this.#registration, assignment, this.#isOpen)
    const invoked: Invoked = callee.invoke(this, this.#registration.id, details, this.#payload)
    if (typeof invoked === 'string') return invoked
    this.#invocation = invoked
    this.#assignment = assignment
    assignment.active++
    // others may join a registration that only one callee serves now
    if (this.#registration.invoke === 'single') this.#payload = undefined
    this.#startDeadline(assignment)
    return undefined
  }

  get #mayAskAnother(): boolean {
    return !this.#hasBegun && !this.#isKilled && this.#registration.invoke !== 'single'
  }

  /** Passes the call on to the callee after the one that has refused it. */
  #askAnother(): void {
    const { callee } = this.#assignment!
    const { assignments, invoke, next } = this.#registration
    const at = assignments.indexOf(this.#assignment!)
    const order = invocationOrder(invoke, Math.max(1, assignments.length), next, this.#ports.random)
    this.#refused ??= []
    this.#refused.push(callee)
    this.#release()
    this.#ask({ first: at < 0 || invoke === 'random' ? order.first : at, step: order.step })
  }

  #startDeadline(assignment: Assignment): void {
    const timeout = this.options.timeout ?? 0
    if (timeout === 0 || this.#deadline !== undefined || forwardedTimeout(this.options, assignment) > 0) return
    this.#deadline = this.#ports.deadlines.add(this, timeout)
  }

  #interrupt(mode: 'kill' | 'killnowait', reason?: Uri): void {
    if (this.#assignment === undefined) return
    const { callee } = this.#assignment
    if (callee.features.isInterruptible && !(this.#isKilled && mode === 'killnowait' && reason === undefined))
      callee.interrupt(this.#invocation, mode, reason)
  }

  #fail(error: Uri, text?: string): void {
    this.#end()
    this.party.send(this.#error(error, text))
  }

  #error(error: Uri, text?: string): ReturnType<typeof refusal> {
    return refusal(MessageType.CALL, this.#request, error, text)
  }

  /** Ends the call: nothing about it is sent after the answer that follows. */
  #end(): void {
    this.#caller.calls.delete(this.#request)
    if (this.#isOpen) this.#caller.rememberUnfinished(this.#request, this.#ports.clock.now())
    this.#payload = undefined
    this.#release()
    if (this.#deadline !== undefined) this.#ports.deadlines.remove(this.#deadline)
  }

  #release(): void {
    if (this.#assignment === undefined) return
    this.#assignment.active--
    this.#assignment.callee.release(this.#invocation)
    this.#assignment = undefined
  }
}

/** The reasons why a callee does not take a call. */
type Reason = 'busy' | 'noParts' | 'noPassthru' | 'refused' | Exclude<Delivery, 'sent'>

/** The answers to a call that no callee takes, by the reason of the last one. */
const unreachable: Readonly<Record<Reason, readonly [error: Uri, text: string]>> = {
  busy: [ErrorUri.noAvailableCallee, 'all callees work on as many calls as they take'],
  refused: [ErrorUri.noAvailableCallee, 'all callees have refused the call'],
  noParts: [ErrorUri.featureNotSupported, 'the callee does not take calls in several parts'],
  noPassthru: [ErrorUri.featureNotSupported, 'the callee does not take payload passthru mode'],
  full: [ErrorUri.unavailable, 'the callee does not read its calls fast enough'],
  gone: [ErrorUri.unavailable, 'the callee is about to leave'],
  tooLarge: [ErrorUri.payloadSizeExceeded, 'the call is larger than the callee takes'],
}

const partNotTaken: Readonly<Record<Exclude<Delivery, 'sent'>, string>> = {
  full: 'the callee does not read the parts of the call fast enough',
  gone: 'the callee is about to leave',
  tooLarge: 'a part of the call is larger than the callee takes',
}

/** Says why a call ends whose caller may not call the procedure any more. */
export function noLongerAllowed(procedure: Uri): string {
  return `the session may not call ${procedure} any more`
}

const resultTooLarge = 'the result is larger than the caller takes'

const plainProgress: ResultDetails = Object.freeze({ progress: true })

function progressDetails(options: YieldOptions): ResultDetails {
  if (!hasPassthru(options)) return plainProgress
  const details = { progress: true }
  addPassthru(options, details)
  return details
}
