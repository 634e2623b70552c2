import { ApiMisuse, type Awaitable } from '@autobahn-ts/websocket/portable'
import type { Method } from '../../hooks/method.ts'

/** Decides whether a client may subscribe to `prefix + suffix`: only `true` allows it. */
export type SubscribeHandler = (prefix: string, suffix: string) => Awaitable<unknown>
/** Returns the event to dispatch, changed or not; `undefined` drops it. */
export type PublishHandler = (prefix: string, suffix: string, event: unknown) => Awaitable<unknown>

/** A registration for one topic, or for all topics that begin with its URI. */
export interface TopicRule {
  readonly uri: string
  readonly prefixMatch: boolean
  /** Refuses what the rule stands for, also where a shorter prefix would allow it. Default: false. */
  readonly isRefusal?: boolean
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

/** Rules of one kind, for subscribing or for publishing. A topic without a rule is refused. */
export class TopicRules {
  #exact = new Map<string, TopicRule>()
  #prefixes = new Map<string, TopicRule>()
  /** Topics that a handler of the other kind opens as long as no rule of this kind stands for them. */
  #implied = new Map<string, TopicRule>()
  /** Lengths of the keys of `#prefixes`, longest first. */
  #lengths: readonly number[] = []

  /** Replaces the rule of the same URI. */
  add(rule: TopicRule): void {
    if (typeof rule.uri !== 'string') throw new ApiMisuse(`the URI of a topic must be a string, and not ${typeof rule.uri}`)
    if (rule.handler !== undefined && typeof rule.handler !== 'function') {
      throw new ApiMisuse(`the handler of ${rule.uri} must be a function, and not ${typeof rule.handler}`)
    }
    this.#exact.set(rule.uri, rule)
    if (rule.prefixMatch) this.#addPrefix(rule)
    else this.#removePrefix(rule.uri)
  }

  /** Opens one topic as long as no rule of this kind stands for it, neither its own nor one of a prefix. */
  imply(uri: string): void {
    this.#implied.set(uri, { uri, prefixMatch: false, handler: undefined, object: undefined })
  }

  /** Removes the rule of a URI, and the implied one. Returns false if there was none. */
  remove(uri: string): boolean {
    this.#removePrefix(uri)
    const wasImplied = this.removeImplied(uri)
    return this.#exact.delete(uri) || wasImplied
  }

  removeImplied(uri: string): boolean {
    return this.#implied.delete(uri)
  }

  /** Returns a function that sets all rules back to what they are now. */
  keep(): () => void {
    const [exact, prefixes, implied, lengths] = [new Map(this.#exact), new Map(this.#prefixes), new Map(this.#implied), this.#lengths]
    return () => {
      this.#exact = exact
      this.#prefixes = prefixes
      this.#implied = implied
      this.#lengths = lengths
    }
  }

  /** The rule of this very topic, else that of the longest prefix. `undefined`: there is none, or it refuses. */
  match(topic: string): TopicMatch | undefined {
    const exact = this.#exact.get(topic)
    if (exact !== undefined) return allowing(exact, topic, '')
    for (const length of this.#lengths) {
      if (length > topic.length) continue
      const prefix = topic.slice(0, length)
      const rule = this.#prefixes.get(prefix)
      if (rule !== undefined) return allowing(rule, prefix, topic.slice(length))
    }
    const implied = this.#implied.get(topic)
    return implied === undefined ? undefined : allowing(implied, topic, '')
  }

  #addPrefix(rule: TopicRule): void {
    const isNew = !this.#prefixes.has(rule.uri)
    this.#prefixes.set(rule.uri, rule)
    if (isNew) this.#measure()
  }

  #removePrefix(uri: string): void {
    if (this.#prefixes.delete(uri)) this.#measure()
  }

  #measure(): void {
    this.#lengths = [...new Set([...this.#prefixes.keys()].map(uri => uri.length))].sort((a, b) => b - a)
  }
}

function allowing(rule: TopicRule, prefix: string, suffix: string): TopicMatch | undefined {
  return rule.isRefusal === true ? undefined : { rule, prefix, suffix }
}
