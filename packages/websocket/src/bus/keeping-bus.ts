import type { Octets } from '../bytes/octets.ts'
import type { Bus } from './bus.ts'

/**
 * A bus that can also keep what is published, for those who come later. A bus is one if it has the method `keep`.
 */
export interface KeepingBus extends Bus {
  /**
   * Returns the way to what is kept under a subject. Nothing is asked for yet. Throws `ApiMisuse` for a wrong subject, and where the same name was
   * given with other limits before.
   */
  keep(subject: string, history: KeptHistory): KeptSubject
}

/** The amount that is kept for each subject. */
export interface KeptHistory {
  /** The number of the last messages. A message that the bus has to cut counts as its pieces. */
  readonly count: number
  /** The age of the oldest message, in seconds. */
  readonly seconds: number
  /** The name under which subjects of the same limits are kept together. */
  readonly name: string
}

/**
 * The messages that are kept under one subject. All participants get them in one order, which is theirs for good.
 */
export interface KeptSubject {
  /** Whether what is published now can be kept, as far as is known. */
  readonly isAvailable: boolean

  /**
   * Publishes octets, which must not be changed after the call. All followers get them, those of this participant too, with `own` beside
   * them. Resolves when the outcome is known; never rejects.
   */
  publish(octets: Octets, own: unknown): Promise<KeptOutcome>

  /**
   * Has messages passed on from now on. Resolves when nothing that is published later is missed. Rejects where the bus refuses.
   */
  follow(follower: KeptFollower): Promise<Following>

  /**
   * Passes on what is kept, one message after the other, from a date or from behind a position, until the receiver says that it has caught up.
   * While the messages cannot be read, waits and tries again.
   *
   * Rejects with `ApiMisuse` where a text is not a position, and where the bus refuses.
   */
  replay(since: Date | string, receiver: ReplayReceiver): Promise<void>
}

/**
 * The outcome of publishing what is to be kept.
 *
 * - `kept`: it is, and all followers will get it.
 * - `refused`: it is not, and no follower gets it.
 * - `unknown`: there was no answer in time.
 */
export type KeptOutcome = 'kept' | 'refused' | 'unknown'

/** The place of a message among those that are kept under its subject. */
export interface KeptPlace {
  /** A number that grows from message to message. */
  readonly order: number
  /** The position as a text, which may be passed on, and handed to `replay` later. */
  readonly position: string
}

/** Gets the messages that are kept under a subject, as they come. */
export interface KeptFollower {
  /** `own` is what `publish` of this participant was given with the message; `undefined` for messages of others. Must not throw. */
  message(octets: Octets, place: KeptPlace, own: unknown): void
}

/** Messages that are being passed on. */
export interface Following {
  /** The place behind which messages are passed on. */
  readonly from: KeptPlace
  /** Ends it: the follower is not called any more. */
  end(): void
}

/** Gets messages that were kept. */
export interface ReplayReceiver {
  /** Whether no more messages are wanted. */
  readonly isOver: boolean
  /** Takes a message. The next one follows when the promise has settled. */
  message(octets: Octets, place: KeptPlace): Promise<void>
  /** Called before the first message where older ones may have been discarded. */
  gap(): void
  /**
   * Asked again and again when all messages below `order` that are kept have been passed on. Returns `true` to end the replay; with `false`, further ones
   * follow, also those that are kept meanwhile.
   */
  caughtUp(order: number): boolean
}

/** Tells whether a bus can keep messages. */
export function isKeepingBus(bus: Bus): bus is KeepingBus {
  return typeof (bus as Partial<KeepingBus>).keep === 'function'
}
