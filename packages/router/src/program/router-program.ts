import type { Client } from '@autobahn-ts/wamp'
import type { Uri } from '@autobahn-ts/wamp/protocol'
import { ApiMisuse, nodeRuntime } from '@autobahn-ts/websocket'
import type { Logger } from 'pino'
import type { ListenerConfig, RealmConfig, RouterConfig } from '../config/router-config.ts'
import { createRouter } from '../node/create-router.ts'
import { listen } from '../node/listening/listen.ts'
import type { RouterListener } from '../node/listening/router-listener.ts'
import { localClient } from '../node/local-client.ts'
import { defaultRealmLimits } from '../realm/realm-limits.ts'
import type { RealmUpdate, Router } from '../router/router.ts'
import { checkConfig } from './config-check.ts'
import { httpPages } from './http-pages.ts'
import { listenOptionsOf } from './listen-options.ts'
import { type CallProcedure, realmOptionsOf } from './realm-options.ts'
import { RefusedJoins } from './refused-joins.ts'
import { RouterLinks } from './router-links.ts'
import { unchangedOptions } from './unchanged-options.ts'

/** A router that runs by a config. */
export class RouterProgram {
  readonly #log: Logger
  readonly #router: Router
  readonly #links: RouterLinks
  #config: RouterConfig
  /** The config by which the program was started, and each realm was added: what a reload does not change is still of it. */
  #started: RouterConfig
  /** The listeners, by the text of their config. */
  readonly #listeners = new Map<string, RouterListener>()
  /** The router's own sessions, by realm; they call the procedures that decide, and hear who comes and goes. */
  readonly #clients = new Map<Uri, Promise<Client>>()
  /** The realms whose sessions are logged as they come and go. */
  readonly #watched = new Set<Uri>()
  readonly #refused: RefusedJoins
  #isClosing = false
  /** Settles when the reloads that were asked for have ended. */
  #reloading: Promise<unknown> = Promise.resolve()

