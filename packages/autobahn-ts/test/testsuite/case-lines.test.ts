import { stripVTControlCharacters } from 'node:util'
import type { Report, ReportRow } from '@autobahn-ts/testsuite'
import { describe, expect, it } from 'vitest'
import { CaseLines, hasFailure } from '../../src/testsuite/case-lines.ts'

describe('CaseLines', () => {
  it('writes a line per case without a terminal, with the reason of a failure', () => {
    const { text, lines } = screen(false)
    lines.caseEnded(row({}), { done: 1, count: 20, elapsed: 100 })
    lines.caseEnded(
      row({ id: '7.1.6', behavior: 'FAILED', behaviorClose: 'UNCLEAN', remoteCloseCode: 1008, remoteCloseReason: 'too many' }),
    )
    expect(text()).toBe(' 1/20 ✓ 1.1.1    OK\n✗ 7.1.6    FAILED, close UNCLEAN why Close code 1008, “too many”.\n')
  })

  it('updates one line on a terminal, with the counts and the time left, and failures above it', () => {
    const { text, lines } = screen(true)
    lines.caseEnded(row({}), { done: 1, count: 20, elapsed: 1000 })
    expect(text()).toContain('19 s left')
    expect(text()).not.toContain('\n')
    lines.caseEnded(row({ behavior: 'FAILED' }), { done: 2, count: 2000, elapsed: 1000 })
    expect(text()).toContain('✗ 1.1.1')
    expect(text()).toContain('1 failed')
    expect(text()).toContain('17 min left')
  })

  it('never wraps a line on a terminal, because it could not be cleared', () => {
    const { text, lines } = screen(true, 24)
    lines.caseEnded(row({}), { done: 1, count: 20, elapsed: 1000 })
    expect(text()).toContain('1.1.1')
    expect(text()).not.toContain('left')
  })

  it('lists failed and non-strict cases at the end, with their pages', () => {
    const { text, lines } = screen(false)
    lines.ended(report(row({}), row({ id: '6.4.1', behavior: 'NON-STRICT', file: 'a_case_6_4_1' })), 'reports')
    expect(text()).toContain('~ 6.4.1    NON-STRICT why Close code 1000.\n  reports/a_case_6_4_1.html\n')
    expect(text()).toContain('a: 2 cases, 1 OK, 1 non-strict\nreport: reports/index.html\n')
    expect(text()).not.toContain('a_case_1_1_1')
  })

  it('counts each failure once, and shows how many are limits of the testee', () => {
    const { text, lines } = screen(false)
    const rows = [row({}), row({ behavior: 'FAILED', behaviorClose: 'FAILED', isLimit: true }), row({ behaviorClose: 'UNCLEAN' })]
    lines.ended(report(...rows), 'reports')
    expect(text()).toContain('a: 3 cases, 1 OK, 2 failed, 1 of them by a limit of the testee\n')
  })

  it('lists at most 50 cases of an agent', () => {
    const { text, lines } = screen(false)
    lines.ended(report(...Array.from({ length: 60 }, (_, n) => row({ id: `1.${n}`, behavior: 'FAILED' }))), 'reports')
    expect(text().match(/✗/g)).toHaveLength(50)
    expect(text()).toContain('… and 10 more\n')
  })

  it('escapes what a testee sends', () => {
    const { raw, lines } = screen(false)
    const hostile = { behavior: 'FAILED', reasons: { behavior: '\u001b[2J', close: '' }, remoteCloseReason: '\u001b[2J' } as const
    lines.caseEnded(row(hostile))
    lines.ended(report(row({ agent: 'a\nb', ...hostile })), 'reports')
    expect(raw()).not.toContain('\u001b[2J')
    expect(raw()).toContain('a\\u{a}b: 1 case, 1 failed\n')
  })
})

describe('hasFailure', () => {
  it.each<[Partial<ReportRow>, boolean, boolean]>([
    [{}, false, false],
    [{ behavior: 'FAILED' }, true, true],
    [{ behaviorClose: 'WRONG CODE' }, true, true],
    [{ behavior: 'NON-STRICT' }, false, true],
    [{ behaviorClose: 'FAILED BY CLIENT' }, false, true],
    [{ behavior: 'UNIMPLEMENTED', behaviorClose: 'UNIMPLEMENTED' }, false, false],
    [{ behavior: 'INFORMATIONAL', behaviorClose: 'INFORMATIONAL' }, false, false],
  ])('%o: %s, and with --fail-on non-strict %s', (parts, failed, strict) => {
    expect(hasFailure(report(row(parts)), 'failed')).toBe(failed)
    expect(hasFailure(report(row(parts)), 'non-strict')).toBe(strict)
  })
})

/** Makes a screen; `text` returns what was written, without colours, which depend on the environment. */
function screen(isTTY: boolean, columns = 120): { text: () => string; raw: () => string; lines: CaseLines } {
  let written = ''
  const write = (text: string): void => {
    written += text
  }
  return { text: () => stripVTControlCharacters(written), raw: () => written, lines: new CaseLines({ isTTY, columns, write }, 'failed') }
}

function row(parts: Partial<ReportRow>): ReportRow {
  return {
    agent: 'a',
    id: '1.1.1',
    number: 1,
    title: 'Does.',
    testee: 'server',
    behavior: 'OK',
    behaviorClose: 'OK',
    reasons: { behavior: 'why', close: 'why' },
    duration: 1,
    remoteCloseCode: 1000,
    remoteCloseReason: '',
    file: 'a_case_1_1_1',
    ...parts,
  }
}

function report(...rows: readonly ReportRow[]): Report {
  return { fuzzer: 'client', created: '', rows, earlier: [], unreachable: [] }
}
