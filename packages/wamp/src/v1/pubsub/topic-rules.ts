import { ApiMisuse, type Awaitable } from '@autobahn-ts/websocket/portable'
import type { Method } from '../../hooks/method.ts'

/** Decides whether a client may subscribe to the topic `prefix + suffix`: only `true` allows it. */
export type SubscribeHandler = (prefix: string, suffix: string) => Awaitable<unknown>
/** Returns the event to dispatch, changed or not; `undefined` drops it. */
export type PublishHandler = (prefix: string, suffix: string, event: unknown) => Awaitable<unknown>

/** The registration of one topic, or of all topics that begin with a URI. */
export interface TopicRule {
  readonly uri: string
  readonly prefixMatch: boolean
  /** Refuses the topics of the rule, also if a shorter prefix allows them. Default: false. */
  readonly isRefusal?: boolean
  /** Decides about the topic. If absent, everything is allowed, and events pass unchanged. */
  readonly handler: Method | undefined
  readonly object: unknown
}

/** The rule of a topic, and the two parts of the topic that its handler receives. */
export interface TopicMatch {
  readonly rule: TopicRule
  readonly prefix: string
  readonly suffix: string
}

/** The rules of one session for one right, to subscribe or to publish. A topic without a rule is refused (decision 61). */
export class TopicRules {
  #exact = new Map<string, TopicRule>()
  #prefixes = new Map<string, TopicRule>()
  /** Topics that a handler for the other right opens, as long as no rule for this right applies to them. */
  #implied = new Map<string, TopicRule>()
  /** Lengths of the keys of `#prefixes`, longest first. */
  #lengths: readonly number[] = []

  /** Adds a rule, in place of the one with the same URI. Throws `ApiMisuse` for a wrong URI or handler. */
  add(rule: TopicRule): void {
    if (typeof rule.uri !== 'string') throw new ApiMisuse(`the URI of a topic must be a string, and not ${typeof rule.uri}`)
    if (rule.handler !== undefined && typeof rule.handler !== 'function') {
      throw new ApiMisuse(`the handler of ${rule.uri} must be a function, and not ${typeof rule.handler}`)
    }
    this.#exact.set(rule.uri, rule)
    if (rule.prefixMatch) this.#addPrefix(rule)
    else this.#removePrefix(rule.uri)
  }

  /** Opens one topic as long as no rule applies to it, neither its own nor one of a prefix. */
  imply(uri: string): void {
    this.#implied.set(uri, { uri, prefixMatch: false, handler: undefined, object: undefined })
  }

  /** Removes the rule of a URI, and the implied rule. Returns false if there was none. */
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

  /** Finds the rule of exactly this topic, else of the longest prefix. Returns `undefined` if there is none or it refuses. */
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
