import type { ConnectionClosed } from '../protocol/faults/errors.ts'
import type { Message } from './connection.ts'
import type { IncomingStream } from './incoming-stream.ts'

/** The end of a connection, for callers that wait for a message. */
export interface End {
  readonly error: ConnectionClosed
  /** Whether the closing handshake was completed. Loops end then, and throw otherwise. */
  readonly isClean: boolean
}

/** A caller that waits for the next message: it gets one message, or one of the other calls. */
export type Taker = MessageTaker | StreamTaker

export interface MessageTaker extends Waiting {
  readonly takes: 'message'
  give(message: Message): void
}

export interface StreamTaker extends Waiting {
  readonly takes: 'stream'
  give(stream: IncomingStream): void
}

interface Waiting {
  /** The object that may give up the wait: the iterator of a step, or the call itself. */
  readonly owner: object
  /** Whether the caller may have stopped waiting without saying so, as the loser of a `Promise.race` does. */
  readonly isDoubtful: boolean
  /** Called when no message will come. */
  end(end: End): void
  /** Called when the owner has given up the wait. */
  stop(): void
  /** Called when a later caller has taken the place of this one. */
  replace(): void
}

/** The place from which calls and loops take messages: an `Inbox`, or a `MessageQueue` where messages come whole. */
export interface MessageSource {
  /** Returns the message that has waited longest; `undefined` where none waits. */
  next(): Message | undefined
  /** Gives the next message to the caller, now or when it comes. */
  take(taker: MessageTaker): void
  /** Ends the wait of an owner. The message that would have been its own goes to the next caller, or is kept. */
  giveUp(owner: object): void
}
