import type { ConnectionClosed } from '../protocol/faults/errors.ts'
import type { Message } from './connection.ts'
import type { IncomingStream } from './incoming-stream.ts'

/** How a connection ended, for callers that wait for a message. */
export interface End {
  readonly error: ConnectionClosed
  /** Whether the closing handshake was completed: loops end then, where they would throw otherwise. */
  readonly isClean: boolean
}

/** A caller that waits for the next message. Each gets one message, or one of the other calls. */
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
  /** The iterator that this step belongs to; it may give the step up. */
  readonly owner: object
  /** Whether the caller may have stopped waiting without a word, as the loser of `Promise.race` does. */
  readonly isDoubtful: boolean
  /** No message will come. */
  end(end: End): void
  /** The owner has given the wait up. */
  stop(): void
  /** A later caller has taken this one's place. */
  replace(): void
}
