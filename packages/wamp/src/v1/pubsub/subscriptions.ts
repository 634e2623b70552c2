/** Who has subscribed to what, over all sessions. Knows no messages and no connections. */
export class Subscriptions<Subscriber extends object> {
  readonly #topics = new Map<string, Set<Subscriber>>()

  get topics(): ReadonlyMap<string, ReadonlySet<Subscriber>> {
    return this.#topics
  }

  /** `false`: was subscribed already. */
  subscribe(subscriber: Subscriber, topic: string): boolean {
    let subscribers = this.#topics.get(topic)
    if (subscribers === undefined) {
      subscribers = new Set()
      this.#topics.set(topic, subscribers)
    }
    if (subscribers.has(subscriber)) return false
    subscribers.add(subscriber)
    return true
  }

  /** `false`: was not subscribed. A topic without subscribers is forgotten. */
  unsubscribe(subscriber: Subscriber, topic: string): boolean {
    const subscribers = this.#topics.get(topic)
    if (subscribers?.delete(subscriber) !== true) return false
    if (subscribers.size === 0) this.#topics.delete(topic)
    return true
  }

  /** All subscribers of a topic, or those of them that are eligible. */
  receivers(topic: string, eligible: Iterable<Subscriber> | undefined): Iterable<Subscriber> | undefined {
    const subscribers = this.#topics.get(topic)
    if (subscribers === undefined || eligible === undefined) return subscribers
    return new Set([...eligible].filter(subscriber => subscribers.has(subscriber)))
  }
}
