import { ApiMisuse, type Clock, guarded, reporting } from '@autobahn-ts/websocket/portable'
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
  readonly #report: (thrown: unknown) => void
  #listener: TransportListener | undefined
  /** Whether messages are not handed on any more. */
  #isOver = false
  #end: TransportEnd | undefined

  constructor(transport: Abortable, clock: Clock, report?: ReportError | undefined) {
    this.#transport = transport
    this.#clock = clock
    this.#report = reporting(report)
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
    if (this.#listener !== undefined) throw new ApiMisuse('this transport was opened before')
    this.#listener = listener
    if (this.#end !== undefined) this.#clock.defer(() => this.#tellEnd())
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
    if (this.#isOver) return
    this.#isOver = true
    this.#tell(listener => listener.onViolation(violation))
  }

  /** Throws away all messages from now on. */
  stop(): void {
    this.#isOver = true
  }

  writable(): void {
    if (this.#end === undefined) this.#tell(listener => listener.onWritable())
  }

  /** Tells of the end. Later calls do nothing. */
  closed(end: TransportEnd): void {
    this.#isOver = true
    if (this.#end !== undefined) return
    this.#end = end
    this.#tellEnd()
  }

  #tellEnd(): void {
    guarded(() => this.#listener?.onClosed(this.#end!), this.#report)
  }

  #tell(event: (listener: TransportListener) => void): void {
    const listener = this.#listener
    if (listener !== undefined)
      guarded(
        () => event(listener),
        error => this.#failed(error),
      )
  }

  #failed(error: unknown): void {
    this.#isOver = true
    this.#report(error)
    this.#transport.abort('internal error')
  }
}
