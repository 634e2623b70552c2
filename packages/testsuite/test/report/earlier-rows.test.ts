import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { earlierRows } from '../../src/report/earlier-rows.ts'
import { JsonReport } from '../../src/report/json-report.ts'
import { ReportBook } from '../../src/report/report-book.ts'
import { caseRecord } from '../fixtures/case-record.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'

describe('earlierRows', () => {
  it('returns the rows that were written', async () => {
    const folder = temporaryFolder()
    const book = new ReportBook({ fuzzer: 'server', writers: [new JsonReport(folder)] })
    for (const agent of ['one', '__proto__']) await book.add(caseRecord({ agent, fuzzer: 'server' }))
    const { rows } = await book.finish()
    expect(await earlierRows(folder)).toEqual(rows)
  })

  it('reads reports of other tools in the same format', async () => {
    const folder = temporaryFolder()
    const entry = { behavior: 'OK', behaviorClose: 'WRONG CODE', duration: 5, remoteCloseCode: 1002, reportfile: 'x_case_1_1_1.json' }
    writeFileSync(join(folder, 'index.json'), JSON.stringify({ x: { '1.1.1': entry } }))
    writeFileSync(
      join(folder, 'x_case_1_1_1.json'),
      JSON.stringify({ description: 'Sends.', result: 'came', resultClose: 'wrong', isServer: true }),
    )
    expect(await earlierRows(folder)).toEqual([
      {
        agent: 'x',
        id: '1.1.1',
        number: 0,
        title: 'Sends.',
        testee: 'client',
        behavior: 'OK',
        behaviorClose: 'WRONG CODE',
        reasons: { behavior: 'came', close: 'wrong' },
        duration: 5,
        remoteCloseCode: 1002,
        remoteCloseReason: null,
        file: 'x_case_1_1_1',
      },
    ])
  })

  it('does not trust an index: ignores files elsewhere, unknown verdicts and unknown cases', async () => {
    const folder = temporaryFolder()
    const entries = { '1.1.1': { behavior: 'GREAT', behaviorClose: 'OK', reportfile: '../../etc/passwd.json' }, '<b>': {}, '1.1.2': 7 }
    writeFileSync(join(folder, 'index.json'), JSON.stringify({ x: entries, y: 'no' }))
    expect(await earlierRows(folder)).toMatchObject([{ id: '1.1.1', behavior: 'FAILED', file: '', duration: 0, remoteCloseCode: null }])
  })

  it('returns an empty list without a file, and refuses a file that is not a report', async () => {
    const folder = temporaryFolder()
    expect(await earlierRows(join(folder, 'none'))).toEqual([])
    writeFileSync(join(folder, 'index.json'), '{')
    await expect(earlierRows(folder)).rejects.toThrow(/index\.json is not a report/)
  })
})
