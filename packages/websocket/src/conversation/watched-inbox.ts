import type { Clock } from '../bytes/clock.ts'
import type { Text } from '../bytes/text.ts'
import type { MessageWatch } from '../protocol/hooks/watched-hooks.ts'
import type { Message } from './connection.ts'
import { Inbox, type InboxOwner } from './inbox.ts'
import { IncomingStream } from './incoming-stream.ts'
import type { End, Taker } from './taker.ts'

/**
 * An inbox that measures how long the application has each message: from when it gets the message until it asks for the next one, or the
 * connection ends. Made only for connections whose messages are observed.
 */
export class WatchedInbox extends Inbox {
  readonly #watch: MessageWatch
  readonly #clock: Pick<Clock, 'now'>
  readonly #encoder: Text
  /** The message that the application has now. */
  #handled: { readonly message: Message | IncomingStream; readonly since: number } | undefined

  constructor(owner: InboxOwner & { readonly runtime: { readonly clock: Pick<Clock, 'now'> } }, watch: MessageWatch) {
    super(owner)
    this.#watch = watch
    this.#clock = owner.runtime.clock
    this.#encoder = owner.runtime.text
  }

  override next(): Message | undefined {
    this.#done()
    const message = super.next()
    if (message !== undefined) this.#began(message)
    return message
  }

  override take(taker: Taker): void {
    this.#done()
    const began = (message: Message | IncomingStream): void => this.#began(message)
    super.take(
      taker.takes === 'stream'
        ? new WatchedTaker<IncomingStream, 'stream'>(taker, began)
        : new WatchedTaker<Message, 'message'>(taker, began),
    )
  }

  override ended(end: End): void {
    this.#done()
    super.ended(end)
  }

  #began(message: Message | IncomingStream): void {
    this.#done()
    this.#handled = { message, since: this.#clock.now() }
  }

  #done(): void {
    if (this.#handled === undefined) return
    const { message, since } = this.#handled
    this.#handled = undefined
    const duration = this.#clock.now() - since
    if (typeof message === 'string') this.#watch(false, this.#encoder.encode(message).length, duration)
    else if (message instanceof IncomingStream) this.#watch(message.isBinary, message.size, duration)
    else this.#watch(true, message.length, duration)
  }
}

type OfTaker<Item, Takes> = Pick<Taker, 'owner' | 'isDoubtful' | 'end' | 'stop' | 'replace'> & {
  readonly takes: Takes
  give(item: Item): void
}

/** A caller that waits for a message, and says when it gets one. */
class WatchedTaker<Item, Takes> implements OfTaker<Item, Takes> {
  readonly takes: Takes
  readonly owner: object
  readonly #taker: OfTaker<Item, Takes>
  readonly #began: (item: Item) => void

  constructor(taker: OfTaker<Item, Takes>, began: (item: Item) => void) {
    this.takes = taker.takes
    this.owner = taker.owner
    this.#taker = taker
    this.#began = began
  }

  get isDoubtful(): boolean {
    return this.#taker.isDoubtful
  }

  give(item: Item): void {
    this.#began(item)
    this.#taker.give(item)
  }

  end(end: End): void {
    this.#taker.end(end)
  }

  stop(): void {
    this.#taker.stop()
  }

  replace(): void {
    this.#taker.replace()
  }
}
