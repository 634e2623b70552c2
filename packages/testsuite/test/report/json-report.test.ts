import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { classicRecord } from '../../src/report/classic-record.ts'
import { JsonReport } from '../../src/report/json-report.ts'
import { ReportBook } from '../../src/report/report-book.ts'
import { caseRecord } from '../fixtures/case-record.ts'
import { reportRow } from '../fixtures/report-row.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'

it('writes index.json as tools for the Autobahn Testsuite read it, and a file per case', async () => {
  const folder = join(temporaryFolder(), 'not', 'there', 'yet')
  const book = new ReportBook({
    fuzzer: 'client',
    writers: [new JsonReport(folder)],
    earlier: [reportRow({ agent: 'Before', file: 'before_case_1_1_1' })],
  })
  await book.add(caseRecord({}))
  await book.add(caseRecord({ agent: '__proto__', ending: { wasClean: false } }))
  await book.finish()
  const index = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8'))
  expect(index.Mine).toEqual({
    '1.1.1': { behavior: 'OK', behaviorClose: 'OK', duration: 3, remoteCloseCode: 1000, reportfile: 'mine_case_1_1_1.json' },
  })
  expect(index.Before['1.1.1']).toMatchObject({ behavior: 'OK', reportfile: 'before_case_1_1_1.json' })
  expect(Object.entries(index).find(([agent]) => agent === '__proto__')?.[1]).toMatchObject({ '1.1.1': { remoteCloseCode: null } })
  const { behavior, close, ...rest } = caseRecord({})
  const { expectedClose: classicClose, ...classic } = classicRecord(caseRecord({}), 1)
  const written = JSON.parse(readFileSync(join(folder, 'mine_case_1_1_1.json'), 'utf8'))
  expect(written).toMatchObject({ ...rest, ...classic, expectedClose: { ...rest.expectedClose, ...classicClose }, events: [] })
  expect(written).toMatchObject({ behavior: behavior.verdict, result: behavior.reason, resultClose: close.reason })
  expect(readdirSync(folder)).toHaveLength(3)
})
