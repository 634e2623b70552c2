/** The subscribers of each topic, over all sessions. Does not know messages or connections. */
export class Subscriptions<Subscriber extends object> {
  readonly #topics = new Map<string, Set<Subscriber>>()

  get topics(): ReadonlyMap<string, ReadonlySet<Subscriber>> {
    return this.#topics
  }

  /** Adds a subscription. Returns false if it was there already. */
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

  /** Removes a subscription. Returns false if there was none. A topic without subscribers is removed. */
  unsubscribe(subscriber: Subscriber, topic: string): boolean {
    const subscribers = this.#topics.get(topic)
    if (subscribers?.delete(subscriber) !== true) return false
    if (subscribers.size === 0) this.#topics.delete(topic)
    return true
  }

  /** Returns the subscribers of a topic, or those of them that are eligible; `undefined` if there are none. */
  receivers(topic: string, eligible: Iterable<Subscriber> | undefined): Iterable<Subscriber> | undefined {
    const subscribers = this.#topics.get(topic)
    if (subscribers === undefined || eligible === undefined) return subscribers
    return new Set([...eligible].filter(subscriber => subscribers.has(subscriber)))
  }
}
