import type { ClientMessage, Message } from '../messages/message.ts'
import type { RouterFeatures } from './router-features.ts'

/** Changes messages between a session and its transport: the port of payload passthru mode. */
export interface MessageFilter {
  /** Begins with a session that was joined. Each has a filter of its own, which may keep state. */
  begin(router: RouterFeatures): SessionFilter
}

/** The filter of one session. */
export interface SessionFilter {
  /** Returns the message to take in place of one that has come. Throws `WampError` where its payload cannot be opened. */
  received(message: Message): Message
  /** Returns the message to send in place of another. What it throws is thrown at the sender. */
  sending(message: ClientMessage): ClientMessage
}
