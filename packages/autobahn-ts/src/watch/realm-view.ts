import { metaTopics, type NameFacts, type NameKind, type RealmEvent, type RealmSource, type SessionFacts } from './realm-source.ts'
import { type Traffic, type TrafficChange, TrafficRates } from './traffic-rates.ts'

/** Facts of one kind, and how many there are besides. */
export interface Shown<Facts> {
  readonly facts: readonly Facts[]
  readonly others: number
}

/** A change of the realm, with the time of day in milliseconds since 1970. */
export interface Change extends RealmEvent {
  readonly time: number
}

/** The state of a realm, as far as its source tells it. Of each kind it knows a bounded number. */
export class RealmView {
  readonly #source: RealmSource
  /** The sessions. Octets that wait for one change without an event, so they are asked about again, in turns. */
  readonly #sessions = new Known<SessionFacts>(25)
  readonly #names: Readonly<Record<NameKind, Known<NameFacts>>> = { subscription: new Known(), registration: new Known() }
  readonly #rates = new TrafficRates()
  #changes: Change[] = []
  #traffic: Traffic | undefined
  #change: TrafficChange | undefined

  constructor(source: RealmSource) {
    this.#source = source
  }

  /** The counters at the last reading. */
  get traffic(): Traffic | undefined {
    return this.#traffic
  }

  /** The difference of the last two readings. */
  get change(): TrafficChange | undefined {
    return this.#change
  }

  get sessions(): Shown<SessionFacts> {
    return this.#sessions.shown
  }

  /** The topics, without those of the meta API that only this program hears. */
  get topics(): Shown<NameFacts> {
    const { facts, others } = this.#names.subscription.shown
    return { facts: facts.filter(({ uri, count }) => count > 1 || !metaTopics.includes(uri)), others }
  }

  get procedures(): Shown<NameFacts> {
    return this.#names.registration.shown
  }

  /** The last changes, the newest first. */
  get changes(): readonly Change[] {
    return this.#changes
  }

  get missing(): readonly string[] {
    return this.#source.missing
  }

  /** Asks what is there now. Later it is told by `happened` what has to be asked again. */
  async load(): Promise<void> {
    const [sessions, subscriptions, registrations] = await Promise.all([
      this.#source.sessions(),
      this.#source.names('subscription'),
      this.#source.names('registration'),
    ])
    this.#sessions.begin(sessions)
    this.#names.subscription.begin(subscriptions)
    this.#names.registration.begin(registrations)
  }

  /** Takes an event of the realm. */
  happened({ topic, args }: RealmEvent, time: number): void {
    this.#changes = [{ topic, args, time }, ...this.#changes.slice(0, mostChanges - 1)]
    const [, kind = '', what = ''] = topic.split('.')
    if (kind === 'session') {
      const [about] = args
      if (what === 'on_join') this.#sessions.ask(idIn(about, 'session'))
      else this.#sessions.delete(idIn(about, 'session'))
    } else if (kind === 'subscription' || kind === 'registration') {
      const id = idIn(args[1], 'id')
      if (what === 'on_delete') this.#names[kind].delete(id)
      else this.#names[kind].ask(id)
    }
  }

  /** Reads the counters, and asks again about what has changed. `now` is in milliseconds and never decreases. */
  async refresh(now: number): Promise<void> {
    const traffic = await this.#source.traffic()
    this.#traffic = traffic
    this.#change = traffic === undefined ? undefined : this.#rates.next(traffic, now)
    await Promise.all([
      this.#sessions.refresh(id => this.#source.session(id)),
      ...(['subscription', 'registration'] as const).map(kind => this.#names[kind].refresh(id => this.#source.name(kind, id))),
    ])
  }
}

/** The known facts of one kind by id, for a bounded number of ids, and the number of all. */
class Known<Facts> {
  readonly #ids = new Set<number>()
  readonly #facts = new Map<number, Facts>()
  readonly #unknown = new Set<number>()
  readonly #again: number
  /** The place among the known ones from which it asks again. */
  #turn = 0

  /** `again`: the number of known ids that it asks about again at each refresh. */
  constructor(again = 0) {
    this.#again = again
  }

  get shown(): Shown<Facts> {
    return { facts: [...this.#facts.values()], others: this.#ids.size - this.#facts.size }
  }

  begin(ids: readonly number[]): void {
    for (const id of ids) this.ask(id)
  }

  /** Has an id asked about at the next refresh. */
  ask(id: number | undefined): void {
    if (id === undefined) return
    this.#ids.add(id)
    if (this.#facts.has(id) || this.#facts.size + this.#unknown.size < mostKnown) this.#unknown.add(id)
  }

  delete(id: number | undefined): void {
    if (id === undefined) return
    this.#ids.delete(id)
    this.#facts.delete(id)
    this.#unknown.delete(id)
  }

  /** Returns the known ids whose turn it is. */
  #known(): readonly number[] {
    const known = [...this.#facts.keys()].filter(id => !this.#unknown.has(id))
    const start = this.#turn < known.length ? this.#turn : 0
    this.#turn = start + this.#again
    return known.slice(start, this.#turn)
  }

  async refresh(ask: (id: number) => Promise<Facts | undefined>): Promise<void> {
    const asked = [...this.#unknown, ...this.#known()]
    this.#unknown.clear()
    for (let n = 0; n < asked.length; n += atOnce) {
      const some = asked.slice(n, n + atOnce)
      const answers = await Promise.all(some.map(ask))
      for (const [at, id] of some.entries()) {
        const facts = answers[at]
        // it may have gone in the meantime
        if (facts === undefined) this.#facts.delete(id)
        else if (this.#ids.has(id)) this.#facts.set(id, facts)
      }
    }
    for (const id of this.#ids) {
      if (this.#facts.size + this.#unknown.size >= mostKnown) break
      if (!this.#facts.has(id) && !asked.includes(id)) this.#unknown.add(id)
    }
  }
}

/** Reads an id that stands alone, or in a dictionary. */
function idIn(value: unknown, name: string): number | undefined {
  const id = typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : value
  return typeof id === 'number' ? id : undefined
}

const mostKnown = 200
const mostChanges = 50
/** Questions that wait for their answers at a time. */
const atOnce = 50
