/// <reference lib="esnext.disposable" preserve="true" />

import type { WebSocketProtocol } from '../application/protocol.ts'
import type { Octets, ReceivedOctets } from '../bytes/octets.ts'
import type { NegotiatedExtension } from '../protocol/extending/extension.ts'
import type { CloseInfo } from '../protocol/life/close-info.ts'
import type { JsonOptions } from './json-options.ts'
import type { MessageOptions } from './message-options.ts'
import type { ReceiveOptions } from './receive-options.ts'
import type { SchemaOutput, StandardSchema } from './standard-schema.ts'

/** A received message: text as a string, binary as octets, which lie in an `ArrayBuffer` of their own and may be transferred to another thread. */
export type Message = string | ReceivedOctets

/**
 * A message as it arrives. The octets belong to the application. Reading slowly stops the peer through TCP.
 *
 * Reading throws where the message is not complete: `ConnectionClosed` when the connection ends within it, and when this side closes;
 * `ApiMisuse` when the application has asked for the next message, or called `ignoreMessages()`, before it was read to its end.
 */
export interface MessageStream extends AsyncIterable<ReceivedOctets> {
  readonly isBinary: boolean
}

/** Octets in any form of the platform: every typed array, a `DataView`, or an `ArrayBuffer`. Numbers have the byte order of the machine. */
export type Memory = ArrayBufferView | ArrayBuffer

/** A `ReadableStream`. Some versions of TypeScript do not know that it is async iterable. */
export interface Readable<Piece> {
  getReader(): { read(): Promise<{ readonly done: boolean; readonly value?: Piece | undefined }> }
}

/** A `ReadableStream` of octets. */
export type ReadableOctets = Readable<Octets>

/** A message in pieces: a Node stream, a `ReadableStream`, a generator or an async one, or a list. */
export type Source<Piece> = AsyncIterable<Piece> | Iterable<Piece> | Readable<Piece>

/** A `Blob` or a `File` of the platform. */
export interface ReadableBlob {
  readonly size: number
  readonly type: string
  arrayBuffer(): Promise<ArrayBuffer>
  stream(): ReadableOctets
}

/**
 * A connection of the function style: the result of `connect`. Handlers of a server get a `ServerConnection`.
 *
 * Iterating yields message after message. It ends when the connection closes cleanly, and throws `ConnectionClosed` when it is lost. A loop
 * can be left and begun again.
 *
 * No message is lost. Messages that the application has not asked for wait, up to 1 MiB; then the peer is stopped through TCP. Messages are
 * discarded after `ignoreMessages()`, and after `close()` or the end of the handler. They are also discarded on a connection from which the
 * application has never received, if it is a member of a channel or its `closed` was asked for, once more than 16 messages of a member, or
 * 1 MiB, would wait.
 */
