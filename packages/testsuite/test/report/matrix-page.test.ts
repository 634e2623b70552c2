import { describe, expect, it } from 'vitest'
import { matrixPage } from '../../src/report/matrix-page.ts'
import type { Report, ReportRow } from '../../src/report/report-writer.ts'
import { reportRow } from '../fixtures/report-row.ts'

describe('matrixPage', () => {
  it('has a column per agent, a row per case, and a link per cell', () => {
    const text = page(
      [reportRow({}), reportRow({ id: '1.1.2', file: 'mine_case_1_1_2' })],
      [reportRow({ agent: 'Earlier', file: 'earlier' })],
    )
    expect(text).toMatch(/<th scope="col"><bdi>Earlier[\s\S]*<th scope="col"><bdi>Mine/)
    expect(text).toContain('2 agents, 2 cases, written 2026-01-02 03:04 UTC')
    expect(text).toContain('<a href="mine_case_1_1_2.html" aria-label="OK, close code 1000, 3 ms"')
    expect(text).toContain('<td class="absent"><span class="spoken">not run</span></td>')
  })

  it('puts groups and cases in the order of their numbers', () => {
    const text = page(['10.1.1', '2.10', '2.9', '2.1'].map(id => reportRow({ id })))
    expect([...text.matchAll(/<tr id="case-([\d.]+)"/g)].map(([, id]) => id)).toEqual(['2.1', '2.9', '2.10', '10.1.1'])
  })

  it('marks a testee that closed because of its limit', () => {
    const text = page([reportRow({ behavior: 'FAILED', remoteCloseCode: 1008, remoteCloseReason: 'Too many fragments' })])
    expect(text).toContain('Its close reason: “Too many fragments”.')
    expect(text).toContain('<small>1008</small> <i class="time">3 ms</i> <em>failed</em>')
  })

  it('shows the duration of each case, and of all cases of an agent', () => {
    const text = page([reportRow({ duration: 12 }), reportRow({ id: '1.1.2', duration: 2_500 })])
    expect(text).toContain('<small>1000</small> <i class="time">12 ms</i>')
    expect(text).toContain('<i class="time">2.5 s</i>')
    expect(text).toMatch(/<span class="time"[^>]*>2\.5 s<\/span><\/p>/)
  })

  it('shows the names of agents unchanged', () => {
    const text = page([reportRow({ agent: 'My  Server 2.0 (größer)' })])
    expect(text).toContain('<bdi>My  Server 2.0 (größer)</bdi>')
  })

  it('shows the legend without a click', () => {
    expect(page([reportRow({})])).toContain('<details class="signs" open>')
  })

  it('does not link to unknown files', () => {
    expect(page([reportRow({ file: '' })])).not.toContain('<a href')
  })

  it('escapes what a testee sends', () => {
    const hostile = '"><script>alert(1)</script>\u0000\u202e'
    const text = page([
      reportRow({
        agent: hostile,
        title: hostile,
        behavior: 'FAILED',
        reasons: { behavior: hostile, close: hostile },
        remoteCloseReason: hostile,
      }),
    ])
    expect(text.match(/<script/g)).toHaveLength(1)
    expect(text).not.toContain('\u0000')
    expect(text).not.toContain('\u202e')
  })
})

function page(rows: readonly ReportRow[], earlier: readonly ReportRow[] = []): string {
  const report: Report = { fuzzer: 'client', created: '2026-01-02T03:04:05.678Z', rows, earlier, unreachable: [] }
  return matrixPage(report)
}
