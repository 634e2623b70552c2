import { type UntypedClient, WampError } from '@autobahn-ts/wamp'
import type { Traffic } from './traffic-rates.ts'

/** A session, as `wamp.session.get` and `on_join` describe it. */
export interface SessionFacts {
  readonly session: number
  readonly authid?: string | null
  readonly authrole?: string | null
  readonly transport?: { readonly type?: unknown; readonly peer?: unknown } | null
  /** The messages that wait for it or did not reach it, where the router tells. */
  readonly _outbox?: { readonly octets?: unknown; readonly dropped_events?: unknown; readonly refused_messages?: unknown } | null
}

/** A topic or a procedure with the number of those who have it. */
export interface NameFacts {
  readonly uri: string
  readonly match: string
  readonly count: number
}

/** The two kinds of names of a realm. */
export type NameKind = 'subscription' | 'registration'

/** Something that has happened in a realm: a topic of the meta API, and the values of its event. */
export interface RealmEvent {
  readonly topic: string
  readonly args: readonly unknown[]
}

/** The meta API of a realm. What the role of the session may not ask is asked once, and is missing from then on. */
export class RealmSource {
  readonly #client: UntypedClient
  readonly #missing = new Set<string>()
  #answers = 0

  constructor(client: UntypedClient) {
    this.#client = client
  }

  /** The procedures and topics that the role of the session may not use, or that the router does not have. */
  get missing(): readonly string[] {
    return [...this.#missing]
  }

  /** Whether anything could be asked or heard. */
  get hasAnswered(): boolean {
    return this.#answers > 0
  }

  /** Hears everything that happens in the realm, as far as the session may. What its own session does is left out. */
  async listen(happened: (event: RealmEvent) => void): Promise<void> {
    const heard = (topic: string, args: readonly unknown[]): void => {
      if (args[0] !== this.#client.session?.id) happened({ topic, args })
    }
    const listening = metaTopics.map(topic => this.#tried(topic, () => this.#client.subscribe(topic, ({ args }) => heard(topic, args))))
    await Promise.all(listening)
  }

  traffic(): Promise<Traffic | undefined> {
    return this.#ask<Traffic>('wamp.session.get_traffic')
  }

  async sessions(): Promise<readonly number[]> {
    return (await this.#ask<readonly number[]>('wamp.session.list')) ?? []
  }

  /** Returns `undefined` for a session that has left. */
  session(id: number): Promise<SessionFacts | undefined> {
    return this.#ask<SessionFacts>('wamp.session.get', [id])
  }

  async names(kind: NameKind): Promise<readonly number[]> {
    const lists = await this.#ask<Readonly<Record<string, readonly number[]>>>(`wamp.${kind}.list`)
    return Object.values(lists ?? {}).flat()
  }

  /** Returns `undefined` for one that is gone. */
  async name(kind: NameKind, id: number): Promise<NameFacts | undefined> {
    const [facts, count] = await Promise.all([
      this.#ask<Omit<NameFacts, 'count'>>(`wamp.${kind}.get`, [id]),
      this.#ask<number>(kind === 'subscription' ? 'wamp.subscription.count_subscribers' : 'wamp.registration.count_callees', [id]),
    ])
    return facts && { ...facts, count: count ?? 0 }
  }

  #ask<Answer>(procedure: string, args: readonly unknown[] = []): Promise<Answer | undefined> {
    return this.#tried(procedure, () => this.#client.call<Answer>(procedure, args))
  }

  /** Tries something. Returns `undefined` where the router refuses it, or what was asked about is gone; rejects where the session is lost. */
  async #tried<Answer>(name: string, run: () => Promise<Answer>): Promise<Answer | undefined> {
    if (this.#missing.has(name)) return undefined
    try {
      const answer = await run()
      this.#answers++
      return answer
    } catch (error) {
      if (!(error instanceof WampError)) throw error
      if (lasting.has(error.uri)) this.#missing.add(name)
      return undefined
    }
  }
}

/** The errors after which it is of no use to ask again. */
const lasting: ReadonlySet<string> = new Set([
  'wamp.error.not_authorized',
  'wamp.error.authorization_failed',
  'wamp.error.no_such_procedure',
  'wamp.error.invalid_uri',
])

/** The topics of the meta API, to which it subscribes itself. */
export const metaTopics: readonly string[] = [
  'wamp.session.on_join',
  'wamp.session.on_leave',
  ...['subscription.on_create', 'subscription.on_subscribe', 'subscription.on_unsubscribe', 'subscription.on_delete'].map(
    name => `wamp.${name}`,
  ),
  ...['registration.on_create', 'registration.on_register', 'registration.on_unregister', 'registration.on_delete'].map(
    name => `wamp.${name}`,
  ),
]
