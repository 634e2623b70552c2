import type { CompressionRecord } from '../run/case-record.ts'
import type { Report, ReportRow } from './report-writer.ts'

/** The speed of a testee in one case of group 9. */
export interface SpeedFigures {
  readonly agent: string
  readonly id: string
  readonly title: string
  /** The number of messages that made the round trip. */
  readonly count: number
  /** The median of the round trips, in milliseconds. */
  readonly median: number
  readonly longest: number
  /** The sum of the round trips, in milliseconds. */
  readonly sum: number
  readonly roundTripsPerSecond: number
  /** MiB of payload that came back per second. */
  readonly mebibytesPerSecond: number
}

/** Computes the figures of group 9 for each testee and each case whose messages came back. */
export function speedFigures({ rows }: Report): SpeedFigures[] {
  return rows.filter(({ id, behavior }) => id.startsWith('9.') && behavior === 'OK').flatMap(speedOf)
}

/** The compression of a testee over all cases of a run that agreed on it. */
export interface CompressionFigures {
  readonly agent: string
  readonly cases: number
  readonly messages: number
  /** The number of messages that came back compressed. */
  readonly compressedMessages: number
  /** The ratio of uncompressed to compressed octets of the testee's messages, and of the fuzzer's. */
  readonly ratio: number
  readonly fuzzerRatio: number
  /** The number of cases in which the testee was allowed to keep its context, and the number in which it did. */
  readonly mayKeepContext: number
  readonly keptContext: number
}

/** Computes the sums for each testee that agreed on permessage-deflate. */
export function compressionFigures({ rows }: Report): CompressionFigures[] {
  const agents = new Map<string, CompressionRecord[]>()
  for (const { agent, measured } of rows)
    if (measured?.compression !== undefined) agents.set(agent, [...(agents.get(agent) ?? []), measured.compression])
  return [...agents].map(([agent, records]) => compressionOf(agent, records))
}

function speedOf({ agent, id, title, measured }: ReportRow): SpeedFigures[] {
  const { roundTrips, echoedOctets = 0 } = measured ?? {}
  if (roundTrips === undefined) return []
  const { count, median, longest, sum } = roundTrips
  const seconds = sum / 1000
  return [
    {
      agent,
      id,
      title,
      count,
      median,
      longest,
      sum,
      roundTripsPerSecond: count / seconds,
      mebibytesPerSecond: echoedOctets / 2 ** 20 / seconds,
    },
  ]
}

function compressionOf(agent: string, records: readonly CompressionRecord[]): CompressionFigures {
  const sum = (figure: (record: CompressionRecord) => number): number => records.reduce((total, record) => total + figure(record), 0)
  return {
    agent,
    cases: records.length,
    messages: sum(({ messages }) => messages),
    compressedMessages: sum(({ compressedMessages }) => compressedMessages),
    ratio: sum(({ inflatedOctets }) => inflatedOctets) / sum(({ wireOctets }) => wireOctets),
    fuzzerRatio: sum(({ fuzzer }) => fuzzer.inflatedOctets) / sum(({ fuzzer }) => fuzzer.wireOctets),
    mayKeepContext: records.filter(({ keepsContext }) => keepsContext).length,
    keptContext: records.filter(({ context }) => context === 'kept').length,
  }
}
