import type { ClientMessage, Message } from '../messages/message.ts'
import { ProtocolViolation } from '../messages/protocol-violation.ts'
import {
  type MessageFormat,
  MessageTooLarge,
  type MessageTransport,
  type TransportDetails,
  type TransportListener,
} from '../transports/message-transport.ts'

/** The router's side of a transport, in the hands of the test: it sees what the session sends, and says what the test tells it. */
export class ScriptedRouter implements MessageTransport {
  readonly format: MessageFormat = { serializer: 'json', prepare: () => ({ size: 0 }) }
  readonly details: TransportDetails = { kind: 'memory', peer: '', isSecure: false, headers: {} }
  readonly bufferedAmount = 0
  maxSendSize: number = Number.POSITIVE_INFINITY
  isWritable = true
  isClosed = false
  /** Messages that the session has sent. */
  readonly sent: ClientMessage[] = []
  /** Called with each message that the session sends, at once. */
  onSent: (message: ClientMessage) => void = () => {}
  #listener: TransportListener | undefined

  open(listener: TransportListener): void {
    this.#listener = listener
  }

  send(message: Message): void {
    if (this.isClosed) return
    const size = JSON.stringify(message).length
    if (size > this.maxSendSize) throw new MessageTooLarge(size, this.maxSendSize)
    this.sent.push(message as ClientMessage)
    this.onSent(message as ClientMessage)
  }

  sendPrepared(): void {
    throw new Error('a client prepares nothing')
  }

  pause(): void {}

  resume(): void {}

  close(): void {
    this.#end(true, '')
  }

  abort(reason: string): void {
    this.#end(false, reason)
  }

  /** Hands messages to the session, as if they had come from the router. */
  says(...messages: readonly Message[]): void {
    for (const message of messages) if (!this.isClosed) this.#listener!.onMessage(message)
  }

  /** Hands octets to the transport that are not a message. */
  violates(message: string): void {
    this.#listener!.onViolation(new ProtocolViolation(message))
  }

  /** Loses the connection. */
  loses(reason = 'the connection was reset'): void {
    this.#end(false, reason)
  }

  takesAgain(): void {
    this.isWritable = true
    this.#listener!.onWritable()
  }

  /** Takes the messages that the session has sent since the last time. */
  takeSent(): ClientMessage[] {
    return this.sent.splice(0)
  }

  #end(wasClean: boolean, reason: string): void {
    if (this.isClosed) return
    this.isClosed = true
    this.#listener?.onClosed({ wasClean, reason })
  }
}
