import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { FailOn } from '../../src/report/finding.ts'
import { JunitReport } from '../../src/report/junit-report.ts'
import { ReportBook } from '../../src/report/report-book.ts'
import type { CaseRecord } from '../../src/run/case-record.ts'
import { shown } from '../../src/run/exchange.ts'
import { caseRecord } from '../fixtures/case-record.ts'
import { reportRow } from '../fixtures/report-row.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'

const failed = { verdict: 'FAILED', reason: 'What came is none of what is accepted.' } as const

describe('JunitReport', () => {
  it('has a suite per agent of this run and a test per case', async () => {
    const text = await written([caseRecord({}), caseRecord({ agent: 'Other' })])
    expect(text).toMatch(/^<\?xml version="1.0" encoding="UTF-8"\?>\n<testsuites name="WebSocket conformance" tests="2" failures="0"/)
    expect(text.match(/<testsuite /g)).toHaveLength(2)
    expect(text).toContain('<testcase classname="Mine.1" name="1.1.1 Sends a text message of 0 octets." time="0.003"/>')
    expect(text).not.toContain('Before')
  })

  it('describes the expected and the received events of a failure', async () => {
    const received = [
      { kind: 'text', payload: shown(Buffer.from('hello')) },
      { kind: 'binary', payload: shown(Uint8Array.of(255, 0)) },
      { kind: 'mark', name: 'second part' },
      { kind: 'violation', what: 'a mask' },
      { kind: 'roundTrips', count: 3 },
    ] as const
    const text = await written([
      caseRecord({ behavior: failed, received, ending: { wasClean: false, received: { code: 1008, reason: 'no' } } }),
    ])
    expect(text).toContain('failures="1"')
    expect(text).toContain(
      '<failure type="FAILED" message="FAILED: What came is none of what is accepted.">Expected: The same message comes back.',
    )
    expect(text).toContain(
      'Received: text of 5 octets (hello), binary of 2 octets (0xff00), [second part], rule broken: a mask, 3 round trips',
    )
    expect(text).toContain('Close code of the agent: 1008, “no”')
  })

  it('counts non-strict cases as failures only if asked to', async () => {
    const record = caseRecord({ behavior: { verdict: 'NON-STRICT', reason: 'late' } })
    expect(await written([record])).toContain('<system-out>NON-STRICT: late</system-out>')
    expect(await written([record], 'non-strict')).toContain('<failure type="NON-STRICT"')
  })

  it('reports declined extensions as skipped', async () => {
    const declined = { verdict: 'UNIMPLEMENTED', reason: 'declined' } as const
    expect(await written([caseRecord({ behavior: declined, close: declined })])).toMatch(
      /skipped="1"[\s\S]*<skipped message="UNIMPLEMENTED: declined"\/>/,
    )
  })

  it('stays valid XML whatever a testee sends', async () => {
    const reason = ']]></failure><x>\u0000\u001b\ufffe'
    const text = await written([caseRecord({ agent: '"><x/>\u0000', behavior: { verdict: 'FAILED', reason } })])
    expect(text).not.toMatch(/<x/)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the expression looks for characters that XML cannot contain
    expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\ufffe]/)
  })
})

async function written(records: readonly CaseRecord[], failOn?: FailOn): Promise<string> {
  const file = join(temporaryFolder(), 'ci', 'junit.xml')
  const writer = new JunitReport({ file, ...(failOn !== undefined && { failOn }) })
  const book = new ReportBook({ fuzzer: 'client', writers: [writer], earlier: [reportRow({ agent: 'Before' })] })
  for (const record of records) await book.add(record)
  await book.finish()
  return readFileSync(file, 'utf8')
}
