import type { Octets } from '../bytes/octets.ts'
import { Queue } from '../bytes/queue.ts'
import { SubjectIndex } from './subject-index.ts'

/**
 * The place in one process where participants of a bus meet. What is published is passed on in microtasks, in the order of the calls, so
 * that a handler that publishes cannot overtake what it was called for.
 */
export class BusHub {
  readonly #interests = new SubjectIndex<Set<HubMember>>()
  readonly #waiting = new Queue<Passing>()
  #isDelivering = false

  /** Adds a participant. `deliver` is called once for each message that fits at least one of its patterns, and must not throw. */
  join(deliver: (subject: string, octets: Octets) => void): HubMember {
    return new HubMember(deliver, this.#interests, (subject, octets, sender) => this.#pass(subject, octets, sender))
  }

  /** The receivers are determined now: those who subscribe later do not get what was published before. */
  #pass(subject: string, octets: Octets, sender: HubMember): void {
    const receivers = new Set<HubMember>()
    for (const members of this.#interests.find(subject)) for (const member of members) if (member !== sender) receivers.add(member)
    if (receivers.size === 0) return
    this.#waiting.push({ subject, octets, receivers })
    if (this.#isDelivering) return
    this.#isDelivering = true
    queueMicrotask(() => this.#deliver())
  }

  #deliver(): void {
    for (let passing = this.#waiting.shift(); passing !== undefined; passing = this.#waiting.shift()) {
      for (const receiver of passing.receivers) receiver.receive(passing.subject, passing.octets)
    }
    this.#isDelivering = false
  }
}

/** A participant, as the hub knows it. */
export class HubMember {
  readonly #deliver: (subject: string, octets: Octets) => void
  readonly #interests: SubjectIndex<Set<HubMember>>
  readonly #pass: (subject: string, octets: Octets, sender: HubMember) => void
  readonly #patterns = new Set<string>()
  #hasLeft = false

  constructor(
    deliver: (subject: string, octets: Octets) => void,
    interests: SubjectIndex<Set<HubMember>>,
    pass: (subject: string, octets: Octets, sender: HubMember) => void,
  ) {
    this.#deliver = deliver
    this.#interests = interests
    this.#pass = pass
  }

  /** The number of patterns that this participant has asked for. */
  get patternCount(): number {
    return this.#patterns.size
  }

  publish(subject: string, octets: Octets): void {
    if (!this.#hasLeft) this.#pass(subject, octets, this)
  }

  subscribe(pattern: string): void {
    if (this.#hasLeft) return
    this.#patterns.add(pattern)
    const members = this.#interests.get(pattern)
    if (members === undefined) this.#interests.set(pattern, new Set([this]))
    else members.add(this)
  }

  unsubscribe(pattern: string): void {
    this.#patterns.delete(pattern)
    const members = this.#interests.get(pattern)
    members?.delete(this)
    if (members?.size === 0) this.#interests.delete(pattern)
  }

  /** Removes the participant: nothing is delivered to it any more. */
  leave(): void {
    this.#hasLeft = true
    for (const pattern of this.#patterns) this.unsubscribe(pattern)
  }

  /** For the hub. */
  receive(subject: string, octets: Octets): void {
    if (!this.#hasLeft) this.#deliver(subject, octets)
  }
}

interface Passing {
  readonly subject: string
  readonly octets: Octets
  readonly receivers: ReadonlySet<HubMember>
}
