import type {
  ErrorMessage,
  Id,
  Interrupt,
  Invocation,
  Published,
  Registered,
  Result,
  Subscribed,
  Unregistered,
  Unsubscribed,
} from '@autobahn-ts/wamp/protocol'
import type { AnnouncedFeatures } from './announced-features.ts'
import type { AwaitedRoom } from './awaited-room.ts'
import type { OutgoingEvent } from './outgoing-event.ts'

/** A session, as broker and dealer use it. */
export interface Party {
  readonly id: Id
  readonly authid: string
  readonly authrole: string
  readonly features: AnnouncedFeatures
  /** Whether what it says about other sessions counts (`caller`, `publisher`, `forward_for`): it is a link to another router. */
  readonly isLink: boolean
  /** The level of trust of its role, which its receivers are told; `undefined` where the role has none. */
  readonly trustLevel?: number | undefined
  /**
   * Sends a message that has to arrive: it uses the reserve of the outbox. Where that is full too, the session ends. Returns `tooLarge` where
   * the transport does not take a message of this size; nothing is sent then.
   */
  send(message: OwedMessage): Delivery
  /** Sends a message that can be refused: nothing is sent where the outbox is above its bound. */
  offer(message: Invocation | Result): Delivery
  /** Sends an event, or drops it and counts it. */
  offerEvent(event: OutgoingEvent): void
  /** Whether so much waits for it that the next event would be dropped. */
  readonly isFull: boolean
  /** The room in its outbox, for publishers that wait for it. */
  readonly room: AwaitedRoom
  /** Waits, as the publisher of an event whose receivers are all full, until one of them has room: it is not read meanwhile. */
  waitForRoom(receivers: readonly Party[]): void
}

export type OwedMessage = ErrorMessage | Published | Subscribed | Unsubscribed | Registered | Unregistered | Interrupt | Result

/** The fate of a message: it was sent, the outbox is full, it is larger than the receiver takes, or the session is over. */
export type Delivery = 'sent' | 'full' | 'tooLarge' | 'gone'
