import { describe, expect, it } from 'vitest'
import type { Case, Step } from '../../src/cases/case.ts'
import { catalogue, groups } from '../../src/cases/catalogue.ts'
import { isClassic } from '../../src/cases/selection.ts'

/** The number of cases in each group of the Autobahn Testsuite. */
const counts: Readonly<Record<number, number>> = { 1: 16, 2: 11, 3: 7, 4: 10, 5: 20, 6: 145, 7: 37, 9: 54, 10: 1, 12: 90, 13: 126 }

/** The number of cases in the groups beyond it. They may grow, but not by accident. */
const extraCounts: Readonly<Record<number, number>> = { 20: 218, 21: 32, 22: 17, 23: 45, 24: 101, 25: 49 }

describe('the catalogue', () => {
  it('has as many cases in each group as the Autobahn Testsuite', () => {
    for (const { number, cases } of groups)
      expect(cases, `group ${number}`).toHaveLength(counts[number] ?? extraCounts[number] ?? Number.NaN)
  })

  it('has the 517 cases of the Autobahn Testsuite', () => {
    expect(groups.filter(({ number }) => number in counts)).toHaveLength(11)
    expect(catalogue.filter(({ id }) => Number(id.split('.')[0]) <= 13)).toHaveLength(517)
  })

  it('gives each case a unique number that begins with its group', () => {
    expect(new Set(catalogue.map(({ id }) => id)).size).toBe(catalogue.length)
    for (const { number, cases } of groups) expect(cases.filter(({ id }) => !new RegExp(`^${number}(\\.\\d+){1,2}$`).test(id))).toEqual([])
  })

  it('counts the cases of each subgroup from 1', () => {
    const last = new Map<string, number>()
    for (const { id } of catalogue) {
      const [, subgroup = '', number] = /^(.*)\.(\d+)$/.exec(id) ?? []
      expect(Number(number), id).toBe((last.get(subgroup) ?? 0) + 1)
      last.set(subgroup, Number(number))
    }
  })

  it('describes for each case what it does, what it expects, and the section of the standard', () => {
    expect(catalogue.filter(({ title, expectation }) => !/^[A-Z].*\.$/.test(title) || !/^[A-Z].*\.$/.test(expectation))).toEqual([])
    expect(catalogue.filter(({ section }) => !/^RFC \d{4} §[\d.]+/.test(section))).toEqual([])
  })

  it('ends each case by closing, or by waiting for the testee to fail the connection', () => {
    expect(catalogue.filter(({ id }) => isClassic(id)).filter(each => !closesOnce(each))).toEqual([])
    expect(catalogue.filter(({ steps }) => !steps.some(ends)).map(({ id }) => id)).toEqual([])
  })

  it('defines the accepted ends of each special opening handshake', () => {
    const openings = catalogue.filter(({ opening }) => opening !== undefined)
    expect(openings.filter(({ testee, opening }) => testee === undefined || Object.keys(opening?.accepted ?? {}).length === 0)).toEqual([])
    expect(openings.filter(({ testee, opening }) => testee === 'client' && opening?.request !== undefined)).toEqual([])
    expect(openings.filter(({ testee, opening }) => testee === 'server' && opening?.response !== undefined)).toEqual([])
  })

  it('sends 65,536 octets in 51 frames in 10.1.1', () => {
    const step = catalogue.find(({ id }) => id === '10.1.1')?.steps[0]
    expect(step?.step === 'send' && step.frames.map(({ opcode, fin }) => [opcode, fin])).toEqual([
      [1, false],
      ...Array(49).fill([0, false]),
      [0, true],
    ])
  })
})

/** A step that sends a close frame, right or wrong, or waits for the end. */
function ends(step: Step): boolean {
  return step.step === 'close' || step.step === 'failure' || (step.step === 'send' && step.frames.some(({ opcode }) => opcode === 8))
}

function closesOnce({ steps, close }: Case): boolean {
  const count = (name: Step['step']): number => steps.filter(({ step }) => step === name).length
  return close.by === 'testee' ? count('failure') === 1 && count('close') === 0 : count('close') + count('failure') === 1
}
