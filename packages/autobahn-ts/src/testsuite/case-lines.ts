import type { Progress, Report, ReportRow } from '@autobahn-ts/testsuite'
import pc from 'picocolors'
import { printable } from '../printable.ts'
import type { FailOn } from './case-flags.ts'
import { figureLines } from './figure-lines.ts'

/** Where progress is told: standard output, or a test. */
export interface Screen {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): unknown
}

/** Tells of cases as they end: on a terminal a line that stays where it is, with what went wrong above it; elsewhere a line per case. */
export class CaseLines {
  readonly #screen: Screen
  readonly #failOn: FailOn

  constructor(screen: Screen, failOn: FailOn) {
    this.#screen = screen
    this.#failOn = failOn
  }

  /** `progress` where it is known how many cases there will be. */
  caseEnded(row: ReportRow, progress?: Progress): void {
    const position = progress === undefined ? '' : `${String(progress.done).padStart(String(progress.count).length)}/${progress.count} `
    const line = `${position}${row.id.padEnd(8)} ${verdictOf(row)}`
    if (this.#screen.isTTY !== true) {
      this.#screen.write(`${line}${isFailure(row, this.#failOn) ? ` ${printable(reasonOf(row), 300)}` : ''}\n`)
      return
    }
    if (isFailure(row, this.#failOn))
      this.#screen.write(`${clearLine}${pc.red('✗')} ${row.id.padEnd(8)} ${verdictOf(row)} ${printable(reasonOf(row), 300)}\n`)
    this.#screen.write(`${clearLine}${line}${progress === undefined ? '' : pc.dim(`  ${timeLeft(progress)}`)}`)
  }

  /** The figures of group 9 and of compression, where there are any; then the sums, one line per agent. */
  ended(report: Report): void {
    if (this.#screen.isTTY === true) this.#screen.write(clearLine)
    for (const line of figureLines(report)) this.#screen.write(`${line}\n`)
    for (const [agent, rows] of byAgent(report)) this.#screen.write(`${printable(agent)}: ${sums(rows)}\n`)
  }
}

/** Whether a run counts as failed. */
export function hasFailure({ rows }: Report, failOn: FailOn): boolean {
  return rows.some(row => isFailure(row, failOn))
}

/** A verdict on the close counts as well; where the server left it to the client to end TCP, that is the lesser way. */
function isFailure({ behavior, behaviorClose }: ReportRow, failOn: FailOn): boolean {
  if (behavior === 'FAILED' || closeFailures.has(behaviorClose)) return true
  return failOn === 'non-strict' && (behavior === 'NON-STRICT' || behaviorClose === 'FAILED BY CLIENT')
}

function verdictOf({ behavior, behaviorClose }: ReportRow): string {
  const words = behavior === behaviorClose ? behavior : `${behavior}, close ${behaviorClose}`
  if (behavior === 'FAILED' || closeFailures.has(behaviorClose)) return pc.red(words)
  return behavior === 'OK' && behaviorClose === 'OK' ? pc.green(words) : pc.yellow(words)
}

function reasonOf({ behavior, reasons }: ReportRow): string {
  return behavior === 'OK' ? reasons.close : reasons.behavior
}

function timeLeft({ done, count, elapsed }: Progress): string {
  if (done === count) return ''
  const seconds = Math.ceil(((elapsed / done) * (count - done)) / 1000)
  return seconds < 60 ? `${seconds} s left` : `${Math.ceil(seconds / 60)} min left`
}

function sums(rows: readonly ReportRow[]): string {
  const counts = new Map<string, number>()
  for (const { behavior, behaviorClose } of rows) {
    const words = behavior !== 'FAILED' && closeFailures.has(behaviorClose) ? `close ${behaviorClose}` : behavior
    counts.set(words, (counts.get(words) ?? 0) + 1)
  }
  const limits = rows.filter(({ isLimit }) => isLimit === true).length
  return [
    `${rows.length} cases`,
    ...[...counts].map(([words, count]) => `${count} ${words}`),
    ...(limits === 0 ? [] : [`of those ${limits} by a limit of the testee`]),
  ].join(', ')
}

function byAgent({ rows }: Report): Map<string, ReportRow[]> {
  const agents = new Map<string, ReportRow[]>()
  for (const row of rows) agents.set(row.agent, [...(agents.get(row.agent) ?? []), row])
  return agents
}

const closeFailures: ReadonlySet<string> = new Set(['FAILED', 'WRONG CODE', 'UNCLEAN'])
const clearLine = '\r\u001b[2K'
