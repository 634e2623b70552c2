import type { ReportRow } from './report-writer.ts'

/** The worse of both verdicts of a case, in one word: reports count, colour and filter by it. */
export type Finding = 'ok' | 'non-strict' | 'informational' | 'unimplemented' | 'failed'

/** The finding from which on a run counts as failed. */
export type FailOn = 'failed' | 'non-strict'

/** All findings, in the order in which reports name them. */
export const findings: readonly Finding[] = ['ok', 'non-strict', 'failed', 'unimplemented', 'informational']

type Verdicts = Pick<ReportRow, 'behavior' | 'behaviorClose'>

/**
 * Returns the finding for two verdicts. A wrong close is a failure as well; a server that leaves it to the client to end TCP is non-strict.
 */
export function findingOf({ behavior, behaviorClose }: Verdicts): Finding {
  if (behavior === 'FAILED' || closeFailures.has(behaviorClose)) return 'failed'
  if (behavior === 'NON-STRICT' || behaviorClose === 'FAILED BY CLIENT') return 'non-strict'
  if (behavior === 'OK') return 'ok'
  return behavior === 'UNIMPLEMENTED' ? 'unimplemented' : 'informational'
}

/** Whether a case makes a run fail. */
export function isFailure(row: Verdicts, failOn: FailOn): boolean {
  const finding = findingOf(row)
  return finding === 'failed' || (failOn === 'non-strict' && finding === 'non-strict')
}

/** Counts the rows by finding. */
export function tally(rows: readonly Verdicts[]): Record<Finding, number> {
  const counts = { ok: 0, 'non-strict': 0, failed: 0, unimplemented: 0, informational: 0 }
  for (const row of rows) counts[findingOf(row)]++
  return counts
}

/** Both verdicts as text; the verdict on the close is left out if it adds nothing. */
export function verdictWords({ behavior, behaviorClose }: Verdicts): string {
  return behaviorClose === behavior || behaviorClose === 'OK' ? behavior : `${behavior}, close ${behaviorClose}`
}

/** Returns the reason for the finding. */
export function reasonOf({ behavior, behaviorClose, reasons }: ReportRow): string {
  const isOfClose = behavior !== 'FAILED' && (closeFailures.has(behaviorClose) || (behavior === 'OK' && behaviorClose !== 'OK'))
  return isOfClose ? reasons.close : reasons.behavior
}

const closeFailures: ReadonlySet<string> = new Set(['FAILED', 'WRONG CODE', 'UNCLEAN'])
