import type { Uri } from '@autobahn-ts/wamp/protocol'
import { ApiMisuse, shownValue } from '@autobahn-ts/websocket/portable'
import type { CookieOptions } from './auth-options.ts'
import type { CookieSettings, CookieStore, RememberedClient } from './cookie-store.ts'
import { credentialOf } from './directory.ts'
import type { JoinRequest } from './join-request.ts'
import type { FirstStep, Method, Principal } from './method.ts'

/** Lets in a client that has proved itself before, by the cookie that its browser got then. */
export class CookieMethod implements Method {
  readonly name = 'cookie'
  readonly settings: CookieSettings
  readonly #store: CookieStore
  readonly #methods: ReadonlyMap<string, Method>
  readonly #today: () => number

  /** `methods` are those of the realm, of which one has proved the client. Throws `ApiMisuse` for an age that no cookie has. */
  constructor(
    { maxAge = week, secure = false }: CookieOptions,
    store: CookieStore,
    methods: ReadonlyMap<string, Method>,
    today: () => number,
  ) {
    if (!Number.isSafeInteger(maxAge) || maxAge < 1 || maxAge > year)
      throw new ApiMisuse(`maxAge of cookie must be a whole number of seconds from 1 to ${year}, and not ${shownValue(maxAge)}`)
    this.settings = { maxAge, secure }
    this.#store = store
    this.#methods = methods
    this.#today = today
  }

  async begin(request: JoinRequest): Promise<FirstStep> {
    const cookie = request.transport.cookie?.known
    if (cookie === undefined) return undefined
    const client = this.#store.find(cookie, request.realm)
    // a client that gives another name is somebody else at the same browser
    if (client === undefined || (request.authid !== undefined && request.authid !== client.principal.authid)) return undefined
    // the age may have been lowered since the cookie was made
    const isTooOld = this.#today() >= client.since + this.settings.maxAge * 1000
    const principal = isTooOld ? undefined : await this.#current(client, request)
    if (principal === undefined) {
      this.#store.forget(cookie)
      return undefined
    }
    return { principal }
  }

  /** A client that has joined by its cookie is known by the method that has proved it (`methodOf`); without that its cookie is void. */
  knows(): boolean {
    return false
  }

  /** Returns the method by which the client of a cookie has proved itself. */
  methodOf(cookie: string, realm: Uri): string | undefined {
    return this.#store.find(cookie, realm)?.authmethod
  }

  /** Remembers a client that has joined by another method. Returns the cookie by which it can join again, the one that it has brought too; `undefined` where there is none. */
  joined(request: Pick<JoinRequest, 'realm' | 'transport'>, authmethod: string, principal: Principal): string | undefined {
    const { known, issued } = request.transport.cookie ?? {}
    if (authmethod === this.name) return known
    if (known !== undefined) {
      if (this.#isOf(known, request.realm, principal)) return known
      this.#store.forget(known)
    }
    if (issued === undefined || neverRemembered.has(authmethod)) return undefined
    const since = this.#today()
    const expires = since + this.settings.maxAge * 1000
    this.#store.remember(issued, { realm: request.realm, authmethod, principal, credential: credentialOf(principal), since, expires })
    return issued
  }

  /** Returns the client as its method knows it now: with its present role, and only while its credential is the one that it has proved. */
  async #current({ authmethod, principal, credential }: RememberedClient, request: JoinRequest): Promise<Principal | undefined> {
    const method = this.#methods.get(authmethod)
    if (method === undefined) return undefined
    if (method.users === undefined) return credential === undefined ? principal : undefined
    const user = await method.users.find(request, principal.authid)
    if (user === undefined) return undefined
    return method.users.principalAgain(principal.authid, user, credential)
  }

  #isOf(cookie: string, realm: string, { authid }: Principal): boolean {
    return this.#store.find(cookie, realm)?.principal.authid === authid
  }
}

/** Those without a name, and those whose certificate TLS shows each time. */
const neverRemembered: ReadonlySet<string> = new Set(['anonymous', 'local', 'tls'])
/** Seconds, as below. */
const week = 604_800
const year = 31_536_000
