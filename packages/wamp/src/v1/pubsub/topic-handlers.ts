import { ApiMisuse } from '@autobahn-ts/websocket/portable'

/**
 * Takes an event; its type is the subscriber's word. What it throws, or its promise rejects with, goes to `factory.onError` and hurts no
 * other handler.
 */
export type EventHandler<Event = unknown> = (topicUri: string, event: Event) => unknown

/** The handlers of one client, any number for each topic. Topics are full URIs here. */
export class TopicHandlers {
  readonly #topics = new Map<string, Set<EventHandler>>()

  /** `true`: it is the first for its topic, so the server has to be told. A handler that is there already stays once. */
  add(topic: string, handler: EventHandler): boolean {
    if (typeof handler !== 'function') throw new ApiMisuse(`the handler of ${topic} must be a function, and not ${typeof handler}`)
    const handlers = this.#topics.get(topic)
    if (handlers === undefined) this.#topics.set(topic, new Set([handler]))
    else handlers.add(handler)
    return handlers === undefined
  }

  /** `true`: none is left for the topic, so the server has to be told. Without a handler, all of the topic go. */
  remove(topic: string, handler: EventHandler | undefined): boolean {
    const handlers = this.#topics.get(topic)
    if (handlers === undefined) return false
    if (handler !== undefined) {
      handlers.delete(handler)
      if (handlers.size > 0) return false
    }
    return this.#topics.delete(topic)
  }

  /** Those of now: a handler may subscribe and unsubscribe. */
  of(topic: string): readonly EventHandler[] {
    return [...(this.#topics.get(topic) ?? [])]
  }

  get topics(): Iterable<string> {
    return this.#topics.keys()
  }
}
