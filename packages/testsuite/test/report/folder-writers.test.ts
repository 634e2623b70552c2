import { readdirSync } from 'node:fs'
import { expect, it } from 'vitest'
import { folderWriters } from '../../src/report/folder-writers.ts'
import { ReportBook } from '../../src/report/report-book.ts'
import { caseRecord } from '../fixtures/case-record.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'

it('writes JSON and HTML if there is a folder', async () => {
  expect(folderWriters(undefined)).toEqual([])
  const folder = temporaryFolder()
  const book = new ReportBook({ fuzzer: 'client', writers: folderWriters(folder) })
  await book.add(caseRecord({}))
  await book.finish()
  expect(readdirSync(folder).sort()).toEqual(['index.html', 'index.json', 'mine_case_1_1_1.html', 'mine_case_1_1_1.json'])
})
