import type { Id, InvokePolicy, MatchPolicy, RegisterOptions, Uri } from '@autobahn-ts/wamp/protocol'
import type { Callee } from './callee.ts'

/** A procedure or pattern with the callees that serve it, in the order in which they have registered. */
export class Registration {
  readonly id: Id
  readonly match: MatchPolicy
  readonly uri: Uri
  readonly invoke: InvokePolicy
  /** The time of day of its creation, in milliseconds since 1970. */
  readonly created: number
  #assignments: Assignment[] = []
  /** The turn of `roundrobin`. */
  next = 0

  constructor(id: Id, match: MatchPolicy, uri: Uri, invoke: InvokePolicy, created: number) {
    this.id = id
    this.match = match
    this.uri = uri
    this.invoke = invoke
    this.created = created
  }

  get assignments(): readonly Assignment[] {
    return this.#assignments
  }

  /** Whether an INVOCATION does not tell its procedure by the registration. */
  get isPattern(): boolean {
    return this.match !== 'exact'
  }

  has(callee: Callee): boolean {
    return this.assignments.some(assignment => assignment.callee === callee)
  }

  add(callee: Callee, options: RegisterOptions): void {
    const assignment = new Assignment(callee, options)
    // an empty list that gets its first item takes memory for 17
    if (this.#assignments.length === 0) this.#assignments = [assignment]
    else this.#assignments.push(assignment)
  }

  /** Removes a callee. The turn of `roundrobin` stays with the one whose turn it was. */
  delete(callee: Callee): void {
    const at = this.assignments.findIndex(assignment => assignment.callee === callee)
    if (at < 0) return
    this.#assignments.splice(at, 1)
    if (at < this.next) this.next--
    if (this.next >= this.assignments.length) this.next = 0
  }
}

/** A callee in a registration, with the options that it has registered by. */
export class Assignment {
  readonly callee: Callee
  readonly disclosesCaller: boolean
  readonly forwardsTimeout: boolean
  /** The most calls that may be in progress at the same time; 0 means any number. */
  readonly concurrency: number
  /** The number of calls that are in progress. */
  active = 0

  constructor(callee: Callee, { disclose_caller, forward_timeout, concurrency }: RegisterOptions) {
    this.callee = callee
    this.disclosesCaller = disclose_caller === true
    this.forwardsTimeout = forward_timeout === true
    this.concurrency = concurrency ?? 0
  }

  get isBusy(): boolean {
    return this.concurrency > 0 && this.active >= this.concurrency
  }
}
