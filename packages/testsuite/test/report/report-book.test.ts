import { describe, expect, it } from 'vitest'
import { ReportBook } from '../../src/report/report-book.ts'
import type { Report, ReportRow } from '../../src/report/report-writer.ts'
import { caseRecord } from '../fixtures/case-record.ts'
import { reportRow } from '../fixtures/report-row.ts'

describe('ReportBook', () => {
  it('passes each record with its row to the writers, and all rows at the end, in the order of the catalogue', async () => {
    const rows: ReportRow[] = []
    const reports: Report[] = []
    const writer = {
      caseEnded: async (_: unknown, row: ReportRow) => void rows.push(row),
      finish: async (report: Report) => void reports.push(report),
    }
    const book = new ReportBook({ fuzzer: 'client', writers: [writer], ids: ['1.1.1', '1.1.2', '1.1.10'] })
    for (const id of ['1.1.10', '1.1.2', '1.1.1']) await book.add(caseRecord({ id }))
    expect(rows[0]).toMatchObject({
      agent: 'Mine',
      id: '1.1.10',
      testee: 'server',
      behavior: 'OK',
      behaviorClose: 'OK',
      remoteCloseCode: 1000,
      file: 'mine_case_1_1_10',
    })
    expect((await book.finish()).rows.map(({ id }) => id)).toEqual(['1.1.1', '1.1.2', '1.1.10'])
    expect(reports).toHaveLength(1)
  })

  it('replaces the row of a case that is run again', async () => {
    const book = new ReportBook({ fuzzer: 'client', writers: [] })
    await book.add(caseRecord({}))
    await book.add(caseRecord({ behavior: { verdict: 'FAILED', reason: 'x' } }))
    expect(book.report.rows.map(({ behavior }) => behavior)).toEqual(['FAILED'])
  })

  it('uses different files for agents with similar names, all in the folder', async () => {
    const book = new ReportBook({ fuzzer: 'server', writers: [] })
    for (const agent of ['a b', 'a/b', '../../etc', '日本']) await book.add(caseRecord({ agent }))
    expect(book.report.rows.map(({ file }) => file)).toEqual(['a_b_case_1_1_1', 'a_b_2_case_1_1_1', '_etc_case_1_1_1', '__case_1_1_1'])
    expect(book.agentCount).toBe(4)
    expect(book.hasAgent('a b')).toBe(true)
    expect(book.row('a b', '1.1.1')?.id).toBe('1.1.1')
  })

  it('keeps rows and files of other agents', async () => {
    const earlier = [reportRow({ agent: 'a/b', file: 'a_b_case_1_1_1' }), reportRow({ agent: 'again', id: '1.1.2' })]
    const book = new ReportBook({ fuzzer: 'client', writers: [], earlier })
    await book.add(caseRecord({ agent: 'a b' }))
    expect(book.report.earlier).toEqual(earlier)
    expect(book.report.rows.map(({ file }) => file)).toEqual(['a_b_2_case_1_1_1'])
    await book.add(caseRecord({ agent: 'again' }))
    expect(book.report.earlier.map(({ agent }) => agent)).toEqual(['a/b'])
  })
})
