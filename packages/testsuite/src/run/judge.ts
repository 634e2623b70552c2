import type { Case, CloseExpectation, Event, Outcome } from '../cases/case.ts'
import { octetsOf, type Payload } from '../cases/payload.ts'
import { cleanClose } from '../cases/words.ts'
import type { CloseWords } from '../wire/close-payload.ts'
import { same } from '../wire/octets.ts'
import { alike } from './alike.ts'
import type { Side } from './exchange.ts'
import type { Role } from './testee-link.ts'
import { closeOf, differenceOf, expectedClose } from './what-came.ts'

/** Did the exchange go one of the accepted ways? */
export type Behavior = 'OK' | 'NON-STRICT' | 'INFORMATIONAL' | 'FAILED' | 'UNIMPLEMENTED'

/** Was the connection closed as the case says? */
export type BehaviorClose = 'OK' | 'FAILED' | 'WRONG CODE' | 'UNCLEAN' | 'FAILED BY CLIENT' | 'INFORMATIONAL' | 'UNIMPLEMENTED'

/** A verdict and one sentence that explains it. */
export interface Verdict<Name extends string> {
  readonly verdict: Name
  readonly reason: string
}

export interface Verdicts {
  readonly behavior: Verdict<Behavior>
  readonly close: Verdict<BehaviorClose>
  /** The code and reason with which the testee closed because the case exceeded one of its own limits. */
  readonly limit?: CloseWords
}

/** The end of a connection. `TesteeLink` has these properties. */
export interface Ending {
  readonly role: Role
  readonly firstToClose: Side | undefined
  readonly receivedClose: CloseWords | undefined
  readonly wasClean: boolean
  readonly droppedBy: Side | undefined
}

/** Judges a conversation: both verdicts. */
export function judge(testCase: Case, events: readonly Event[], ending: Ending): Verdicts {
  const outcome = testCase.accepted.find(each =>
    each.isCutShort === true ? ending.firstToClose === 'testee' && new Match(each, events).isPossible : new Match(each, events).isComplete,
  )
  const expected = outcome?.close ?? testCase.close
  const close = judgeClose(expected, ending)
  const behavior = failedByClose(behaviorOf(testCase, outcome, events, ending), close, expected)
  const limit = limitOf(behavior, events, ending)
  return {
    behavior: limit === undefined ? behavior : { verdict: 'FAILED', reason: `${behavior.reason} ${limitReached(limit)}` },
    close,
    ...(limit !== undefined && { limit }),
  }
}

/** Fails `behavior` too for a wrong close that the case calls fatal, as the Autobahn Testsuite does. */
function failedByClose(behavior: Verdict<Behavior>, close: Verdict<BehaviorClose>, { fatal }: CloseExpectation): Verdict<Behavior> {
  const isFatal = (fatal === 'code' && close.verdict === 'WRONG CODE') || (fatal === 'side' && close.verdict === 'FAILED')
  return isFatal && behavior.verdict !== 'FAILED' ? { verdict: 'FAILED', reason: close.reason } : behavior
}

/** Describes a limit of the testee, in a sentence. */
export function limitReached({ code, reason = '' }: CloseWords): string {
  return `The testee reached a limit of its own: it closed with ${code}${reason === '' ? '' : ` (${reason})`}.`
}

/** Returns both verdicts for a case whose opening handshake did not open a connection. */
export function judgeWithoutConnection(reason: string): Verdicts {
  return { behavior: { verdict: 'FAILED', reason }, close: { verdict: 'FAILED', reason } }
}

/**
 * Returns both verdicts for a testee that declined the extension that the case tests. The fuzzer has closed with 1000; `ending` is the
 * result.
 */
export function judgeDeclined(reason: string, ending: Ending): Verdicts {
  return { behavior: { verdict: 'UNIMPLEMENTED', reason }, close: judgeClose(cleanClose, ending) }
}

