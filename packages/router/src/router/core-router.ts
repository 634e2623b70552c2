import { CloseReason, GlobalIds, type Id, type MessageTransport, type Uri } from '@autobahn-ts/wamp/protocol'
import { ApiMisuse, Settlement } from '@autobahn-ts/websocket/portable'
import type { AuthOptions } from '../auth/auth-options.ts'
import type { AuthWorld } from '../auth/auth-world.ts'
import { Guesses } from '../auth/guesses.ts'
import type { Method, Principal } from '../auth/method.ts'
import { methodsOf } from '../auth/methods.ts'
import { Joining, type JoinWorld } from '../join/joining.ts'
import { type Access, applicationAccess } from '../realm/access.ts'
import { Realm } from '../realm/realm.ts'
import { LocalAccess } from './local-access.ts'
import { checkRealmRules, checkRouterOptions, realmLimitsOf } from './options.ts'
import { RealmEntrance } from './realm-entrance.ts'
import { RoleAccess } from './role-access.ts'
import type { RealmOptions, RealmRules, Router, RouterOptions, RouterWorld } from './router.ts'

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
  readonly #joinWorld: JoinWorld
  /** Settled when the last transport is closed, once the router closes. */
  #closing: Settlement<void> | undefined

  constructor({ agent = 'autobahn-ts', joinTimeout = 10, beforeJoin, onError = printError }: RouterOptions, world: RouterWorld) {
    this.#world = world
    this.#agent = agent
    this.#ids = new GlobalIds(world.random)
    this.#joinWorld = {
      clock: world.clock,
      guesses: new Guesses(world.clock),
      joinTimeout: joinTimeout * 1000,
      door: realm => (this.#closing === undefined ? this.#entrances.get(realm) : undefined),
      newSessionId: () => this.#newSessionId(),
      beforeJoin: (request, principal) => beforeJoin?.(request, principal),
      onError,
      gone: joining => this.#gone(joining),
    }
  }

  accept(transport: MessageTransport, local?: Principal): void {
    const joining = new Joining(transport, this.#joinWorld, local)
    this.#arrivals.add(joining)
    transport.open(joining)
    if (this.#closing !== undefined) joining.turnAway(CloseReason.systemShutdown, shutdownText)
  }

  addRealm(name: Uri, options: RealmOptions = {}): void {
    if (this.realms.has(name)) throw new ApiMisuse(`there is a realm ${name} already`)
    const limits = realmLimitsOf(name, options)
    const { history } = options
    const { methods, access } = this.#rulesOf(options)
    const local = new LocalAccess(access)
    const realm = new Realm(
      { name, agent: this.#agent, limits, history },
      {
        clock: this.#world.clock,
        today: () => this.#world.today(),
        randomId: () => this.#ids.next(),
        access: local,
        onError: this.#joinWorld.onError,
      },
    )
    this.realms.set(name, realm)
    this.#entrances.set(name, new RealmEntrance(realm, methods, local))
  }

  updateRealm(name: Uri, options: RealmRules): void {
    const entrance = this.#entrances.get(name)
    if (entrance === undefined) throw new ApiMisuse(`there is no realm ${name}`)
    checkRealmRules(name, options)
    const { methods, access } = this.#rulesOf(options)
    entrance.update(methods, access)
  }

  removeRealm(name: Uri): boolean {
    const realm = this.realms.get(name)
    this.realms.delete(name)
    this.#entrances.delete(name)
    realm?.dismissAll(CloseReason.closeRealm)
    return realm !== undefined
  }

  close(): Promise<void> {
    if (this.#closing === undefined) {
      this.#closing = new Settlement()
      for (const realm of this.realms.values()) realm.dismissAll(CloseReason.systemShutdown)
      for (const joining of [...this.#arrivals]) joining.turnAway(CloseReason.systemShutdown, shutdownText)
      if (this.#arrivals.size === 0) this.#closing.resolve()
    }
    return this.#closing.promise
  }

  #rulesOf({ auth = everybody, roles, access }: RealmRules): { methods: ReadonlyMap<string, Method>; access: Access } {
    return {
      methods: methodsOf(auth, authWorldOf(this.#world)),
      access: access ?? (roles === undefined ? applicationAccess : new RoleAccess(roles)),
    }
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
    randomText: () => Array.from(randomOctets(16), octet => letters[octet % letters.length]).join(''),
    timestamp: () => new Date(today()).toISOString(),
  }
}

function printError(error: Error): void {
  console.error(error)
}

const everybody: AuthOptions = { anonymous: { role: 'anonymous' } }
const shutdownText = 'the router is shutting down'
/** The 64 letters of base64url: each is as likely as any other. */
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
