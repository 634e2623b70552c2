import { CloseReason, GlobalIds, type Id, type MessageTransport, type Uri } from '@autobahn-ts/wamp/protocol'
import { ApiMisuse, asError, guarded, reporting, Settlement, shownValue } from '@autobahn-ts/websocket/portable'
import type { AuthOptions } from '../auth/auth-options.ts'
import type { AuthWorld } from '../auth/auth-world.ts'
import { CookieMethod } from '../auth/cookie-method.ts'
import { type CookieSettings, CookieStore } from '../auth/cookie-store.ts'
import { Guesses } from '../auth/guesses.ts'
import type { LocalPrincipal } from '../auth/method.ts'
import { methodsOf } from '../auth/methods.ts'
import { Joining, type JoinWorld } from '../join/joining.ts'
import { type Access, applicationAccess } from '../realm/access.ts'
import { Realm } from '../realm/realm.ts'
import type { TakenRights } from '../realm/rights-check.ts'
import { SessionTurns } from '../realm/session-turns.ts'
import { ResumableSessions } from '../resumption/resumable-sessions.ts'
import { CheckedAccess } from './checked-access.ts'
import { LocalAccess } from './local-access.ts'
import { checkCloseOptions, checkRealmUpdate, checkRouterOptions, checkTimeout, realmLimitsOf, resumptionSettingsOf } from './options.ts'
import { type EntranceRules, RealmEntrance } from './realm-entrance.ts'
import { ReturnTimes } from './return-times.ts'
import { RoleAccess } from './role-access.ts'
import type { RealmOptions, RealmRules, RealmUpdate, Router, RouterCloseOptions, RouterOptions, RouterWorld } from './router.ts'
import { RunningCalls } from './running-calls.ts'

/** Makes a router of realms. Throws `ApiMisuse` for options that do not exist or have wrong values. */
export function createCoreRouter(options: RouterOptions, world: RouterWorld): Router {
  checkRouterOptions(options)
  const router = new CoreRouter(options, world)
  for (const [name, realm] of Object.entries(options.realms ?? { realm1: {} })) router.addRealm(name, realm)
  return router
}

class CoreRouter implements Router {
  readonly realms: Map<Uri, Realm> = new Map()
  readonly #entrances = new Map<Uri, RealmEntrance>()
  readonly #arrivals = new Set<Joining>()
  readonly #world: RouterWorld
  readonly #agent: string
  readonly #ids: GlobalIds
  readonly #turns: SessionTurns
  readonly #joinWorld: JoinWorld
  readonly #cookies: CookieStore
  readonly #onRevoked: NonNullable<RouterOptions['onRevoked']>
  /** Whether nobody may join any more. */
  #isDraining = false
  /** The times after which clients may come back, where they are told. */
  #returns: ReturnTimes | undefined
  /** Settled when the last transport is closed, once the router closes. */
  #closing: Settlement<void> | undefined

  constructor(options: RouterOptions, world: RouterWorld) {
    const { agent = 'autobahn-ts', joinTimeout = 10, beforeJoin, onError, onRevoked = () => {}, onRefused } = options
    this.#world = world
    this.#onRevoked = onRevoked
    this.#agent = agent
    this.#ids = new GlobalIds(world.random)
    this.#turns = new SessionTurns(world.clock)
    const { randomOctets, today } = authWorldOf(world)
    this.#cookies = new CookieStore({ randomOctets, today, settings: () => this.#cookieSettings() ?? noCookies })
    const report = reporting(onError)
    this.#joinWorld = {
      clock: world.clock,
      guesses: new Guesses(world.clock),
      joinTimeout: joinTimeout * 1000,
      door: realm => (this.#isDraining ? undefined : this.#entrances.get(realm)),
      newSessionId: () => this.#newSessionId(),
      beforeJoin: (request, principal) => beforeJoin?.(request, principal),
      onError: report,
      gone: joining => this.#gone(joining),
      ...(onRefused && { refused: refused => void guarded(() => onRefused(refused), report) }),
    }
  }

  get cookies(): CookieStore | undefined {
    return this.#cookieSettings() === undefined ? undefined : this.#cookies
  }

