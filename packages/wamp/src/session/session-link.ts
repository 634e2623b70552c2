import type { Clock } from '@autobahn-ts/websocket/portable'
import type { ClientMessage, Id, Uri } from '../messages/message.ts'
import type { RouterFeatures } from './router-features.ts'

/** The origin of an error that no peer is told: a handler, by its procedure or topic, or a callback. */
export interface ErrorOrigin {
  readonly kind: 'procedure' | 'topic' | 'callback'
  /** The URI as it was registered or subscribed to; the name of the option for a callback. */
  readonly uri: Uri
}

/** A session as its parts see it: the way out, and what all of them need. */
export interface SessionLink {
  readonly clock: Clock
  readonly router: RouterFeatures
  /** Whether requests may be sent. */
  readonly isOpen: boolean
  /** Throws `SessionClosed` where requests may not be sent. `what` names the request. */
  checkOpen(what: string): void
  /** Takes the id of the next request. */
  nextId(): Id
  /** Sends a request with the id that was taken last. Throws as the transport does; the id is free again then. */
  request(message: ClientMessage, id: Id): void
  /** Sends a message that is not a request. Throws as the transport does. */
  send(message: ClientMessage): void
  /** Returns a promise where the transport takes no more for now. It resolves when the transport does, and when the session ends. */
  untilWritable(): Promise<void> | undefined
  noteError(error: unknown, origin: ErrorOrigin): void
}
