import { describe, expect, it } from 'vitest'
import type { Opening } from '../../src/cases/case.ts'
import type { Verdicts } from '../../src/run/judge.ts'
import { atMost, judgeOpening, type OpeningResult } from '../../src/run/judge-opening.ts'

describe('judgeOpening', () => {
  const refused: Opening = { accepted: { refused: 'OK', dropped: 'NON-STRICT' } }
  it.each<[Opening, OpeningResult, string]>([
    [refused, { end: 'refused', status: 400 }, 'OK'],
    [refused, { end: 'refused', status: 500 }, 'NON-STRICT'],
    [refused, { end: 'refused', status: 200 }, 'FAILED'],
    [{ ...refused, statuses: [200, 499] }, { end: 'refused', status: 200 }, 'OK'],
    [refused, { end: 'refused', status: 400, problem: 'no list of versions' }, 'FAILED'],
    [refused, { end: 'dropped' }, 'NON-STRICT'],
    [refused, { end: 'silent' }, 'FAILED'],
    [refused, { end: 'opened' }, 'FAILED'],
    [refused, { end: 'malformed', problem: 'no HTTP' }, 'FAILED'],
    [refused, { end: 'closed' }, 'NON-STRICT'],
    [{ accepted: { opened: 'OK' } }, { end: 'closed' }, 'FAILED'],
    [{ accepted: { silent: 'INFORMATIONAL' } }, { end: 'silent' }, 'INFORMATIONAL'],
  ])('%o, %o: %s', (opening, result, verdict) => {
    expect(judgeOpening(opening, result).behavior.verdict).toBe(verdict)
  })

  it('gives no separate verdict on the close of a lesser end', () => {
    expect(judgeOpening(refused, { end: 'dropped' }).close.verdict).toBe('OK')
  })
})

describe('atMost', () => {
  const fine: Verdicts = { behavior: { verdict: 'OK', reason: 'fine' }, close: { verdict: 'OK', reason: 'fine' } }
  const failed: Verdicts = { ...fine, behavior: { verdict: 'FAILED', reason: 'no echo' } }

  it('lowers OK to the verdict of the opening, and leaves a failure', () => {
    expect(atMost(fine, 'NON-STRICT').behavior.verdict).toBe('NON-STRICT')
    expect(atMost(fine, 'OK')).toBe(fine)
    expect(atMost(fine, undefined)).toBe(fine)
    expect(atMost(failed, 'NON-STRICT')).toBe(failed)
  })
})