  accept(transport: MessageTransport, local?: LocalPrincipal): void {
    if (typeof (transport as Partial<MessageTransport> | null | undefined)?.open !== 'function')
      throw new ApiMisuse(`accept needs a transport, and not ${shownValue(transport)}`)
    const joining = new Joining(transport, this.#joinWorld, local)
    this.#arrivals.add(joining)
    transport.open(joining)
    if (this.#isDraining) this.#turnAway(joining)
  }

  addRealm(name: Uri, options: RealmOptions = {}): void {
    if (this.realms.has(name)) throw new ApiMisuse(`there is a realm ${name} already`)
    const limits = realmLimitsOf(name, options)
    const resumption = resumptionSettingsOf(name, options)
    const { history } = options
    const { rules, access } = this.#rulesOf(options)
    const local = new LocalAccess(access)
    const realm = new Realm(
      { name, agent: this.#agent, limits, history },
      {
        clock: this.#world.clock,
        today: () => this.#world.today(),
        randomId: () => this.#ids.next(),
        access: local,
        turns: this.#turns,
        left: id => entrance.left(id),
        detached: () => detached,
        loggedOut: id => this.#forget(entrance.cookieOf(id)),
        onError: this.#joinWorld.onError,
      },
    )
    const resumables = new ResumableSessions(resumption, {
      clock: this.#world.clock,
      randomOctets: length => this.#world.random.getRandomValues(new Uint8Array(length)),
      detached: id => realm.detached(id),
    })
    const detached = {
      get size(): number {
        return resumables.detachedSize
      },
      has: (id: Id) => resumables.isDetached(id),
    }
    this.realms.set(name, realm)
    const entrance = new RealmEntrance(realm, local, rules, resumables)
    this.#entrances.set(name, entrance)
  }

  updateRealm(name: Uri, options: RealmUpdate): void {
    const entrance = this.#entrances.get(name)
    if (entrance === undefined) throw new ApiMisuse(`there is no realm ${shownValue(name)}`)
    checkRealmUpdate(name, options)
    const { maxSessions, holdPublishers, history, resumption, ...update } = options
    const resumed = resumptionSettingsOf(name, options)
    const { rules, access } = this.#rulesOf(update)
    void entrance.update(rules, access).then(taken => this.#revoked(name, taken))
    if (resumption !== undefined) entrance.changeResumption(resumed)
    this.realms.get(name)!.change({ maxSessions, holdPublishers, history })
  }

  removeRealm(name: Uri): boolean {
    const realm = this.realms.get(name)
    this.realms.delete(name)
    this.#entrances.delete(name)
    this.#cookies.forgetRealm(name)
    realm?.dismissAll(CloseReason.closeRealm)
    return realm !== undefined
  }

  async drain(timeout: number, options: RouterCloseOptions = {}): Promise<number> {
    checkTimeout(timeout)
    checkCloseOptions(options, 'drain')
    this.#tellReturns(options)
    this.#shut()
    const sessions = [...this.realms.values()].flatMap(realm => [...realm.sessions.values()])
    const running = new RunningCalls(sessions, this.#world.clock)
    await running.ended(timeout * 1000)
    return running.count
  }

  close(options: RouterCloseOptions = {}): Promise<void> {
    try {
      checkCloseOptions(options, 'close')
    } catch (misuse) {
      return Promise.reject(misuse)
    }
    if (this.#closing === undefined) {
      this.#closing = new Settlement()
      this.#tellReturns(options)
      const times = this.#returns
      const retryAfter = times === undefined ? undefined : () => times.next()
      for (const realm of this.realms.values()) realm.dismissAll(CloseReason.systemShutdown, undefined, retryAfter)
      this.#shut()
      if (this.#arrivals.size === 0) this.#closing.resolve()
    }
    return this.#closing.promise
  }

  /** Lets nobody in any more. Clients that have not joined yet are sent away. */
  #shut(): void {
    this.#isDraining = true
    for (const joining of [...this.#arrivals]) this.#turnAway(joining)
  }

  #turnAway(joining: Joining): void {
    joining.turnAway(CloseReason.systemShutdown, shutdownText, this.#returns?.among(this.#sessionCount))
  }

  /** Has clients be told from now on when to come back, at a rate; 0 tells nothing. */
  #tellReturns({ returnRate = 0 }: RouterCloseOptions): void {
    this.#returns = returnRate === 0 ? undefined : new ReturnTimes(returnRate, () => (this.#ids.next() - 1) / 2 ** 53)
  }

  get #sessionCount(): number {
    let count = 0
    for (const { sessions } of this.realms.values()) count += sessions.size
    return count
  }

  #rulesOf({ auth = everybody, roles, access, linkRoles = [], trustedRoles = [], trustLevels = {} }: RealmRules): {
    rules: EntranceRules
    access: Access
  } {
    return {
      rules: {
        methods: methodsOf(auth, authWorldOf(this.#world), this.#cookies),
        linkRoles: new Set(linkRoles),
        trustedRoles: new Set(trustedRoles),
        trustLevels: new Map(Object.entries(trustLevels)),
      },
      access: access === undefined ? (roles === undefined ? applicationAccess : new RoleAccess(roles)) : this.#checked(access),
    }
  }

  #checked(access: Access): Access {
    return new CheckedAccess(access, this.#world.clock, this.#joinWorld.onError)
  }

  #revoked(realm: Uri, taken: TakenRights): void {
    if (Object.values(taken).every(count => count === 0)) return
    guarded(
      () => this.#onRevoked({ realm, ...taken }),
      error => this.#joinWorld.onError(asError(error)),
    )
  }

  #forget(cookie: string | undefined): void {
    if (cookie !== undefined) this.#cookies.forget(cookie)
  }

  /** The wishes of all realms together: a transport is opened before its client names a realm. `undefined` where no realm knows cookies. */
  #cookieSettings(): CookieSettings | undefined {
    let wanted: CookieSettings | undefined
    for (const { methods } of this.#entrances.values()) {
      const method = methods.get('cookie')
      if (!(method instanceof CookieMethod)) continue
      const { maxAge, secure } = method.settings
      wanted = { maxAge: Math.max(maxAge, wanted?.maxAge ?? 0), secure: secure || wanted?.secure === true }
    }
    return wanted
  }

  #gone(joining: Joining): void {
    this.#arrivals.delete(joining)
    if (this.#arrivals.size === 0) this.#closing?.resolve()
  }

  /** Returns an id that no session of any realm has. */
  #newSessionId(): Id {
    for (;;) {
      const id = this.#ids.next()
      if (![...this.realms.values()].some(realm => realm.sessions.has(id))) return id
    }
  }
}

function authWorldOf({ random, today }: RouterWorld): AuthWorld {
  const randomOctets = (length: number): Uint8Array => random.getRandomValues(new Uint8Array(length))
  return {
    randomOctets,
    today,
    randomText: () => Array.from(randomOctets(16), octet => letters[octet % letters.length]).join(''),
    timestamp: () => new Date(today()).toISOString(),
  }
}

const everybody: AuthOptions = { anonymous: { role: 'anonymous' } }
/** The settings while no realm has any, where nothing is issued. */
const noCookies: CookieSettings = { maxAge: 1, secure: true }
const shutdownText = 'the router is shutting down'
/** The 64 letters of base64url: each is as likely as any other. */
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
