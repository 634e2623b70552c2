import { ApiMisuse } from '@autobahn-ts/websocket/portable'

/**
 * Receives the events of a topic. The type of the events is not checked. An error that it throws, or that its promise rejects with, goes to
 * `factory.onError`; other handlers still receive the event.
 */
export type EventHandler<Event = unknown> = (topicUri: string, event: Event) => unknown

/** The event handlers of one client, any number for each topic. Topics are full URIs here. */
export class TopicHandlers {
  readonly #topics = new Map<string, Set<EventHandler>>()

  /** Adds a handler, unless it is there already. Returns true if it is the first of its topic, so that the client has to subscribe. */
  add(topic: string, handler: EventHandler): boolean {
    if (typeof handler !== 'function') throw new ApiMisuse(`the handler of ${topic} must be a function, and not ${typeof handler}`)
    const handlers = this.#topics.get(topic)
    if (handlers === undefined) this.#topics.set(topic, new Set([handler]))
    else handlers.add(handler)
    return handlers === undefined
  }

  /** Removes one handler of a topic, or all. Returns true if none is left, so that the client has to unsubscribe. */
  remove(topic: string, handler: EventHandler | undefined): boolean {
    const handlers = this.#topics.get(topic)
    if (handlers === undefined) return false
    if (handler !== undefined) {
      handlers.delete(handler)
      if (handlers.size > 0) return false
    }
    return this.#topics.delete(topic)
  }

  /** Copies the handlers of a topic: a handler may subscribe and unsubscribe while they are called. */
  of(topic: string): readonly EventHandler[] {
    return [...(this.#topics.get(topic) ?? [])]
  }

  get topics(): Iterable<string> {
    return this.#topics.keys()
  }
}
