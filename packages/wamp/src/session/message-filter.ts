import type { ClientMessage, Message } from '../messages/message.ts'
import type { RouterFeatures } from './router-features.ts'

/** Changes messages between a session and its transport: the port of payload passthru mode. */
export interface MessageFilter {
  /** Begins with a session that was joined. Each has a filter of its own, which may keep state. */
  begin(router: RouterFeatures): SessionFilter
}

/** The filter of one session. */
export interface SessionFilter {
  /**
   * Returns the message to take in place of one that has come; `undefined` for none, where its payload cannot be opened and the filter has answered it.
   */
  received(message: Message, session: FilteredSession): Message | undefined
  /** Returns the message to send in place of another. What it throws is thrown at the sender. */
  sending(message: ClientMessage): ClientMessage
}

/** The part of a session that its filter uses. */
export interface FilteredSession {
  /** Sends a message as it is. */
  send(message: ClientMessage): void
  /** Tells the application of an error for which no caller waits. */
  noteError(error: unknown): void
}