  private constructor(config: RouterConfig, log: Logger) {
    this.#config = config
    this.#started = { ...config, realms: {} }
    this.#log = log
    this.#refused = new RefusedJoins(log, nodeRuntime.clock)
    this.#router = createRouter({
      realms: {},
      onError: error => log.error({ err: error }, 'an error of the application'),
      onRefused: refused => this.#refused.refused(refused),
      onRevoked: revoked => log.info(revoked, 'rights were taken away'),
    })
    this.#links = new RouterLinks(this.#router, log)
  }

  /** Starts a router. Rejects where a listener cannot listen, and with `ApiMisuse` for a config that cannot be used. */
  static async start(config: RouterConfig, log: Logger): Promise<RouterProgram> {
    const program = new RouterProgram(config, log)
    try {
      for (const [name, realm] of Object.entries(config.realms)) program.#add(name, realm)
      for (const listener of listenersIn(config)) await program.#listen(listener)
      program.#link(config)
    } catch (error) {
      await program.close()
      throw error
    }
    return program
  }

  get listeners(): readonly RouterListener[] {
    return [...this.#listeners.values()]
  }

  get router(): Router {
    return this.#router
  }

  /**
   * Goes on by another config: realms come and go, their options are replaced, listeners whose config has changed are opened anew. Sessions of realms and
   * listeners that stay are not dropped. The log names the options that have changed and need a restart.
   *
   * Rejects with `ApiMisuse` for a config that cannot be used, and with the error of a new listener that cannot be opened; the config of before stays then. Only
   * a listener that has to be opened in the place of another one can fail after that. Reloads run one after the other; a router that closes takes none.
   */
  reload(config: RouterConfig): Promise<void> {
    const reload = this.#reloading.then(() => this.#reload(config))
    this.#reloading = reload.catch(() => {})
    return reload
  }

  async #reload(config: RouterConfig): Promise<void> {
    this.#refuseWhileClosing()
    checkConfig(config)
    const wanted = new Map(listenersIn(config).map(listener => [JSON.stringify(listener), listener]))
    await this.#openElsewhere([...wanted.values()])
    this.#refuseWhileClosing()
    for (const name of Object.keys(this.#config.realms)) if (!Object.hasOwn(config.realms, name)) this.#remove(name)
    for (const [name, realm] of Object.entries(config.realms)) {
      if (this.#router.realms.has(name)) this.#router.updateRealm(name, updateOf(realmOptionsOf(realm, this.#caller(name), now)))
      else this.#add(name, realm)
    }
    this.#config = config
    if (config.logLevel !== undefined) this.#log.level = config.logLevel
    this.#watchAll()
    this.#link(config)
    const unchanged = unchangedOptions(this.#started, config)
    for (const [text, listener] of this.#listeners) {
      if (wanted.has(text)) continue
      this.#listeners.delete(text)
      await listener.close()
    }
    for (const [text, listener] of wanted) {
      const known = this.#listeners.get(text)
      if (known === undefined) await this.#listen(listener)
      // the files of a certificate may have changed under the same names
      else known.renewTls(listenOptionsOf(listener).tls)
    }
    this.#log.info('the config was read again')
    if (unchanged.length > 0)
      this.#log.warn({ options: unchanged }, `options that have changed and need a restart: ${unchanged.join(', ')}`)
  }

  #refuseWhileClosing(): void {
    if (this.#isClosing) throw new ApiMisuse('the router closes, and takes no other config')
  }

  /** Opens the listeners that are not at the place of one that is open. Where one cannot be opened, it closes those before it, and rejects. */
  async #openElsewhere(listeners: readonly ListenerConfig[]): Promise<void> {
    const places = new Set([...this.#listeners.keys()].map(text => placeOf(JSON.parse(text) as ListenerConfig)))
    const opened: string[] = []
    try {
      for (const config of listeners) {
        const place = placeOf(config)
        if (this.#listeners.has(JSON.stringify(config)) || (place !== undefined && places.has(place))) continue
        opened.push(JSON.stringify(config))
        await this.#listen(config)
      }
    } catch (error) {
      for (const text of opened) {
        await this.#listeners.get(text)?.close({ timeout: 0 })
        this.#listeners.delete(text)
      }
      throw error
    }
  }

  /**
   * Ends: lets nobody in and is not ready any more, waits for the calls in progress, says GOODBYE to all sessions with the time after which each may come
   * back, and waits for them. All of it takes as long as the config says, 5 seconds by default; sessions have at least one second of it (decision 131).
   */
  async close(): Promise<void> {
    this.#isClosing = true
    const end = now() + 1000 * (this.#config.shutdownTimeout ?? 5)
    // the listeners stay meanwhile, so that /ready tells that nobody can join
    const calls = await this.#router.drain(this.#config.shutdownTimeout ?? 5, { returnRate })
    if (calls > 0) this.#log.warn({ calls }, 'calls that had not ended in time')
    await this.#links.close()
    const closing = this.#router.close({ returnRate })
    const timeout = Math.max(1, (end - now()) / 1000)
    await Promise.all([...this.#listeners.values()].map(listener => listener.close({ timeout })))
    await closing
    this.#refused.close()
  }

  #add(name: Uri, realm: RealmConfig): void {
    this.#router.addRealm(name, realmOptionsOf(realm, this.#caller(name), now))
    this.#started = { ...this.#started, realms: { ...this.#started.realms, [name]: realm } }
    this.#watchAll()
  }

  /** Logs who comes and goes, where the level of the log shows it. */
  #watchAll(): void {
    if (!this.#log.isLevelEnabled('info')) return
    for (const name of this.#router.realms.keys()) {
      if (this.#watched.has(name)) continue
      this.#watched.add(name)
      void this.#watch(name).finally(() => this.#watched.delete(name))
    }
  }

  /** Has the links be those of a config. Throws `ApiMisuse` for those that cannot be used. */
  #link({ realms }: RouterConfig): void {
    for (const [name, { links }] of Object.entries(realms)) this.#links.set(name, links)
  }

  #remove(name: Uri): void {
    this.#clients.delete(name)
    this.#links.set(name)
    this.#router.removeRealm(name)
    this.#log.info({ realm: name }, 'realm removed')
  }

  async #listen(config: ListenerConfig): Promise<void> {
    const request = httpPages({
      realms: () => this.#router.realms.values(),
      isReady: () => !this.#isClosing,
      isOpen: name => this.#config[name],
      folders: config.static,
    })
    const onError = (error: Error): void => this.#log.error({ err: error }, 'an error of a connection')
    const listener = await listen(this.#router, { ...listenOptionsOf(config), request, onError })
    if (this.#isClosing) return listener.close({ timeout: 0 })
    this.#listeners.set(JSON.stringify(config), listener)
  }

  /** Logs who comes and goes in a realm, as long as the realm is there. */
  async #watch(realm: Uri): Promise<void> {
    try {
      const opening = this.#client(realm)
      const client = await opening
      await client.subscribe('wamp.session.on_join', ({ args: [details] }) => {
        const { session, authid, authrole, authmethod, transport } = details as Readonly<Record<string, unknown>>
        this.#log.info({ realm, session, authid, authrole, authmethod, transport }, 'joined')
      })
      await client.subscribe('wamp.session.on_leave', ({ args: [session, authid, authrole] }) => {
        this.#log.info({ realm, session, authid, authrole }, 'left')
      })
      await client.closed
      this.#forget(realm, opening)
    } catch (error) {
      this.#log.error({ err: error, realm }, 'who comes and goes is not logged')
      return
    }
    // an operator may have ended the session with all others
    if (!this.#isClosing && this.#router.realms.has(realm)) await this.#watch(realm)
  }

  #caller(realm: Uri): CallProcedure {
    return async (procedure, args) => (await this.#client(realm)).call(procedure, args, {}, { timeout: decisionTime })
  }

  /** Returns the router's own session in a realm. One that has ended is replaced. */
  #client(realm: Uri): Promise<Client> {
    const known = this.#clients.get(realm)
    if (known !== undefined) return known
    const opening = localClient(this.#router, { realm, authid: 'router', authrole: 'router' })
    this.#clients.set(realm, opening)
    const forget = (): void => this.#forget(realm, opening)
    opening.then(client => client.closed).then(forget, forget)
    return opening
  }

  #forget(realm: Uri, ended: Promise<Client>): void {
    if (this.#clients.get(realm) === ended) this.#clients.delete(realm)
  }
}

function listenersIn({ listeners }: RouterConfig): readonly ListenerConfig[] {
  return listeners ?? [{ host: '127.0.0.1', port: 8080 }]
}

/** Returns what two listeners cannot have both, whatever their addresses are. Each free port that the kernel picks is another one. */
function placeOf({ unix, port }: ListenerConfig): string | number | undefined {
  return unix ?? (port === 0 ? undefined : port)
}

/** Makes an update in which everything that a config leaves out has its default. */
function updateOf({
  auth,
  access,
  linkRoles,
  trustedRoles,
  trustLevels,
  maxSessions,
  holdPublishers,
  history,
  resumption,
}: ReturnType<typeof realmOptionsOf>): RealmUpdate {
  return {
    ...(auth && { auth }),
    ...(access && { access }),
    ...(linkRoles && { linkRoles }),
    ...(trustedRoles && { trustedRoles }),
    ...(trustLevels && { trustLevels }),
    maxSessions: maxSessions ?? defaultRealmLimits.maxSessions,
    holdPublishers: holdPublishers ?? defaultRealmLimits.holdPublishers,
    history: history ?? [],
    resumption: resumption ?? false,
  }
}

function now(): number {
  return performance.now()
}

/** Clients that may come back in a second after a shutdown. */
const returnRate = 1000
/** Milliseconds that a procedure has to decide. */
const decisionTime = 5000
