import { lineOf } from '../wamp/values.ts'
import type { Presenter } from './presenter.ts'
import type { RealmEvent, RealmSource } from './realm-source.ts'
import { TrafficRates } from './traffic-rates.ts'

/** The ports of `ShownAsLines`. */
export interface LinesPorts {
  print(line: string): void
  /** Returns the time of day in milliseconds since 1970. */
  today(): number
  /** Returns milliseconds that never decrease. */
  now(): number
}

/** A realm as lines of JSON: one for each event of the meta API, and one for each reading of the counters. */
export class ShownAsLines implements Presenter {
  readonly #source: Pick<RealmSource, 'traffic'>
  readonly #ports: LinesPorts
  readonly #rates = new TrafficRates()

  constructor(source: Pick<RealmSource, 'traffic'>, ports: LinesPorts) {
    this.#source = source
    this.#ports = ports
  }

  happened({ topic, args }: RealmEvent): void {
    this.#print({ topic, args })
  }

  async read(): Promise<void> {
    const traffic = await this.#source.traffic()
    if (traffic === undefined) return
    const change = this.#rates.next(traffic, this.#ports.now())
    const { sessions, subscriptions, registrations, outbox } = traffic
    this.#print({ sessions, subscriptions, registrations, outbox, ...change })
  }

  leave(): void {}

  #print(facts: object): void {
    this.#ports.print(lineOf({ time: new Date(this.#ports.today()).toISOString(), ...facts }))
  }
}
