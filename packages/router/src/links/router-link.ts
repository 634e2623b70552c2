import { ErrorUri, type Id, type UntypedClient, WampError } from '@autobahn-ts/wamp'
import type { Clock } from '@autobahn-ts/websocket/portable'
import { checkLinkRules, type LinkRules, rulesOf } from './link-rules.ts'
import { OneWay } from './one-way.ts'

/** The events and calls of a link since it was made. */
export interface LinkCounters {
  /** Events that went to the other router. */
  readonly sent: number
  /** Events that came from there. */
  readonly received: number
  /** Events that were not forwarded, because a side was away or took no more. */
  readonly dropped: number
  /** Calls that went to the other router, those included that were answered with an error. */
  readonly callsSent: number
  /** Calls that came from there. */
  readonly callsReceived: number
  /** Calls that were not forwarded, in either direction: a side was away or took no more, or the link does not forward such calls. */
  readonly callsRefused: number
}

/** The time in which a link has to be made. */
export interface OpeningTime {
  readonly clock: Clock
  /** Milliseconds; 0 is without a limit. */
  readonly timeout: number
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

  /**
   * Makes a link of two clients, which it closes when it ends. Rejects with the answer of the router that refuses a rule, with `wamp.error.timeout` where the
   * rules are not all confirmed in time, and with `ApiMisuse`.
   */
  static async open(here: UntypedClient, there: UntypedClient, rules: LinkRules, time?: OpeningTime): Promise<RouterLink> {
    const { events, calls, maxHops = 1 } = rules
    const link = new RouterLink(here, there, maxHops)
    const timeout = time?.timeout ?? 0
    let isLate = false
    // a session that is lost again and again would be awaited for ever
    const expire = (): void => {
      isLate = true
      void link.close()
    }
    const timer = timeout > 0 ? time!.clock.schedule(expire, timeout) : undefined
    try {
      checkLinkRules(rules)
      await link.#out.open(rulesOf(events, 'out'), rulesOf(calls, 'out'))
      await link.#in.open(rulesOf(events, 'in'), rulesOf(calls, 'in'))
    } catch (error) {
      await link.close()
      throw isLate ? new WampError(ErrorUri.timeout, [`the rules of the link were not confirmed within ${timeout} ms`]) : error
    } finally {
      timer?.cancel()
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
    const [out, back] = [this.#out, this.#in]
    return {
      sent: out.forwarded,
      received: back.forwarded,
      dropped: out.dropped + back.dropped,
      callsSent: out.called,
      callsReceived: back.called,
      callsRefused: out.refused + back.refused,
    }
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
