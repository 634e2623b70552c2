import type { Uri } from '@autobahn-ts/wamp/protocol'
import { type Clock, nodeRuntime, type Timer } from '@autobahn-ts/websocket'
import type { Logger } from 'pino'
import type { LinkConfig } from '../config/router-config.ts'
import { checkLinkRules } from '../links/link-rules.ts'
import { type LinkRouterOptions, linkRouter } from '../node/link-router.ts'
import type { Router } from '../router/router.ts'
import { linkOptionsOf } from './link-options.ts'

/** The links of a router that runs by a config. Each is made again, after a pause, where it could not be made or has ended. */
export class RouterLinks {
  readonly #router: Router
  readonly #log: Logger
  readonly #clock: Clock
  /** The links of each realm, by the text of their config. */
  readonly #realms = new Map<Uri, Map<string, KeptLink>>()

  constructor(router: Router, log: Logger, clock: Clock = nodeRuntime.clock) {
    this.#router = router
    this.#log = log
    this.#clock = clock
  }

  /**
   * Has the links of a realm be those of a config. Links whose config is the same stay, and are not interrupted. Throws `ApiMisuse` for a config that cannot be
   * used, and changes nothing then.
   */
  set(realm: Uri, configs: readonly LinkConfig[] = []): void {
    const known = this.#realms.get(realm) ?? new Map<string, KeptLink>()
    const wanted = new Map(configs.map(config => [JSON.stringify(config), checkedLink(realm, config)]))
    for (const [text, link] of known) {
      if (wanted.has(text)) continue
      known.delete(text)
      void link.close()
    }
    for (const [text, { url, options }] of wanted) {
      if (!known.has(text)) known.set(text, new KeptLink(this.#router, url, options, this.#log, this.#clock))
    }
    if (known.size === 0) this.#realms.delete(realm)
    else this.#realms.set(realm, known)
  }

  /** Ends all links. Resolves when they have left the other routers. */
  async close(): Promise<void> {
    const links = [...this.#realms.values()].flatMap(realm => [...realm.values()])
    this.#realms.clear()
    await Promise.all(links.map(link => link.close()))
  }
}

/** Makes the options of a link. Throws `ApiMisuse` for a config that cannot be used. */
export function checkedLink(realm: Uri, config: LinkConfig): { url: string; options: LinkRouterOptions } {
  const options = linkOptionsOf(realm, config)
  checkLinkRules(options)
  return { url: config.url, options }
}

type Level = 'info' | 'warn' | 'error'
type Say = (level: Level, text: string, details?: object) => void

/** One link, which is made again and again until it is closed. */
class KeptLink {
  readonly #ended: Promise<void>
  readonly #abort = new AbortController()
  readonly #clock: Clock
  #pause: { readonly timer: Timer; readonly end: () => void } | undefined

  constructor(router: Router, url: string, options: LinkRouterOptions, log: Logger, clock: Clock) {
    this.#clock = clock
    // a child of the log would keep its level when a reload changes it
    const facts = { realm: options.realm, link: placeOf(url) }
    const say = (level: Level, text: string, details: object = {}): void => log[level]({ ...facts, ...details }, text)
    this.#ended = this.#keep(router, url, options, say)
  }

  async close(): Promise<void> {
    this.#abort.abort()
    this.#pause?.timer.cancel()
    this.#pause?.end()
    await this.#ended
  }

  async #keep(router: Router, url: string, options: LinkRouterOptions, say: Say): Promise<void> {
    const { signal } = this.#abort
    const connect = {
      ...options.connect,
      retryFirst: true,
      signal,
      onJoin: () => say('info', 'the link is up'),
      onLost: ({ retryIn }: { retryIn?: number | undefined }) => say('warn', 'the link is down', { retryIn }),
      onRestoreFailed: (failure: unknown) => say('error', 'the link could not restore a rule', { failure }),
      onError: (error: unknown) => say('error', 'an error of the link', { err: error }),
    }
    while (!signal.aborted) {
      try {
        const link = await linkRouter(router, url, { ...options, connect })
        await link.closed
      } catch (error) {
        if (!signal.aborted) say('error', 'the link could not be made', { err: error })
      }
      if (!signal.aborted) await this.#wait()
    }
  }

  /** Waits before the link is made again; less where it is closed. */
  async #wait(): Promise<void> {
    await new Promise<void>(resolve => {
      this.#pause = { timer: this.#clock.schedule(resolve, pause), end: resolve }
    })
    this.#pause = undefined
  }
}

/** Returns the part of a URL that a log may have: without user, password and query. */
function placeOf(url: string): string {
  return url.replace(/^([\w+]+:(?:\/\/)?)(?:[^/@]*@)?([^?#]*).*$/, '$1$2')
}

/** Milliseconds before a link is made again that could not be made, or has ended. */
const pause = 10_000