/** Compares events, one by one, with those that an outcome names. */
export class Match {
  readonly #outcome: Outcome
  #isPossible = true
  #count = 0
  /** The index of the ping that the last pong answered. */
  #place = -1

  constructor(outcome: Outcome, events: readonly Event[] = []) {
    this.#outcome = outcome
    for (const event of events) this.take(event)
  }

  take(event: Event): void {
    const { events, pongs } = this.#outcome
    if (events === 'any' || !this.#isPossible) return
    if (event.kind === 'pong' && pongs !== undefined) return this.#takePong(octetsOf(event.payload), pongs)
    const expected = events[this.#count++]
    this.#isPossible = expected !== undefined && alike(event, expected)
  }

  /** Whether the events so far are the beginning of the outcome's events. */
  get isPossible(): boolean {
    return this.#isPossible
  }

  /** Whether the events so far are all of the outcome's events. */
  get isComplete(): boolean {
    const { events, pongs = [] } = this.#outcome
    return events === 'any' || (this.#isPossible && this.#count === events.length && this.#place === pongs.length - 1)
  }

  #takePong(payload: Uint8Array, pings: readonly Payload[]): void {
    do this.#place++
    while (this.#place < pings.length && !same(octetsOf(pings[this.#place]!), payload))
    this.#isPossible = this.#place < pings.length
  }
}

function behaviorOf(testCase: Case, outcome: Outcome | undefined, events: readonly Event[], ending: Ending): Verdict<Behavior> {
  const violation = events.find(event => event.kind === 'violation')
  if (violation?.kind === 'violation') return { verdict: 'FAILED', reason: `The testee broke a rule: ${violation.what}.` }
  if (outcome !== undefined) return { verdict: outcome.behavior, reason: reasons[outcome.behavior] }
  const excess = events.find(event => event.kind === 'excess')
  if (excess?.kind === 'excess') return { verdict: 'FAILED', reason: `The testee sent too much: ${excess.what}.` }
  return { verdict: 'FAILED', reason: differenceOf(testCase.accepted[0]!, events, testCase.close, ending) }
}

/**
 * Returns the close words of a testee that refused something allowed with a code that means a limit. The behavior is FAILED all the same.
 */
function limitOf({ verdict }: Verdict<Behavior>, events: readonly Event[], ending: Ending): CloseWords | undefined {
  if (verdict !== 'FAILED' || ending.firstToClose !== 'testee' || events.some(({ kind }) => kind === 'violation')) return undefined
  const words = ending.receivedClose
  return words?.code !== undefined && limitCodes.has(words.code) ? words : undefined
}

function judgeClose(expected: CloseExpectation, ending: Ending): Verdict<BehaviorClose> {
  if (expected.informational === true) return { verdict: 'INFORMATIONAL', reason: 'The case accepts any way of closing.' }
  const difference = `Expected ${expectedClose(expected)}; got ${closeOf(ending)}.`
  if (expected.by !== 'either' && ending.firstToClose !== expected.by) return { verdict: 'FAILED', reason: difference }
  if (expected.clean && !ending.wasClean) return { verdict: 'UNCLEAN', reason: difference }
  if (ending.receivedClose !== undefined && !expected.codes.includes(ending.receivedClose.code ?? 'none'))
    return { verdict: 'WRONG CODE', reason: difference }
  if (ending.role === 'client' && ending.droppedBy === 'fuzzer')
    return { verdict: 'FAILED BY CLIENT', reason: 'The client had to end TCP, which the server should have done (RFC 6455 §7.1.1).' }
  return { verdict: 'OK', reason: 'The connection was closed as it should be.' }
}

const reasons = {
  OK: 'The events are those that the case asks for.',
  'NON-STRICT': 'The events are accepted, but are not those that the case asks for.',
  INFORMATIONAL: 'The case accepts any events.',
} as const

/** The codes for policy violation, message too big and try again later (RFC 6455 §7.4.1; 1013 is in IANA's registry). */
const limitCodes: ReadonlySet<number> = new Set([1008, 1009, 1013])
