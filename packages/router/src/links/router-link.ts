import type { Id, UntypedClient } from '@autobahn-ts/wamp'
import { checkLinkRules, type LinkRules, rulesOf } from './link-rules.ts'
import { OneWay } from './one-way.ts'

/** The events of a link since it was made. */
export interface LinkCounters {
  /** Events that went to the other router. */
  readonly sent: number
  /** Events that came from there. */
  readonly received: number
  /** Events that were not forwarded, because a side was away or took no more. */
  readonly dropped: number
}

/** A link between a realm of this router and a realm of another one. Made by `linkRouter`. */
export class RouterLink {
  readonly #here: UntypedClient
  readonly #there: UntypedClient
  readonly #out: OneWay
  readonly #in: OneWay

  private constructor(here: UntypedClient, there: UntypedClient, maxHops: number) {
    this.#here = here
    this.#there = there
    const world = { maxHops, isOwn: (id: Id) => this.#isOwn(id) }
    this.#out = new OneWay(here, there, world)
    this.#in = new OneWay(there, here, world)
  }

  /** Makes a link of two clients, which it closes when it ends. Rejects with the answer of the router that refuses a rule, and with `ApiMisuse`. */
  static async open(here: UntypedClient, there: UntypedClient, rules: LinkRules): Promise<RouterLink> {
    const { events, calls, maxHops = 1 } = rules
    const link = new RouterLink(here, there, maxHops)
    try {
      checkLinkRules(rules)
      await link.#out.open(rulesOf(events, 'out'), rulesOf(calls, 'out'))
      await link.#in.open(rulesOf(events, 'in'), rulesOf(calls, 'in'))
    } catch (error) {
      await link.close()
      throw error
    }
    // one side is of no use without the other
    const close = (): void => void link.close()
    void here.closed.then(close)
    void there.closed.then(close)
    return link
  }

  /** Whether both routers are reached at the moment. */
  get isUp(): boolean {
    return this.#here.isJoined && this.#there.isJoined
  }

  get counters(): LinkCounters {
    return { sent: this.#out.forwarded, received: this.#in.forwarded, dropped: this.#out.dropped + this.#in.dropped }
  }

  /** Resolves when the link has ended: it was closed, or a router does not let it in again. Never rejects. */
  get closed(): Promise<void> {
    return Promise.all([this.#here.closed, this.#there.closed]).then(() => undefined)
  }

  /** Leaves both routers. Calls in progress are answered with errors. */
  async close(): Promise<void> {
    await Promise.all([this.#there.close(), this.#here.close()])
  }

  #isOwn(id: Id): boolean {
    return id === this.#here.session?.id || id === this.#there.session?.id
  }
}
