import type { Dict } from '@autobahn-ts/wamp/protocol'
import type { Awaitable } from '@autobahn-ts/websocket/portable'
import type { KnownUser } from './auth-options.ts'
import type { Directory } from './directory.ts'
import type { JoinRequest } from './join-request.ts'

/** A client that has proved who it is. */
export interface Principal {
  readonly authid: string
  readonly authrole: string
  /** The source that knows the client: `static`, `dynamic`. */
  readonly authprovider?: string
  /** Further facts for WELCOME.Details.authextra. */
  readonly authextra?: Dict
}

/** The name and the role of a session of the application in this process. */
export interface LocalPrincipal extends Principal {
  /** Whether it is a link to another router, whose words about other sessions count. Default: false. */
  readonly isLink?: boolean
}

/** The first step of a method: the client is known at once, is asked to prove itself, or the method does not apply to it. */
export type FirstStep = { readonly principal: Principal } | Challenge | undefined

/** A challenge that waits for its answer. */
export interface Challenge {
  /** CHALLENGE.Extra. */
  readonly extra: Dict
  /**
   * Checks the answer, AUTHENTICATE's elements. Resolves with the client; with `undefined` where the answer is wrong, whatever it looks like.
   */
  answered(signature: string, extra: Dict): Awaitable<Principal | undefined>
}

/** A method of authentication, as a router needs it. */
export interface Method {
  /** Its name in HELLO, CHALLENGE and WELCOME. */
  readonly name: string
  /** The users that it knows; `undefined` where it has no list of them. */
  readonly users?: Directory<KnownUser> | undefined
  begin(request: JoinRequest): Awaitable<FirstStep>
  /**
   * Tells whether a client that has proved itself by this method could still do so with the same credential, and would have the same role. True where only a
   * function of the application knows.
   */
  knows(principal: Principal): boolean
}
