import { join } from 'node:path'
import {
  type FailOn,
  type Finding,
  findingOf,
  findings,
  isFailure,
  type Progress,
  type Report,
  type ReportRow,
  reasonOf,
  tally,
  verdictWords,
} from '@autobahn-ts/testsuite'
import pc from 'picocolors'
import { printable } from '../printable.ts'
import { figureLines } from './figure-lines.ts'

/** The place where progress is shown: standard output, or a test. */
export interface Screen {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): unknown
}

/** Shows cases as they end: on a terminal a line that is updated in place, with failures above it; elsewhere a line per case. */
export class CaseLines {
  readonly #screen: Screen
  readonly #failOn: FailOn
  readonly #counts: Record<Finding, number> = tally([])

  constructor(screen: Screen, failOn: FailOn) {
    this.#screen = screen
    this.#failOn = failOn
  }

  /** Called when a case has ended, with `progress` where the number of cases is known. */
  caseEnded(row: ReportRow, progress?: Progress): void {
    this.#counts[findingOf(row)]++
    if (this.#screen.isTTY !== true) {
      this.#screen.write(`${positionOf(progress)}${verdictLine(row)}\n`)
      return
    }
    if (isFailure(row, this.#failOn)) this.above(verdictLine(row))
    this.#screen.write(`${clearLine}${this.#liveLine(row, progress)}`)
  }

  /** Writes a line that stays; the updated line of a terminal is written below it with the next case. */
  above(line: string): void {
    this.#screen.write(`${this.#screen.isTTY === true ? clearLine : ''}${line}\n`)
  }

  /**
   * Writes the summary: the cases that are not OK, with their pages; the figures of group 9 and of compression; then the sums, one line per
   * agent, and the place of the report.
   */
  ended(report: Report, outdir: string): void {
    if (this.#screen.isTTY === true) this.#screen.write(clearLine)
    for (const rows of byAgent(report)) {
      const agent = printable(rows[0]!.agent)
      const remarkable = rows.filter(row => isFailure(row, 'non-strict'))
      if (remarkable.length > 0) this.#screen.write(`\n${pc.bold(agent)}\n`)
      for (const row of remarkable.slice(0, mostNamed))
        this.#screen.write(`${verdictLine(row)}\n  ${pc.dim(join(outdir, `${row.file}.html`))}\n`)
      if (remarkable.length > mostNamed) this.#screen.write(`… and ${remarkable.length - mostNamed} more\n`)
    }
    for (const line of figureLines(report)) this.#screen.write(`${line}\n`)
    this.#screen.write('\n')
    for (const rows of byAgent(report)) this.#screen.write(`${printable(rows[0]!.agent)}: ${sums(rows)}\n`)
    for (const { agent, reason } of report.unreachable)
      this.#screen.write(`${pc.red(`${printable(agent)}: not tested, ${printable(reason)}`)}\n`)
    this.#screen.write(`report: ${join(outdir, 'index.html')}\n`)
  }

  #liveLine(row: ReportRow, progress: Progress | undefined): string {
    const others = findings.filter(finding => finding !== 'ok' && this.#counts[finding] > 0)
    const counts = others.map(finding => colour(finding)(`${this.#counts[finding]} ${finding}`)).join(', ')
    const parts = [
      `${positionOf(progress)}${row.id.padEnd(8)} ${colour(findingOf(row))(verdictWords(row))}`,
      ...(counts === '' ? [] : [counts]),
      ...(progress === undefined || progress.done === progress.count ? [] : [pc.dim(timeLeft(progress))]),
    ]
    return fitting(parts, this.#screen.columns ?? 80)
  }
}

/** Whether a run counts as failed. So does a run in which a server could not be reached, or no case was played. */
export function hasFailure({ rows, unreachable }: Report, failOn: FailOn): boolean {
  return rows.length === 0 || unreachable.length > 0 || rows.some(row => isFailure(row, failOn))
}

function positionOf(progress: Progress | undefined): string {
  return progress === undefined ? '' : `${String(progress.done).padStart(String(progress.count).length)}/${progress.count} `
}

/** Returns a sign, the case and the verdict, and the reason where it is not OK. */
function verdictLine(row: ReportRow): string {
  const finding = findingOf(row)
  const why = finding === 'failed' || finding === 'non-strict' ? ` ${printable(reasonOf(row), 300)}${saidIn(row)}` : ''
  return `${colour(finding)(`${signs[finding]} ${row.id.padEnd(8)} ${verdictWords(row)}`)}${why}`
}

/** Quotes the close frame of a testee, where it may explain the verdict. */
function saidIn({ remoteCloseCode, remoteCloseReason, isLimit }: ReportRow): string {
  // The reason of a limit contains code and words already.
  if (remoteCloseCode === null || isLimit) return ''
  return ` Close code ${remoteCloseCode}${remoteCloseReason ? `, “${printable(remoteCloseReason, 130)}”` : ''}.`
}

function colour(finding: Finding): (text: string) => string {
  return finding === 'ok' ? pc.green : finding === 'failed' ? pc.red : finding === 'non-strict' ? pc.yellow : pc.cyan
}

/** Joins as many parts as fit on the line, because a line that wraps could not be cleared. */
function fitting(parts: readonly string[], columns: number): string {
  let line = ''
  let length = 0
  for (const part of parts) {
    const added = (line === '' ? 0 : 2) + part.replaceAll(colourCodes, '').length
    if (length + added >= columns) break
    line += `${line === '' ? '' : '  '}${part}`
    length += added
  }
  return line
}

function timeLeft({ done, count, elapsed }: Progress): string {
  const seconds = Math.ceil(((elapsed / done) * (count - done)) / 1000)
  return seconds < 60 ? `${seconds} s left` : `${Math.ceil(seconds / 60)} min left`
}

function sums(rows: readonly ReportRow[]): string {
  const counts = tally(rows)
  const parts = findings.filter(finding => counts[finding] > 0).map(finding => `${counts[finding]} ${finding === 'ok' ? 'OK' : finding}`)
  const limits = rows.filter(({ isLimit }) => isLimit === true).length
  const ofThose = limits === 0 ? [] : [`${limits} of them by a limit of the testee`]
  return [`${rows.length} ${rows.length === 1 ? 'case' : 'cases'}`, ...parts, ...ofThose].join(', ')
}

function byAgent({ rows }: Report): ReportRow[][] {
  const agents = new Map<string, ReportRow[]>()
  for (const row of rows) {
    const ofAgent = agents.get(row.agent) ?? []
    agents.set(row.agent, ofAgent)
    ofAgent.push(row)
  }
  return [...agents.values()]
}

const signs: Readonly<Record<Finding, string>> = { ok: '✓', 'non-strict': '~', failed: '✗', unimplemented: '-', informational: 'i' }
const clearLine = '\r\u001b[2K'
// biome-ignore lint/suspicious/noControlCharactersInRegex: the colours of a terminal begin with one
const colourCodes = /\u001b\[\d+m/g
/** The number of cases listed per agent; the report has the others. */
const mostNamed = 50
