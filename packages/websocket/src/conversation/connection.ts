import type { WebSocketProtocol } from '../application/protocol.ts'
import type { Octets, ReceivedOctets } from '../bytes/octets.ts'
import type { CloseInfo } from '../protocol/life/close-info.ts'
import type { ReceiveOptions } from './receive-options.ts'

/** A message that was received: text as a string, binary as octets. */
export type Message = string | ReceivedOctets

/**
 * A message as it arrives; octets are the application's. Slow reading stops the peer through TCP.
 *
 * Reading throws where the message is not complete: `ConnectionClosed` when the connection ends within it, and when this side closes;
 * `ApiMisuse` when the application has asked for the next message, or called `ignoreMessages()`, before it was read to its end.
 */
export interface MessageStream extends AsyncIterable<ReceivedOctets> {
  readonly isBinary: boolean
}

/** A `ReadableStream` of octets, which some versions of TypeScript do not know to be async iterable. */
export interface ReadableOctets {
  getReader(): { read(): Promise<{ readonly done: boolean; readonly value?: Octets | undefined }> }
}

/**
 * One connection without a class: what handlers of `serve` are given, and what `connect` gives.
 *
 * Iterating gives message after message; it ends when the connection closes cleanly, and throws `ConnectionClosed` when it is lost. A loop
 * can be left and begun again.
 *
 * No message is lost. What nobody has asked for yet waits, up to 1 MiB; then the peer is stopped through TCP. Messages are discarded only
 * after `ignoreMessages()`, after `close()` and the end of the handler, and where the application has never received from a connection that is a
 * member of a channel, or whose `closed` it has asked for: then once more than 16 messages of a member, or 1 MiB, would wait.
 */
export interface Connection extends AsyncIterable<Message> {
  /**
   * Sends a message, and waits until there is room for the next. Messages keep the order of the calls.
   *
   * A string is a text message, octets are a binary one. A source of octets becomes one binary message of unknown length, each piece a frame: an
   * async iterable (a Node stream, a `ReadableStream`, an async generator), a list, or a generator.
   *
   * When it has resolved, the octets may be changed, used again for the next message, or transferred; until then they must stay as they are.
   * A source of pieces is asked for the next piece when the one before may be used again, so it may fill one buffer over and over.
   *
   * Rejects with `ApiMisuse` for anything else, also for the first piece of a source and for any piece of a list; nothing is sent then, and the
   * connection stays open, as it does when a source throws before its first piece. A source that throws later, or gives something else than octets,
   * fails the connection with 1011, because its message cannot be completed. Rejects with `ConnectionClosed`, which needs no handler: a peer that
   * goes away while nobody waits is no error.
   */
  send(message: string | Octets | AsyncIterable<Octets> | Iterable<Octets> | ReadableOctets): Promise<void>
  /**
   * Gives the next message. Rejects with `ConnectionClosed` where none will come; this rejection needs no handler.
   *
   * To wait for a limited time use the options: `receive({ timeout: 5 })` rejects after 5 seconds with a `DOMException` named
   * `TimeoutError`, and `receive({ signal })` with the signal's reason. The message that comes later goes to the next call. The loser of a
   * `Promise.race` cannot be told from a call that still waits: it takes the next message, unless a later call has begun to wait before that
   * comes. Then the later call gets it, and the earlier one rejects with `ApiMisuse`.
   *
   * Several calls may wait; each gets a message of its own, in the order of the calls.
   */
  receive(options?: ReceiveOptions): Promise<Message>
  /**
   * Messages as they arrive, never whole in memory. What is left of one when the loop goes on or is left is skipped. Read a message to its end
   * before you call `receive()` within the loop: that waits for the message behind it.
   *
   * Limits of size hold here only where they were set: the memory that a stream takes does not depend on its length.
   */
  streams(): AsyncIterable<MessageStream>
  /**
   * Discards the messages that wait and those that come, until something is received again: for connections that are only sent to.
   *
   * A call that waits for a message gets the next one that begins.
   */
  ignoreMessages(): void
  /**
   * Pings, and gives the round-trip time in milliseconds. Rejects with `ConnectionClosed`, and with `UnsentLimitExceeded` where more than
   * `maxUnsentSize` is unsent and `unsentPolicy` is `throw` or `skip`: the ping was not sent then.
   */
  ping(): Promise<number>
  /** Whether a message would go out at once: open, below the high-water mark, and not in the middle of sending a stream. */
  readonly isWritable: boolean
  /**
   * Begins the closing handshake, with 1000 unless another code is given, and waits for the end.
   *
   * From now on no message is received: those that wait and those that still come are discarded. Rejects with `ApiMisuse` for a code that may
   * not be sent or a reason of more than 123 octets, and then the connection stays open.
   */
  close(code?: number, reason?: string): Promise<CloseInfo>
  /** Resolves when the connection is gone; never rejects. */
  readonly closed: Promise<CloseInfo>
  /** The protocol object below, with everything else. */
  readonly protocol: WebSocketProtocol
}
