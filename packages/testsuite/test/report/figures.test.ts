import { describe, expect, it } from 'vitest'
import { compressionFigures, speedFigures } from '../../src/report/figures.ts'
import { ReportBook } from '../../src/report/report-book.ts'
import type { Report } from '../../src/report/report-writer.ts'
import type { CaseRecord, CompressionRecord } from '../../src/run/case-record.ts'
import { caseRecord } from '../fixtures/case-record.ts'

const roundTrips = { count: 4, shortest: 1, median: 200, longest: 300, sum: 2000 }
const compression: CompressionRecord = {
  messages: 10,
  compressedMessages: 5,
  inflatedOctets: 1000,
  wireOctets: 500,
  windowBits: 15,
  keepsContext: true,
  farthest: 100,
  messagesWithContext: 4,
  context: 'kept',
  fuzzer: { messages: 10, inflatedOctets: 1000, wireOctets: 250, windowBits: 15, keepsContext: true },
}

describe('speedFigures', () => {
  it('returns round trips and MiB per second of the successful cases of group 9', async () => {
    const report = await reportOf(
      { id: '9.1.1', measured: { roundTrips, echoedOctets: 8 * 2 ** 20 } },
      { id: '9.1.2', measured: { roundTrips }, behavior: { verdict: 'FAILED', reason: '' } },
      { id: '12.1.1', measured: { roundTrips } },
      { id: '9.1.3' },
    )
    expect(speedFigures(report)).toMatchObject([{ id: '9.1.1', count: 4, median: 200, roundTripsPerSecond: 2, mebibytesPerSecond: 4 }])
  })
})

describe('compressionFigures', () => {
  it('sums up what was compressed, by agent', async () => {
    const never = {
      ...compression,
      compressedMessages: 0,
      wireOctets: 1000,
      farthest: 0,
      messagesWithContext: 0,
      context: 'unknown' as const,
    }
    const report = await reportOf(
      { id: '12.1.1', measured: { compression } },
      { id: '12.1.2', measured: { compression: { ...compression, compressedMessages: 10, wireOctets: 125 } } },
      { id: '12.1.1', agent: 'never', measured: { compression: never } },
    )
    expect(compressionFigures(report)).toEqual([
      { agent: 'Mine', cases: 2, messages: 20, compressedMessages: 15, ratio: 3.2, fuzzerRatio: 4, mayKeepContext: 2, keptContext: 2 },
      { agent: 'never', cases: 1, messages: 10, compressedMessages: 0, ratio: 1, fuzzerRatio: 4, mayKeepContext: 1, keptContext: 0 },
    ])
  })
})

async function reportOf(...records: readonly Partial<CaseRecord>[]): Promise<Report> {
  const book = new ReportBook({ fuzzer: 'client', writers: [] })
  for (const record of records) await book.add(caseRecord(record))
  return book.report
}
