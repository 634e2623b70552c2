import type { Awaitable } from '@autobahn-ts/websocket/portable'
import type { Dict, WelcomeDetails } from '../messages/message.ts'
import type { TransportDetails } from '../transports/message-transport.ts'

/** A way for clients to authenticate: the port between a session and the methods. */
export interface AuthMethod {
  /** The name that HELLO offers and CHALLENGE repeats. */
  readonly name: string
  /** More names of the method that routers know it by. They are offered too, after `name`. */
  readonly aliases?: readonly string[]
  /**
   * Begins to authenticate one session: makes nonces, asks for an id. What it throws, or rejects with, is the reason why the session was not
   * opened. `transport` has the channel id of TLS.
   */
  begin(transport: TransportDetails): Awaitable<AuthAttempt>
}

/** The authentication of one session by one method. */
export interface AuthAttempt {
  /**
   * Whether the router has to prove its own identity by this method: a router that opens the session without its challenge is refused, `always`, or where
   * all methods that were offered want a proof. Default: it is not refused, because it may let the client in by other means, such as its address.
   */
  readonly wantsProof?: 'always' | 'alone'
  /** The part of HELLO for this method. Where several methods are offered, the first one that has an `authid` gives it. */
  readonly hello: AuthHello
  /** Answers CHALLENGE for the method, by its name or an alias. What it throws ends the session with ABORT, and is the reason why it was not opened. */
  answer(extra: Dict, method: string): Awaitable<AuthAnswer>
  /** Checks WELCOME where the router proves its own identity. What it throws ends the session as in `answer`. */
  verifyWelcome?(details: WelcomeDetails): Awaitable<void>
}

/** The elements of HELLO that belong to authentication. */
export interface AuthHello {
  readonly authid?: string
  readonly authrole?: string
  readonly authextra?: Dict
}

/** The elements of AUTHENTICATE. */
export interface AuthAnswer {
  readonly signature: string
  readonly extra?: Dict
}
