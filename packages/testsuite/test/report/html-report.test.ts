import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { HtmlReport } from '../../src/report/html-report.ts'
import { ReportBook } from '../../src/report/report-book.ts'
import { caseRecord } from '../fixtures/case-record.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'

it('writes a page per case and the matrix', async () => {
  const folder = temporaryFolder()
  const book = new ReportBook({ fuzzer: 'client', writers: [new HtmlReport(folder)] })
  await book.add(caseRecord({}))
  await book.finish()
  expect(readdirSync(folder).sort()).toEqual(['index.html', 'mine_case_1_1_1.html'])
  expect(readFileSync(join(folder, 'index.html'), 'utf8')).toContain('mine_case_1_1_1.html')
})
