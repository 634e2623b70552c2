import { ErrorUri, type Id, type Message, MessageType, payloadOf, type Result } from '@autobahn-ts/wamp/protocol'
import type { Clock } from '@autobahn-ts/websocket/portable'
import type { Caller, CallInProgress } from '../dealer/caller.ts'
import { noLongerAllowed } from '../dealer/pending-call.ts'
import type { Delivery } from '../parties/party.ts'
import { noDetails } from '../parties/passthru.ts'
import { refusal } from '../parties/refusal.ts'
import { type Direction, tracedMessage } from './traced-message.ts'

/** Sees the messages of a session. */
export interface MessageTap {
  received(message: Message): void
  sent(message: Message): void
  /** The session is over. */
  ended(): void
}

/** A session whose messages can be seen. */
export interface TracedSession {
  addTap(tap: MessageTap): void
  removeTap(tap: MessageTap): void
}

/** The session that watches another one. */
export interface Watcher {
  /** Sends a progressive result that no trace of the watcher's own messages shows. */
  offerUntraced(message: Result): Delivery
}

/** The bounds of a trace, and what it needs of the realm. */
export interface TraceSetup {
  readonly caller: Caller
  /** The request of the CALL that began it. */
  readonly request: Id
  readonly watcher: Watcher
  readonly traced: TracedSession
  readonly clock: Clock
  /** Returns the time of day in milliseconds since 1970. */
  today(): number
  /** Characters of a payload that are shown; 0 leaves payloads out. */
  readonly payloadSize: number
  /** Messages that are shown in a second. */
  readonly rate: number
  /** Called once, when it is over. */
  over(): void
}

/**
 * A trace of one session: a call of `wamp.session.trace` that goes on. Each message of the session is a progressive result of that call. It ends with the
 * session, by CANCEL, or with its watcher.
 */
export class Trace implements MessageTap, CallInProgress {
  readonly isOpen = false
  readonly isEndless = true
  readonly goesOn = true
  readonly procedure = 'wamp.session.trace'
  readonly #setup: TraceSetup
  #shown = 0
  /** Messages that were not shown, since the last one that was, and all of them. */
  #dropped = 0
  #allDropped = 0
  /** The second that is counted now, and what was shown in it. */
  #since: number
  #messages = 0
  #characters = 0

  constructor(setup: TraceSetup) {
    this.#setup = setup
    this.#since = setup.clock.now()
    setup.caller.calls.set(setup.request, this)
    setup.traced.addTap(this)
  }

  received(message: Message): void {
    this.#show(message, 'received')
  }

  sent(message: Message): void {
    this.#show(message, 'sent')
  }

  /** Answers the call: the session that it traces is over. */
  ended(): void {
    this.#end()
    const { caller, request } = this.#setup
    const payload = payloadOf([{ messages: this.#shown, dropped: this.#allDropped }])
    caller.party.send([MessageType.RESULT, request, noDetails, payload])
  }

  /** A trace is called in one part: a further one is a violation, which the session finds by `isOpen`. */
  proceed(): void {}

  cancel(): void {
    this.#end()
    const { caller, request } = this.#setup
    caller.party.send(refusal(MessageType.CALL, request, ErrorUri.canceled))
  }

  denied(): void {
    this.#end()
    const { caller, request } = this.#setup
    caller.party.send(refusal(MessageType.CALL, request, ErrorUri.notAuthorized, noLongerAllowed(this.procedure)))
  }

  callerLeft(): void {
    this.#end()
  }

  #show(message: Message, direction: Direction): void {
    if (!this.#hasRoom()) return this.#drop()
    const { request, watcher, payloadSize, today } = this.#setup
    const traced = tracedMessage(message, direction, today(), payloadSize)
    const entry = this.#dropped === 0 ? traced : { ...traced, dropped: this.#dropped }
    this.#messages++
    this.#characters += sizeOf(entry)
    if (watcher.offerUntraced([MessageType.RESULT, request, progress, payloadOf([entry])]) !== 'sent') return this.#drop()
    this.#dropped = 0
    this.#shown++
  }

  /** Whether the bounds of this second allow one more message. */
  #hasRoom(): boolean {
    const { clock, rate } = this.#setup
    const now = clock.now()
    if (now - this.#since >= 1000) {
      this.#since = now
      this.#messages = 0
      this.#characters = 0
    }
    return this.#messages < rate && this.#characters < mostCharacters
  }

  #drop(): void {
    this.#dropped++
    this.#allDropped++
  }

  #end(): void {
    const { caller, request, traced, over } = this.#setup
    caller.calls.delete(request)
    traced.removeTap(this)
    over()
  }
}

const progress = Object.freeze({ progress: true })

/** Estimates the characters of an entry by its bounds: what is copied is counted there already, and is made only once here. */
function sizeOf(entry: unknown): number {
  return JSON.stringify(entry, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)).length
}

/** Characters that are shown in a second. */
const mostCharacters = 1_048_576
