import type { Event, MessageFormat, PreparedMessage } from '@autobahn-ts/wamp/protocol'

/**
 * An EVENT on its way to the subscribers of one subscription. It is encoded once per format, when the first receiver of that format needs it;
 * one that has a single receiver is not encoded here at all.
 */
export class OutgoingEvent {
  readonly message: Event
  /** Whether it may go to more than one session. */
  readonly isShared: boolean
  #format: MessageFormat | undefined
  #prepared: PreparedMessage | undefined
  #others: Map<MessageFormat, PreparedMessage> | undefined

  constructor(message: Event, isShared: boolean) {
    this.message = message
    this.isShared = isShared
  }

  /** Returns its form on the wire. Throws as `MessageFormat.prepare` does. */
  preparedFor(format: MessageFormat): PreparedMessage {
    if (format === this.#format) return this.#prepared!
    if (this.#format !== undefined) return this.#otherFor(format)
    const prepared = format.prepare(this.message)
    this.#format = format
    this.#prepared = prepared
    return prepared
  }

  #otherFor(format: MessageFormat): PreparedMessage {
    this.#others ??= new Map()
    const prepared = this.#others.get(format) ?? format.prepare(this.message)
    this.#others.set(format, prepared)
    return prepared
  }
}
