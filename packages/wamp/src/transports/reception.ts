import { ApiMisuse, asError, type Clock, heeded } from '@autobahn-ts/websocket/portable'
import type { Message } from '../messages/message.ts'
import { ProtocolViolation } from '../messages/protocol-violation.ts'
import type { TransportEnd, TransportListener } from './message-transport.ts'

/** The part of a transport that its reception drops where the listener fails. */
export interface Abortable {
  abort(reason: string): void
}

/** Takes errors that a listener has thrown, for logs. */
export type ReportError = (error: Error) => void

/**
 * The way from a transport to its listener. All kinds of transports have one.
 *
 * It keeps the order of calls that the port promises: no message after a violation or a close, `onClosed` once and last. A listener that throws
 * loses its transport, and the error is reported; it never reaches the event loop.
 */
export class Reception {
  readonly #transport: Abortable
  readonly #clock: Clock
  readonly #report: ReportError
  #listener: TransportListener | undefined
  /** Whether messages are not handed on any more. */
  #isOver = false
  #end: TransportEnd | undefined

  constructor(transport: Abortable, clock: Clock, report: ReportError = printError) {
    this.#transport = transport
    this.#clock = clock
    this.#report = report
  }

  /** Whether there is a listener. */
  get isOpen(): boolean {
    return this.#listener !== undefined
  }

  /** Whether messages that arrive are thrown away: after a violation and after a close. */
  get isOver(): boolean {
    return this.#isOver
  }

  /** Sets the listener, once. A transport that is gone already tells it so in the next turn. */
  open(listener: TransportListener): void {
    if (this.#listener !== undefined) throw new ApiMisuse('this transport was opened before, and has its listener')
    this.#listener = listener
    if (this.#end !== undefined) this.#clock.defer(() => this.#tellEnd(listener))
  }

  /** Hands a message on. */
  message(message: Message): void {
    if (this.#isOver || this.#listener === undefined) return
    try {
      this.#listener.onMessage(message)
    } catch (error) {
      this.#failed(error)
    }
  }

  /** Takes what decoding has thrown: a fault of the peer is told to the listener, any other error is reported and ends the transport. */
  undecodable(error: unknown): void {
    if (error instanceof ProtocolViolation) this.violation(error)
    else this.#failed(error)
  }

  /** Tells of a fault of the peer; no message follows. */
  violation(violation: ProtocolViolation): void {
    if (this.#isOver || this.#listener === undefined) return
    this.#isOver = true
    try {
      this.#listener.onViolation(violation)
    } catch (error) {
      this.#failed(error)
    }
  }

  /** Throws away all messages from now on. */
  stop(): void {
    this.#isOver = true
  }

  writable(): void {
    if (this.#end !== undefined || this.#listener === undefined) return
    try {
      this.#listener.onWritable()
    } catch (error) {
      this.#failed(error)
    }
  }

  /** Tells of the end. Later calls do nothing. */
  closed(end: TransportEnd): void {
    this.#isOver = true
    if (this.#end !== undefined) return
    this.#end = end
    if (this.#listener !== undefined) this.#tellEnd(this.#listener)
  }

  #tellEnd(listener: TransportListener): void {
    try {
      listener.onClosed(this.#end!)
    } catch (error) {
      this.#reportSafely(error)
    }
  }

  #failed(error: unknown): void {
    this.#isOver = true
    this.#reportSafely(error)
    this.#transport.abort('internal error')
  }

  #reportSafely(error: unknown): void {
    const failed = (second: unknown): void => printError(asError(second))
    try {
      heeded(this.#report(asError(error)), failed)
    } catch (second) {
      failed(second)
    }
  }
}

function printError(error: Error): void {
  console.error(error)
}
