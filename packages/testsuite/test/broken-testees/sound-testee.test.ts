import { describe, expect, it } from 'vitest'
import type { Case } from '../../src/cases/case.ts'
import { catalogue } from '../../src/cases/catalogue.ts'
import type { ReportRow } from '../../src/report/report-writer.ts'
import { runClient, runServer } from './run-testees.ts'
import type { Side } from './testee.ts'

/** The cases without those that measure time or keep the machine busy: 9, 12, 13, and those that run alone. */
const quick: readonly string[] = catalogue.filter(isQuick).map(({ id }) => id)

describe('a testee without faults passes all cases', () => {
  it('as a server', async () => {
    expect(blamed(await runServer({}, quick), 'server')).toEqual([])
  })

  it('as a client', async () => {
    expect(blamed(await runClient({}, quick), 'client')).toEqual([])
  })
})

function blamed(rows: readonly ReportRow[], side: Side): string[] {
  expect(rows).toHaveLength(catalogue.filter(each => isQuick(each) && (each.testee ?? side) === side).length)
  const isBlamed = ({ behavior, behaviorClose }: ReportRow): boolean =>
    behavior === 'FAILED' || !['OK', 'INFORMATIONAL'].includes(behaviorClose)
  return rows.filter(isBlamed).map(({ id, title, reasons }) => `${id} ${title} ${reasons.behavior} ${reasons.close}`)
}

function isQuick({ id, alone }: Case): boolean {
  return alone !== true && !/^(9|12|13)\./.test(id)
}
