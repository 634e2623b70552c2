import { describe, expect, it } from 'vitest'
import { type Finding, findingOf, isFailure, reasonOf, tally, verdictWords } from '../../src/report/finding.ts'
import type { ReportRow } from '../../src/report/report-writer.ts'
import { reportRow } from '../fixtures/report-row.ts'

type Verdicts = Pick<ReportRow, 'behavior' | 'behaviorClose'>

describe('findingOf', () => {
  it.each<[ReportRow['behavior'], ReportRow['behaviorClose'], Finding, string]>([
    ['OK', 'OK', 'ok', 'OK'],
    ['OK', 'FAILED BY CLIENT', 'non-strict', 'OK, close FAILED BY CLIENT'],
    ['OK', 'WRONG CODE', 'failed', 'OK, close WRONG CODE'],
    ['OK', 'INFORMATIONAL', 'ok', 'OK, close INFORMATIONAL'],
    ['NON-STRICT', 'OK', 'non-strict', 'NON-STRICT'],
    ['NON-STRICT', 'UNCLEAN', 'failed', 'NON-STRICT, close UNCLEAN'],
    ['FAILED', 'OK', 'failed', 'FAILED'],
    ['INFORMATIONAL', 'FAILED', 'failed', 'INFORMATIONAL, close FAILED'],
    ['INFORMATIONAL', 'INFORMATIONAL', 'informational', 'INFORMATIONAL'],
    ['UNIMPLEMENTED', 'UNIMPLEMENTED', 'unimplemented', 'UNIMPLEMENTED'],
  ])('%s with the close %s is %s', (behavior, behaviorClose, finding, words) => {
    const verdicts: Verdicts = { behavior, behaviorClose }
    expect(findingOf(verdicts)).toBe(finding)
    expect(verdictWords(verdicts)).toBe(words)
    expect(isFailure(verdicts, 'failed')).toBe(finding === 'failed')
    expect(isFailure(verdicts, 'non-strict')).toBe(finding === 'failed' || finding === 'non-strict')
  })
})

it('counts rows by finding', () => {
  const counts = tally([reportRow({}), reportRow({}), reportRow({ behavior: 'FAILED' })])
  expect(counts).toEqual({ ok: 2, 'non-strict': 0, failed: 1, unimplemented: 0, informational: 0 })
})

it('returns the reason of the worse verdict', () => {
  const reasons = { behavior: 'events', close: 'close' }
  expect(reasonOf(reportRow({ reasons, behavior: 'FAILED', behaviorClose: 'UNCLEAN' }))).toBe('events')
  expect(reasonOf(reportRow({ reasons, behaviorClose: 'UNCLEAN' }))).toBe('close')
  expect(reasonOf(reportRow({ reasons, behavior: 'NON-STRICT', behaviorClose: 'UNCLEAN' }))).toBe('close')
  expect(reasonOf(reportRow({ reasons, behavior: 'NON-STRICT' }))).toBe('events')
})
