import { describe, expect, it } from 'vitest'
import { catalogue } from '../../src/cases/catalogue.ts'
import type { ReportRow } from '../../src/report/report-writer.ts'
import { type BrokenTestee, brokenTestees } from './broken-testees.ts'
import { runClient, runServer } from './run-testees.ts'
import type { Side } from './testee.ts'

const sides = brokenTestees.flatMap(broken =>
  (['server', 'client'] as const).filter(side => (broken.side ?? side) === side).map(side => ({ broken, side })),
)

describe('a broken testee is found by each of the cases that should find it', () => {
  it.concurrent.each(sides.map(({ broken, side }) => [`a ${side} that ${broken.fault}`, broken, side] as const))(
    '%s',
    async (_, broken, side) => {
      const rows = await run(broken, side)
      expect(rows.map(({ id }) => id).sort()).toEqual([...casesFor(broken, side)].sort())
      expect(rows.filter(row => !isFound(row, broken)).map(({ id, reasons }) => `${id}: ${reasons.behavior} ${reasons.close}`)).toEqual([])
    },
  )
})

describe('the table of broken testees', () => {
  it('has a case for each of them on each side', () => {
    expect(sides.filter(({ broken, side }) => casesFor(broken, side).length === 0).map(({ broken }) => broken.fault)).toEqual([])
    expect(new Set(brokenTestees.map(({ fault }) => fault)).size).toBe(brokenTestees.length)
  })
})

function run(broken: BrokenTestee, side: Side): Promise<readonly ReportRow[]> {
  const cases = casesFor(broken, side)
  return side === 'server' ? runServer(broken.make, cases) : runClient(broken.make, cases)
}

/** Returns the cases of a row that are for this side. */
function casesFor({ foundBy }: BrokenTestee, side: Side): string[] {
  return foundBy.filter(id => {
    const found = catalogue.find(each => each.id === id)
    if (found === undefined) throw new Error(`there is no case ${id}`)
    return (found.testee ?? side) === side
  })
}

function isFound({ behavior, behaviorClose }: ReportRow, { verdict }: BrokenTestee): boolean {
  if (verdict === 'NON-STRICT') return behavior === 'NON-STRICT'
  return behavior === 'FAILED' || ['FAILED', 'WRONG CODE', 'UNCLEAN', 'FAILED BY CLIENT'].includes(behaviorClose)
}
