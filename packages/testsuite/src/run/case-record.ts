import type { CloseExpectation, Event, Outcome } from '../cases/case.ts'
import { octetsOf } from '../cases/payload.ts'
import type { CloseWords } from '../wire/close-payload.ts'
import { type Exchange, type ExchangeEntry, type ShownOctets, type Side, shown, type Traffic } from './exchange.ts'
import type { Verdicts } from './judge.ts'
import type { OpeningRecord } from './opening-record.ts'
import type { Role } from './testee-link.ts'

/** The data of a report on one case with one testee. Plain data: it is written as JSON. */
export interface CaseRecord extends Verdicts {
  readonly agent: string
  readonly id: string
  readonly title: string
  readonly expectation: string
  readonly section: string
  /** The side of the connection that the fuzzer played. */
  readonly fuzzer: Role
  /** The time at which the case began, in ISO 8601. */
  readonly started: string
  /** Milliseconds from the first step to the end of the TCP connection. */
  readonly duration: number
  readonly opening: OpeningRecord
  /** The outcomes that the case accepts, and the events that came. */
  readonly accepted: readonly { readonly behavior: string; readonly events: readonly ShownEvent[] | 'any' }[]
  readonly received: readonly ShownEvent[]
  readonly expectedClose: CloseExpectation
  readonly ending: EndingRecord
  readonly exchange: { readonly entries: readonly ExchangeEntry[]; readonly omitted: number; readonly omittedAfter: number }
  readonly traffic: Readonly<Record<Side, Traffic>>
  readonly measured: MeasuredRecord
  /** The close code and reason with which the testee ended the case because of a limit of its own; `behavior` is FAILED all the same. */
  readonly limit?: CloseWords
  /** Further facts about the testee that are not part of the verdicts, in sentences. */
  readonly remarks?: readonly string[]
}

/** The end of a connection. */
export interface EndingRecord {
  readonly closedFirst?: Side
  readonly droppedFirst?: Side
  readonly wasClean: boolean
  /** The code and reason of the fuzzer's close frame, and of the testee's. */
  readonly sent?: CloseWords
  readonly received?: CloseWords
}

export interface MeasuredRecord {
  /** Times of the round trips, in milliseconds. */
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

/** The use of permessage-deflate. The properties of the record itself describe the testee's messages, `sent` the fuzzer's. */
export interface CompressionRecord extends CompressedDirection {
  /** The number of messages that came compressed; the others came uncompressed, which is allowed. */
  readonly compressedMessages: number
  /** The largest distance, in octets, that the testee's compressor has referred back: how much of its window it has used. */
  readonly farthest: number
  /** The number of messages that refer back to earlier messages. */
  readonly messagesWithContext: number
  /** Whether the testee keeps its compression context from message to message, as far as its messages show. */
  readonly context: 'kept' | 'dropped' | 'unknown'
  readonly fuzzer: CompressedDirection
}

/** One direction of permessage-deflate. */
export interface CompressedDirection {
  readonly messages: number
  readonly inflatedOctets: number
  /** Octets of payloads as sent; `wireOctets` divided by `inflatedOctets` is the compression ratio. */
  readonly wireOctets: number
  /** The window that was agreed, 8 to 15, and whether the context may be kept. */
  readonly windowBits: number
  readonly keepsContext: boolean
}

/** An event in the form that reports show. */
export type ShownEvent =
  | { readonly kind: 'text' | 'binary' | 'pong'; readonly payload: ShownOctets }
  | { readonly kind: 'mark'; readonly name: string }
  | { readonly kind: 'roundTrips'; readonly count: number }
  | { readonly kind: 'violation' | 'excess'; readonly what: string }

/** Computes the figures of the round trips; returns an empty object if there were none. */
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

/** Returns the parts of a record that come from an exchange. */
export function shownExchange(exchange: Exchange): Pick<CaseRecord, 'exchange' | 'traffic'> {
  return { exchange: exchange.record, traffic: exchange.traffic }
}

const mostEvents = 100
