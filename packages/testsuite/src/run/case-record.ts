import type { CloseExpectation, Event, Outcome } from '../cases/case.ts'
import { octetsOf } from '../cases/payload.ts'
import type { CloseWords } from '../wire/close-payload.ts'
import { type Exchange, type ExchangeEntry, type ShownOctets, type Side, shown, type Traffic } from './exchange.ts'
import type { Verdicts } from './judge.ts'
import type { OpeningRecord } from './opening-record.ts'
import type { Role } from './testee-link.ts'

/** Everything a report says of one case with one testee. Plain data: it is written as JSON. */
export interface CaseRecord extends Verdicts {
  readonly agent: string
  readonly id: string
  readonly title: string
  readonly expectation: string
  readonly section: string
  /** What the fuzzer was. */
  readonly fuzzer: Role
  /** When the case began, ISO 8601. */
  readonly started: string
  /** Milliseconds, from the first step to the end of TCP. */
  readonly duration: number
  readonly opening: OpeningRecord
  /** What was accepted, and what came. */
  readonly accepted: readonly { readonly behavior: string; readonly events: readonly ShownEvent[] | 'any' }[]
  readonly received: readonly ShownEvent[]
  readonly expectedClose: CloseExpectation
  readonly ending: EndingRecord
  readonly exchange: { readonly entries: readonly ExchangeEntry[]; readonly omitted: number; readonly omittedAfter: number }
  readonly traffic: Readonly<Record<Side, Traffic>>
  readonly measured: MeasuredRecord
  /** The testee ended the case by a limit of its own, with these words; behavior is FAILED all the same. */
  readonly limit?: CloseWords
  /** What else is worth knowing of the testee, in sentences. */
  readonly remarks?: readonly string[]
}

/** How the connection ended. */
export interface EndingRecord {
  readonly closedFirst?: Side
  readonly droppedFirst?: Side
  readonly wasClean: boolean
  /** What the fuzzer's close frame said, and the testee's. */
  readonly sent?: CloseWords
  readonly received?: CloseWords
}

export interface MeasuredRecord {
  /** Milliseconds. */
  readonly roundTrips?: {
    readonly count: number
    readonly shortest: number
    readonly median: number
    readonly longest: number
    readonly sum: number
  }
  /** Octets of the messages that made these round trips, before compression. */
  readonly echoedOctets?: number
  readonly compression?: CompressionRecord
}

/** How permessage-deflate was used. What stands at the top is of the testee's messages. */
export interface CompressionRecord extends CompressedDirection {
  /** How many came compressed; the others came as they are, which is allowed. */
  readonly compressedMessages: number
  /** The farthest that the testee pointed back, in octets: how much of its window it has used. */
  readonly farthest: number
  /** How many messages pointed back into those before them. */
  readonly messagesWithContext: number
  /** Whether the testee goes on with its context from message to message, as far as its messages show. */
  readonly context: 'kept' | 'dropped' | 'unknown'
  readonly fuzzer: CompressedDirection
}

/** One direction of permessage-deflate. */
export interface CompressedDirection {
  readonly messages: number
  readonly inflatedOctets: number
  /** Octets of payloads as they passed; with `inflatedOctets` it is the ratio. */
  readonly wireOctets: number
  /** As agreed: 8 to 15, and whether the context may be kept. */
  readonly windowBits: number
  readonly keepsContext: boolean
}

/** An event for a report. */
export type ShownEvent =
  | { readonly kind: 'text' | 'binary' | 'pong'; readonly payload: ShownOctets }
  | { readonly kind: 'mark'; readonly name: string }
  | { readonly kind: 'roundTrips'; readonly count: number }
  | { readonly kind: 'violation' | 'excess'; readonly what: string }

/** The figures of round trips; nothing where there were none. */
export function roundTripFigures(times: readonly number[], octets: number): Pick<MeasuredRecord, 'roundTrips' | 'echoedOctets'> {
  if (times.length === 0) return {}
  const sorted = times.toSorted((a, b) => a - b)
  const sum = times.reduce((total, time) => total + time, 0)
  const figures = { shortest: sorted[0]!, median: sorted[sorted.length >> 1]!, longest: sorted.at(-1)!, sum }
  return { roundTrips: { count: times.length, ...figures }, echoedOctets: octets }
}

export function shownEvents(events: readonly Event[]): ShownEvent[] {
  return events
    .slice(0, mostEvents)
    .map(event => ('payload' in event ? { kind: event.kind, payload: shown(octetsOf(event.payload)) } : event))
}

export function shownOutcomes(accepted: readonly Outcome[]): CaseRecord['accepted'] {
  return accepted.map(({ behavior, events }) => ({ behavior, events: events === 'any' ? events : shownEvents(events) }))
}

/** What a record says of an exchange. */
export function shownExchange(exchange: Exchange): Pick<CaseRecord, 'exchange' | 'traffic'> {
  return { exchange: exchange.record, traffic: exchange.traffic }
}

const mostEvents = 100