export interface Connection extends AsyncIterable<Message> {
  /**
   * Sends a message, and waits until there is room for the next. Messages keep the order of the calls.
   *
   * A string is a text message. Everything else is a binary one: octets (any view of memory, or an `ArrayBuffer`), a `Blob`, and a source of
   * octets, which becomes one message of unknown length, each piece a frame: an async iterable (a Node stream, a `ReadableStream`, an async
   * generator), a list, or a generator. With `{ binary: false }` octets are sent as text, and pieces of a source may be strings too.
   *
   * When the promise has resolved, the octets may be changed, used again for the next message, or transferred; until then they must stay as
   * they are. A source of pieces is asked for the next piece when the previous one may be used again, so it may fill one buffer over and
   * over.
   *
   * Rejects with `ApiMisuse` for anything else, including the first piece of a source and any piece of a list. Nothing is sent then, and
   * the connection stays open, as it does when a source throws before its first piece. A source that throws later, or yields anything but
   * octets, fails the connection with 1011, because its message cannot be completed. Rejects with `ConnectionClosed` when the connection
   * ends; that rejection need not be handled, because a peer may always go away. A stream that was not sent to its end is destroyed then,
   * also where it has not begun.
   */
  send(message: string | Memory | ReadableBlob | Source<Memory>, options?: MessageOptions): Promise<void>
  /** Sends text in pieces: strings, or octets that are UTF-8 as a whole. */
  send(message: Source<string | Memory>, options: MessageOptions & { readonly binary: false }): Promise<void>
  /**
   * Returns the next message. Rejects with `ConnectionClosed` where none will come; that rejection need not be handled.
   *
   * To wait for a limited time use the options: `receive({ timeout: 5 })` rejects after 5 seconds with a `DOMException` named
   * `TimeoutError`, and `receive({ signal })` with the signal's reason. The message that comes later goes to the next call. A call that has
   * lost a `Promise.race` looks like one that still waits: it takes the next message, unless a later call has begun to wait before that
   * message comes. Then the later call gets it, and the earlier one rejects with `ApiMisuse`.
   *
   * Several calls may wait; each gets a message of its own, in the order of the calls.
   */
  receive(options?: ReceiveOptions): Promise<Message>
  /** Sends a value as JSON, as a text message. Rejects with `ApiMisuse` for values that JSON cannot write, and as `send` does. */
  sendJson(value: unknown, options?: MessageOptions): Promise<void>
  /**
   * Iterates over text messages. A binary message fails the connection with 1003, because the peer sent what this end does not take
   * (RFC 6455 §7.4.1), and the loop throws `ConnectionClosed`, whose `cause` is a `MessageRefused`. In other respects it is a loop over the connection.
   */
  texts(): AsyncIterable<string>
  /**
   * Iterates over text messages as the values that their JSON contains. With a schema of any library that implements Standard Schema, such
   * as Zod, Valibot or ArkType, each value is checked, and the loop yields what the schema returns, typed.
   *
   * A message that is not JSON fails the connection with 1007, one that does not fit the schema with 1008, and a binary one with 1003: the
   * close frame names the first issue, and the loop throws `ConnectionClosed`, whose `cause` is a `MessageRefused` with the issues. With
   * `onRefused` the connection stays open, and the loop goes on. An error that the schema itself throws is thrown in the loop. Throws
   * `ApiMisuse` for what is not a schema.
   */
  json<Schema extends StandardSchema>(schema: Schema, options?: JsonOptions): AsyncIterable<SchemaOutput<Schema>>
  json<Value = unknown>(schema?: undefined, options?: JsonOptions): AsyncIterable<Value>
  /** Returns the next message as text. It is refused as in a loop over `texts()`; in other respects this is `receive()`. */
  receiveText(options?: ReceiveOptions): Promise<string>
  /** Returns the value in the next message. It is refused as in a loop over `json()`; in other respects this is `receive()`. */
  receiveJson<Schema extends StandardSchema>(schema: Schema, options?: ReceiveOptions): Promise<SchemaOutput<Schema>>
  receiveJson<Value = unknown>(schema?: undefined, options?: ReceiveOptions): Promise<Value>
  /**
   * Iterates over messages as they arrive, without holding a whole one in memory. The unread rest of a message is skipped when the loop
   * goes on or is left. Read a message to its end before calling `receive()` within the loop: that waits for the message after it.
   *
   * Limits of size apply only where they were set explicitly, because the memory that a stream takes does not depend on its length.
   */
  streams(): AsyncIterable<MessageStream>
  /**
   * The received messages as a web stream: text as strings, binary as octets. The stream is made when it is first asked for, and is the same object from then on.
   *
   * It takes a message from the connection when it is read, so reading slowly stops the peer through TCP, and other calls may receive as long as nothing
   * reads from it. It closes when the connection closes cleanly, and fails with `ConnectionClosed` when it is lost. Cancelling it, which leaving a loop does,
   * discards the messages that come, as `ignoreMessages()` does, and leaves the connection open.
   */
  readonly readable: ReadableStream<Message>
  /**
   * The way out as a web stream: each chunk is a message, and `send` says what it may be. The stream is made when it is first asked for, and is the same object
   * from then on.
   *
   * A write is done when there is room for the next message. Closing it closes the connection with 1000, and is done when the connection is gone; messages that
   * still come can be read. Aborting it fails the connection with 1011, because what was to be sent is not complete. It fails with `ConnectionClosed`
   * when the connection is gone.
   */
  readonly writable: WritableStream<string | Memory | ReadableBlob | Source<Memory>>
  /**
   * Discards the messages that wait and those that come, until the application receives again; for connections that are only sent to.
   *
   * A call that already waits for a message gets the next one that begins.
   */
  ignoreMessages(): void
  /**
   * Sends a ping, and returns the round-trip time in milliseconds. Rejects with `ConnectionClosed`, and with `UnsentLimitExceeded` where
   * more than `maxUnsentSize` is unsent and `unsentPolicy` is `throw` or `skip`, because the ping was not sent then.
   */
  ping(): Promise<number>
  /**
   * Tells whether a message would be sent at once: the connection is open, below the high-water mark, and not in the middle of sending a
   * stream.
   */
  readonly isWritable: boolean
  /**
   * Begins the closing handshake, with code 1000 by default, and waits for the end.
   *
   * From now on no message is received: those that wait and those that still come are discarded. Rejects with `ApiMisuse` for a code that
   * may not be sent or a reason of more than 123 octets; the connection stays open then.
   */
  close(code?: number, reason?: string): Promise<CloseInfo>
  /**
   * Drops the connection at once, without a closing handshake: TCP is reset, and what was not sent yet is discarded. The peer sees the code
   * 1006. Waiting calls reject with `ConnectionClosed`. The name is that of the package `ws`.
   */
  terminate(): void
  /**
   * Closes with 1000 and waits for the end, as `close()` does: `await using ws = await connect(url)` closes the connection at the end of
   * its block. Where it is gone already, this resolves at once.
   */
  [Symbol.asyncDispose](): Promise<void>
  /** Resolves when the connection is gone; never rejects. */
  readonly closed: Promise<CloseInfo>
  /** The end of the connection; `undefined` until it is gone. */
  readonly closeInfo: CloseInfo | undefined
  /** The negotiated subprotocol; empty for none. */
  readonly subprotocol: string
  /** The negotiated extensions. */
  readonly extensions: readonly NegotiatedExtension[]
  /** The number of octets that were sent and have not yet been handed to the system. */
  readonly bufferedAmount: number
  /** The protocol object of the connection, with the rest of the API. */
  readonly protocol: WebSocketProtocol
}
