import type { Octets } from '../bytes/octets.ts'

/**
 * The port through which channels of several processes reach each other. A `Bus` is one participant; how the participants are joined is up
 * to each implementation.
 *
 * A subject is a text of tokens with dots between them: `chat.room.7`. It is at most 8,192 characters long, and none of its tokens is `*`
 * or `>`. A pattern is a subject in which the token `*` stands for any one token, and a last token `>` for one or more tokens.
 *
 * Octets from a bus may come from anyone who can reach it: check them as octets of a peer.
 */
export interface Bus {
  /** Whether the other participants can be reached now. While it is `false`, `publish` rejects. */
  readonly isConnected: boolean

  /**
   * Passes octets to the subscriptions of all other participants whose pattern fits the subject. The subscriptions of this participant do
   * not get them. The octets must not be changed after the call.
   *
   * What one participant publishes arrives everywhere in the order of its calls. The promise resolves when the octets were passed on; it
   * does not say that they have arrived. Rejects with `ApiMisuse` for a wrong subject or wrong octets, and with another error where the
   * octets cannot be passed on: then nothing is kept for later.
   */
  publish(subject: string, octets: Octets): Promise<void>

  /**
   * Has `handler` called for what the others publish under subjects that fit the pattern: once for each of them, also where other patterns
   * of this participant fit too.
   *
   * The promise resolves when the subscription is confirmed: from then on nothing is missed. Rejects with `ApiMisuse` for a wrong pattern,
   * and with another error where the subscription is refused.
   */
  subscribe(pattern: string, handler: BusHandler): Promise<BusSubscription>
}

/** Called with octets that it may keep, and must not change: other handlers have the same. Errors that it throws are reported. */
export type BusHandler = (octets: Octets, subject: string) => void

/** A subscription that was confirmed. */
export interface BusSubscription {
  /** Ends it: the handler is not called any more. Does nothing the second time. */
  unsubscribe(): void
}
