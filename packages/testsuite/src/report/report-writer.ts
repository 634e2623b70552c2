import type { CaseRecord, MeasuredRecord } from '../run/case-record.ts'
import type { Behavior, BehaviorClose } from '../run/judge.ts'

/** One row of a report: the part of a case that stays in memory after its record has been written. */
export interface ReportRow {
  readonly agent: string
  readonly id: string
  /** The position of the case in the catalogue, from 1. */
  readonly number: number
  readonly title: string
  /** The side of the connection that the agent was. */
  readonly testee: 'client' | 'server'
  readonly behavior: Behavior
  readonly behaviorClose: BehaviorClose
  /** The reasons for both verdicts. */
  readonly reasons: { readonly behavior: string; readonly close: string }
  /** In milliseconds. */
  readonly duration: number
  readonly remoteCloseCode: number | null
  readonly remoteCloseReason: string | null
  /** Set where the testee ended the case because of a limit of its own; the code and the reason are those of its close frame. */
  readonly isLimit?: true
  /** Further facts about the testee, in sentences. */
  readonly remarks?: readonly string[]
  /** The version of TLS and the protocol that ALPN chose, where the connection used TLS: `TLSv1.3, ALPN http/1.1`. */
  readonly tls?: string
  /** Times and compression, for sums over cases. */
  readonly measured?: MeasuredRecord
  /** The name of the record's file, next to `index.json`, without its extension. */
  readonly file: string
}

/** The result of a whole run. */
export interface Report {
  /** The side of the connection that the fuzzer played. */
  readonly fuzzer: 'client' | 'server'
  /** The time, in ISO 8601. */
  readonly created: string
  /** The rows: agents in the order in which they came, cases in the order of the catalogue. */
  readonly rows: readonly ReportRow[]
  /** The rows that the report's folder already had, of agents that were not part of this run; they stay in the matrix. */
  readonly earlier: readonly ReportRow[]
  /** Servers that could not be reached. */
  readonly unreachable: readonly Unreached[]
}

/** A server that could not be reached. */
export interface Unreached {
  readonly agent: string
  readonly url: string
  /** A sentence without its full stop. */
  readonly reason: string
}

/** A format of reports. Records are passed one by one as cases end, so that a run need not fit in memory. */
export interface ReportWriter {
  /** Called when a case has ended. */
  caseEnded(record: CaseRecord, row: ReportRow): Promise<void>
  /** Called at the end of a run, and each time a client asks for its report. */
  finish(report: Report): Promise<void>
}
