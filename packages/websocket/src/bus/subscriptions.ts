import type { Octets } from '../bytes/octets.ts'
import { guarded } from '../protocol/hooks/guarded.ts'
import type { BusHandler, BusSubscription } from './bus.ts'
import { SubjectIndex } from './subject-index.ts'

/**
 * The subscriptions of one participant of a bus. Patterns are asked for outside once, however many subscriptions have them.
 */
export class Subscriptions {
  readonly #interests = new SubjectIndex<Interest>()
  readonly #outside: Outside
  readonly #failed: (thrown: unknown) => void

  /** `failed` gets what handlers throw. */
  constructor(outside: Outside, failed: (thrown: unknown) => void) {
    this.#outside = outside
    this.#failed = failed
  }

  /** The patterns that there are subscriptions for. */
  get patterns(): readonly string[] {
    return this.#interests.patterns()
  }

  /** Adds a subscription, and resolves when it is confirmed. Rejects, and removes it, where the pattern is refused. */
  async add(pattern: string, handler: BusHandler): Promise<BusSubscription> {
    const interest = this.#interests.get(pattern) ?? this.#begin(pattern)
    const called = { handler }
    interest.handlers.add(called)
    const unsubscribe = (): void => this.#remove(pattern, interest, called)
    try {
      await interest.confirmed
    } catch (error) {
      unsubscribe()
      throw error
    }
    return { unsubscribe }
  }

  /** Calls the handlers of all subscriptions that a subject fits, each once; with `pattern`, those of that pattern. */
  deliver(subject: string, octets: Octets, pattern?: string): void {
    if (pattern === undefined) for (const { handlers } of this.#interests.find(subject)) this.#call(handlers, subject, octets)
    else this.#call(this.#interests.get(pattern)?.handlers ?? nobody, subject, octets)
  }

  /** Ends all subscriptions, without telling outside. */
  clear(): void {
    for (const pattern of this.#interests.patterns()) {
      this.#interests.get(pattern)?.handlers.clear()
      this.#interests.delete(pattern)
    }
  }

  #call(handlers: ReadonlySet<Called>, subject: string, octets: Octets): void {
    // A copy, so that a handler that subscribes is not called for what was there before.
    for (const called of [...handlers]) if (handlers.has(called)) guarded(() => called.handler(octets, subject), this.#failed)
  }

  #begin(pattern: string): Interest {
    const interest: Interest = { handlers: new Set(), confirmed: this.#outside.ask(pattern) }
    this.#interests.set(pattern, interest)
    return interest
  }

  #remove(pattern: string, interest: Interest, called: Called): void {
    if (!interest.handlers.delete(called) || interest.handlers.size > 0) return
    if (this.#interests.get(pattern) !== interest) return
    this.#interests.delete(pattern)
    this.#outside.drop(pattern)
  }
}

/** The part of a bus that passes octets to this participant. */
export interface Outside {
  /** Asks for a pattern that was not asked for before, or was dropped. The promise settles when the answer has come. */
  ask(pattern: string): Promise<void>
  drop(pattern: string): void
}

interface Interest {
  readonly handlers: Set<Called>
  readonly confirmed: Promise<void>
}

/** A subscription: an object of its own, because a handler may be subscribed several times. */
interface Called {
  readonly handler: BusHandler
}

const nobody: ReadonlySet<Called> = new Set()
