import type { Dict } from '@autobahn-ts/wamp/protocol'
import type { Awaitable } from '@autobahn-ts/websocket/portable'
import type { JoinRequest } from './join-request.ts'

/** The role of a user, and what WELCOME tells it beside. */
export interface KnownUser {
  /** The role of its sessions. */
  readonly role: string
  /** Facts for WELCOME.Details.authextra. */
  readonly extra?: Dict
}

export interface TicketUser extends KnownUser {
  readonly ticket: string
}

export interface CraUser extends KnownUser {
  /** The secret; with `salt`, the key that is derived from it (base64), as `autobahn-ts router hash` prints it. */
  readonly secret: string
  readonly salt?: string
  /** Rounds of PBKDF2. */
  readonly iterations?: number
  /** Octets of the key. */
  readonly keylen?: number
}

/** A user as `autobahn-ts router hash` prints it: nobody can join with it. */
export interface ScramUser extends KnownUser {
  readonly kdf: 'pbkdf2' | 'argon2id13'
  readonly salt: string
  readonly iterations: number
  /** KiB, for Argon2. */
  readonly memory?: number
  readonly storedKey: string
  readonly serverKey: string
}

export interface CryptosignUser extends KnownUser {
  /** Public keys, 64 letters of hex each. */
  readonly authorizedKeys: readonly string[]
}

export interface CertificateUser extends KnownUser {
  /** The SHA-256 fingerprint of the client's certificate, as hex with or without colons. */
  readonly fingerprint: string
}

/** Users by name, or a function that finds one; `undefined` means that there is no such user. What the function throws denies. */
export type Users<User> =
  | { readonly users: Readonly<Record<string, User>> }
  | { readonly find: (request: JoinRequest, authid: string) => Awaitable<User | undefined> }

/** A function that checks a ticket, such as a token that somebody has signed. */
export interface TicketCheck {
  readonly check: (request: JoinRequest, ticket: string) => Awaitable<(KnownUser & { readonly authid: string }) | undefined>
}

/** The parameters of the challenge for names that do not exist; those that most users have. */
export interface NobodyOptions {
  readonly nobody?: { readonly kdf?: 'pbkdf2' | 'argon2id13'; readonly iterations?: number; readonly memory?: number }
}

/** Options of the method `cookie`. */
export interface CookieOptions {
  /** Seconds for which a cookie is right. Default: 604,800, a week. */
  readonly maxAge?: number
  /** Whether browsers send the cookie over HTTPS alone, also where the router itself does not see TLS: behind a proxy. Default: false. */
  readonly secure?: boolean
}

/** The methods by which clients may join a realm. A method that is not named is not offered. */
export interface AuthOptions {
  /** Clients without a name. */
  readonly anonymous?: { readonly role: string }
  readonly ticket?: Users<TicketUser> | TicketCheck
  readonly wampcra?: Users<CraUser> & {
    /** The derivation in challenges for names that do not exist; by default that of the first user with a salt. */
    readonly nobody?: { readonly iterations?: number; readonly keylen?: number }
  }
  readonly scram?: Users<ScramUser> & NobodyOptions
  readonly cryptosign?: Users<CryptosignUser> & {
    /** The private key of the router, 64 letters of hex, with which it proves itself to clients that ask. */
    readonly routerKey?: string
  }
  /** Lets in a browser whose client has joined before by another method: by the cookie that it got then. */
  readonly cookie?: CookieOptions
  /** Certificates of clients that TLS has verified. */
  readonly tls?: Users<CertificateUser>
}
