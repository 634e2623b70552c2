import type { Octets } from '../bytes/octets.ts'
import type { WebSocketProtocol } from '../classes/protocol.ts'
import type { CloseInfo } from '../protocol/close-info.ts'

/** A message: text as a string, binary as octets. */
export type Message = string | Octets

/** A message as it arrives; octets are the application's. Slow reading stops the peer through TCP. */
export interface MessageStream extends AsyncIterable<Octets> {
  readonly isBinary: boolean
}

/**
 * One connection without a class: what handlers of `serve` are given, and what `connect` gives.
 *
 * Iterating gives message after message; it ends when the connection closes cleanly, and throws `ConnectionClosed` when it is lost.
 * Messages that nobody asks for wait, a few of them; then the peer is stopped through TCP.
 */
export interface Connection extends AsyncIterable<Message> {
  /**
   * Sends a message, and waits until there is room for the next. What is iterated becomes one binary message of unknown length, each piece
   * a frame. Messages keep the order of the calls. Rejects with `ConnectionClosed`, which needs no handler: a peer that goes away while
   * nobody waits is no error. A source that throws fails the connection with 1011, because its message cannot be completed.
   */
  send(message: Message | AsyncIterable<Octets> | Iterable<Octets>): Promise<void>
  /** The next message. Rejects with `ConnectionClosed` where none will come. */
  receive(): Promise<Message>
  /**
   * Messages as they arrive, never whole in memory. What is left of one when the next is asked for is skipped.
   * Limits of size hold here only where they were set: the memory that a stream takes does not depend on its length.
   */
  streams(): AsyncIterable<MessageStream>
  /** From now on messages are thrown away, until something is received again: for connections that are only sent to. */
  ignoreMessages(): void
  /** Pings, and gives the round-trip time in milliseconds. Rejects with `ConnectionClosed`. */
  ping(): Promise<number>
  /** Whether a message would go out at once: open, below the high-water mark, and not in the middle of sending a stream. */
  readonly isWritable: boolean
  /** Begins the closing handshake, with 1000 unless another code is given, and waits for the end. Messages that still come are ignored. */
  close(code?: number, reason?: string): Promise<CloseInfo>
  /** Resolves when the connection is gone; never rejects. */
  readonly closed: Promise<CloseInfo>
  /** The protocol object below, with everything else. */
  readonly protocol: WebSocketProtocol
}
