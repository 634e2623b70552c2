import { type CookieIssuer, type CookieMeeting, randomName, signedText, type Uri } from '@autobahn-ts/wamp/protocol'
import type { Principal } from './method.ts'

/** A client that can join by its cookie. */
export interface RememberedClient {
  readonly realm: Uri
  /** The method by which it has proved itself. */
  readonly authmethod: string
  readonly principal: Principal
  /** The credential of the user at that time, as a hash; `undefined` where there is no list of users. */
  readonly credential: string | undefined
  /** The time of day at which the client has proved itself, in milliseconds since 1970. */
  readonly since: number
  /** The time of day after which the cookie is void, in milliseconds since 1970. */
  readonly expires: number
}

/** The world of a store of cookies. */
export interface CookieWorld {
  /** Returns octets that nobody can guess. */
  randomOctets(length: number): Uint8Array
  /** Returns the time of day in milliseconds since 1970. */
  today(): number
  /** Returns what the realms of the router want. */
  settings(): CookieSettings
}

export interface CookieSettings {
  /** Seconds for which browsers keep a cookie. */
  readonly maxAge: number
  /** Whether cookies are for HTTPS alone, also where this side does not see TLS. */
  readonly secure: boolean
}

/**
 * The cookies of clients that have joined (decision 137). A cookie is 256 random bits, and is known by its hash alone.
 *
 * Only a cookie that was made for the very request can become that of a client: one that a request has brought never does, so it is of no use to
 * plant one in the browser of somebody else. What was issued and has not joined is not kept.
 */
export class CookieStore implements CookieIssuer {
  readonly #world: CookieWorld
  readonly #clients = new Map<string, RememberedClient>()
  /** The cookies of each client, the oldest in front. */
  readonly #byClient = new Map<string, Set<string>>()

  constructor(world: CookieWorld) {
    this.#world = world
  }

  get size(): number {
    return this.#clients.size
  }

  meet(header: string, isSecure: boolean): CookieMeeting {
    const { maxAge, secure } = this.#world.settings()
    const isForTls = isSecure || secure
    // browsers take this prefix only from the host itself, over HTTPS
    const name = isForTls ? '__Host-wamp' : 'wamp'
    const known = this.#known(header, name)
    if (known !== undefined) return { cookie: { known } }
    const value = base64Url(this.#world.randomOctets(32))
    const attributes = `Path=/; Max-Age=${maxAge}; HttpOnly; SameSite=Strict${isForTls ? '; Secure' : ''}`
    return { cookie: { issued: hashOf(value) }, setCookie: `${name}=${value}; ${attributes}` }
  }

  /** Remembers the client that a cookie was issued to. Of more than a hundred cookies of one client the oldest goes, and likewise of all clients. */
  remember(cookie: string, client: RememberedClient): void {
    this.#clients.set(cookie, client)
    const key = keyOf(client)
    const own = this.#byClient.get(key) ?? new Set()
    this.#byClient.set(key, own.add(cookie))
    if (own.size > mostOfClient) this.forget(first(own))
    if (this.#clients.size > mostOfAll) this.forget(first(this.#clients.keys()))
  }

  /** Finds the client of a cookie in a realm. */
  find(cookie: string, realm: Uri): RememberedClient | undefined {
    const client = this.#living(cookie)
    return client?.realm === realm ? client : undefined
  }

  /** Makes a cookie void. */
  forget(cookie: string): void {
    const client = this.#clients.get(cookie)
    if (client === undefined) return
    this.#clients.delete(cookie)
    const own = this.#byClient.get(keyOf(client))
    own?.delete(cookie)
    if (own?.size === 0) this.#byClient.delete(keyOf(client))
  }

  /** Makes the cookies of a realm void: it is gone. */
  forgetRealm(realm: Uri): void {
    for (const [cookie, client] of [...this.#clients]) if (client.realm === realm) this.forget(cookie)
  }

  /** Returns the hash of the cookie of this name, where it is that of a client. Two of one name are ambiguous: one may be from another host. */
  #known(header: string, name: string): string | undefined {
    const values = header.split(';').flatMap(pair => {
      const at = pair.indexOf('=')
      return pair.slice(0, Math.max(at, 0)).trim() === name ? [pair.slice(at + 1).trim()] : []
    })
    const [value] = values
    if (value === undefined || values.length > 1 || value.length > longestValue) return undefined
    const hash = hashOf(value)
    return this.#living(hash) === undefined ? undefined : hash
  }

  #living(cookie: string): RememberedClient | undefined {
    const client = this.#clients.get(cookie)
    if (client === undefined || client.expires > this.#world.today()) return client
    this.forget(cookie)
    return undefined
  }
}

function first<Item>(items: Iterable<Item>): Item {
  const [item] = items
  return item!
}

function keyOf({ realm, principal }: RememberedClient): string {
  return `${realm} ${principal.authid}`
}

/** A cookie is random, so one turn of HMAC is as good as a slow hash. The key is other in each process. */
function hashOf(value: string): string {
  key ??= randomName()
  return signedText(value, key)
}

function base64Url(octets: Uint8Array): string {
  return btoa(String.fromCharCode(...octets))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}

let key: string | undefined
const longestValue = 100
const mostOfClient = 100
const mostOfAll = 100_000
