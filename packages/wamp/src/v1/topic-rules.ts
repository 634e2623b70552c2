import { ApiMisuse, type Awaitable } from '@autobahn-ts/websocket/portable'
import type { Method } from './exported.ts'

/** Whether a client may subscribe to `prefix + suffix`; anything truthy allows it. */
export type SubscribeHandler = (prefix: string, suffix: string) => Awaitable<unknown>
/** The event to dispatch, changed or not; `undefined` drops it. */
export type PublishHandler = (prefix: string, suffix: string, event: unknown) => Awaitable<unknown>

/** What is registered for a topic, or for all that begin with it. */
export interface TopicRule {
  readonly uri: string
  readonly prefixMatch: boolean
  /** Absent: allowed, and events pass as they are. */
  readonly handler: Method | undefined
  readonly object: unknown
}

/** A rule that holds for a topic, and the topic as its handler sees it. */
export interface TopicMatch {
  readonly rule: TopicRule
  readonly prefix: string
  readonly suffix: string
}

/** Rules of one kind, for subscribing or for publishing. What no rule stands for is refused. */
export class TopicRules {
  readonly #exact = new Map<string, TopicRule>()
  readonly #prefixes = new Map<string, TopicRule>()
  /** Lengths of what stands in `#prefixes`, longest first. */
  #lengths: number[] = []

  /** Replaces the rule of the same URI. */
  add(rule: TopicRule): void {
    if (typeof rule.uri !== 'string') throw new ApiMisuse(`the URI of a topic must be a string, and not ${typeof rule.uri}`)
    if (rule.handler !== undefined && typeof rule.handler !== 'function') {
      throw new ApiMisuse(`the handler of ${rule.uri} must be a function, and not ${typeof rule.handler}`)
    }
    this.#exact.set(rule.uri, rule)
    if (rule.prefixMatch) this.#prefixes.set(rule.uri, rule)
    else this.#prefixes.delete(rule.uri)
    this.#lengths = [...new Set([...this.#prefixes.keys()].map(uri => uri.length))].sort((a, b) => b - a)
  }

  has(uri: string): boolean {
    return this.#exact.has(uri)
  }

  /** The rule of this very topic, else that of the longest prefix. */
  match(topic: string): TopicMatch | undefined {
    const exact = this.#exact.get(topic)
    if (exact !== undefined) return { rule: exact, prefix: topic, suffix: '' }
    for (const length of this.#lengths) {
      if (length > topic.length) continue
      const prefix = topic.slice(0, length)
      const rule = this.#prefixes.get(prefix)
      if (rule !== undefined) return { rule, prefix, suffix: topic.slice(length) }
    }
    return undefined
  }
}
