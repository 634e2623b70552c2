import type { CaseRecord, MeasuredRecord } from '../run/case-record.ts'
import type { Behavior, BehaviorClose } from '../run/judge.ts'

/** One line of a report: what stays of a case in memory while the record goes to the disk. */
export interface ReportRow {
  readonly agent: string
  readonly id: string
  /** The place of the case in the catalogue, from 1. */
  readonly number: number
  readonly title: string
  /** Which side of the connection the agent was. */
  readonly testee: 'client' | 'server'
  readonly behavior: Behavior
  readonly behaviorClose: BehaviorClose
  /** The reasons for both. */
  readonly reasons: { readonly behavior: string; readonly close: string }
  /** Milliseconds. */
  readonly duration: number
  readonly remoteCloseCode: number | null
  readonly remoteCloseReason: string | null
  /** The testee ended the case by a limit of its own; the code and the reason are those of the close frame. */
  readonly isLimit?: true
  /** What else is worth knowing of the testee, in sentences. */
  readonly remarks?: readonly string[]
  /** TLS version and what ALPN chose, where the connection was one of TLS: `TLSv1.3, ALPN http/1.1`. */
  readonly tls?: string
  /** Times and compression, for sums over cases. */
  readonly measured?: MeasuredRecord
  /** The file of the record, beside `index.json`, without its extension. */
  readonly file: string
}

/** A run as a whole. */
export interface Report {
  /** What the fuzzer was in it. */
  readonly fuzzer: 'client' | 'server'
  /** ISO 8601. */
  readonly created: string
  /** Agents in the order in which they came; cases in the order of the catalogue. */
  readonly rows: readonly ReportRow[]
  /** What the report's folder had before, of agents that this run had nothing to do with: it stays in the matrix. */
  readonly earlier: readonly ReportRow[]
  /** Servers to which no connection came about. */
  readonly unreachable: readonly Unreached[]
}

/** A server that was to be tested, and was not there. */
export interface Unreached {
  readonly agent: string
  readonly url: string
  /** A sentence without its full stop. */
  readonly reason: string
}

/** A form of report. Records are handed over one by one as cases end, so that no run has to fit in memory. */
export interface ReportWriter {
  /** Called when a case has ended. */
  caseEnded(record: CaseRecord, row: ReportRow): Promise<void>
  /** Called at the end of a run, and each time that a client asks for its report. */
  finish(report: Report): Promise<void>
}
