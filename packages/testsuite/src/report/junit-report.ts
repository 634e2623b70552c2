import { basename, dirname } from 'node:path'
import type { CaseRecord, ShownEvent } from '../run/case-record.ts'
import { type FailOn, findingOf, isFailure, reasonOf, tally, verdictWords } from './finding.ts'
import { textIn } from './octet-dump.ts'
import { counted } from './quantity.ts'
import { ReportFolder } from './report-folder.ts'
import type { Report, ReportRow, ReportWriter, Unreached } from './report-writer.ts'
import { xmlEscaped } from './xml.ts'

export interface JunitReportOptions {
  /** The file to write. */
  readonly file: string
  /** The finding from which on a case counts as failed. Default: `failed`. */
  readonly failOn?: FailOn
}

/** Writes JUnit XML for continuous integration: one test suite per agent, one test per case. A declined extension is a skipped test. */
export class JunitReport implements ReportWriter {
  readonly #file: string
  readonly #folder: ReportFolder
  readonly #failOn: FailOn
  /** The text of failures, by the file of their rows. */
  readonly #details = new Map<string, string>()

  constructor({ file, failOn = 'failed' }: JunitReportOptions) {
    this.#file = basename(file)
    this.#folder = new ReportFolder(dirname(file))
    this.#failOn = failOn
  }

  async caseEnded(record: CaseRecord, row: ReportRow): Promise<void> {
    this.#details.delete(row.file)
    if (isFailure(row, this.#failOn)) this.#details.set(row.file, details(record))
  }

  async finish({ rows, created, unreachable }: Report): Promise<void> {
    const suites = [...[...byAgent(rows)].map(([agent, ofAgent]) => this.#suite(agent, ofAgent, created)), ...unreachable.map(missingSuite)]
    const sums = `tests="${rows.length + unreachable.length}" failures="${this.#failures(rows)}" errors="${unreachable.length}" skipped="${tally(rows).unimplemented}" time="${seconds(rows)}"`
    await this.#folder.write(
      this.#file,
      `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="WebSocket conformance" ${sums}>\n${suites.join('')}</testsuites>\n`,
    )
  }

  #suite(agent: string, rows: readonly ReportRow[], created: string): string {
    const sums = `tests="${rows.length}" failures="${this.#failures(rows)}" errors="0" skipped="${tally(rows).unimplemented}" time="${seconds(rows)}"`
    return `<testsuite name="${xmlEscaped(agent)}" ${sums} timestamp="${created.slice(0, 19)}">\n${rows.map(row => this.#test(row)).join('')}</testsuite>\n`
  }

  #test(row: ReportRow): string {
    const { agent, id, title } = row
    const open = `<testcase classname="${xmlEscaped(agent)}.${id.split('.', 1)[0]}" name="${xmlEscaped(`${id} ${title}`)}" time="${seconds([row])}"`
    const content = this.#content(row)
    return content === '' ? `${open}/>\n` : `${open}>${content}</testcase>\n`
  }

  #content(row: ReportRow): string {
    const message = xmlEscaped(`${verdictWords(row)}: ${reasonOf(row)}`)
    if (isFailure(row, this.#failOn))
      return `<failure type="${xmlEscaped(verdictWords(row))}" message="${message}">${xmlEscaped(this.#details.get(row.file) ?? '').replaceAll('&#10;', '\n')}</failure>`
    const finding = findingOf(row)
    if (finding === 'unimplemented') return `<skipped message="${message}"/>`
    return finding === 'ok' ? '' : `<system-out>${message}</system-out>`
  }

  #failures(rows: readonly ReportRow[]): number {
    return rows.filter(row => isFailure(row, this.#failOn)).length
  }
}

/** Describes a server that could not be reached: one test that ended with an error. */
function missingSuite({ agent, url, reason }: Unreached): string {
  const name = xmlEscaped(agent)
  const test = `<testcase classname="${name}" name="${xmlEscaped(`connects to ${url}`)}"><error message="${xmlEscaped(reason)}"/></testcase>`
  return `<testsuite name="${name}" tests="1" failures="0" errors="1" skipped="0">\n${test}\n</testsuite>\n`
}

function details({ expectation, section, behavior, close, accepted, received, ending }: CaseRecord): string {
  return [
    `Expected: ${expectation} (${section})`,
    ...accepted.map(({ behavior: verdict, events }) => `Accepted as ${verdict}: ${events === 'any' ? 'anything' : eventsInWords(events)}`),
    `Received: ${eventsInWords(received)}`,
    `Behavior ${behavior.verdict}: ${behavior.reason}`,
    `Close ${close.verdict}: ${close.reason}`,
    `Close code of the agent: ${ending.received?.code ?? 'none'}${ending.received?.reason ? `, “${ending.received.reason}”` : ''}`,
  ].join('\n')
}

function eventsInWords(events: readonly ShownEvent[]): string {
  if (events.length === 0) return 'no event'
  const more = events.length > mostEvents ? `, and ${events.length - mostEvents} more` : ''
  return events.slice(0, mostEvents).map(eventInWords).join(', ') + more
}

function eventInWords(event: ShownEvent): string {
  switch (event.kind) {
    case 'mark':
      return `[${event.name}]`
    case 'roundTrips':
      return counted(event.count, 'round trip')
    case 'violation':
      return `rule broken: ${event.what}`
    case 'excess':
      return `too much: ${event.what}`
    default: {
      const { kind, payload } = event
      const shown =
        textIn(payload, 60) ??
        (payload.length === 0 ? '' : `0x${payload.head.slice(0, 60)}${payload.head.length > 60 || payload.omitted > 0 ? '…' : ''}`)
      return `${kind} of ${counted(payload.length, 'octet')}${shown === '' ? '' : ` (${shown})`}`
    }
  }
}

function byAgent(rows: readonly ReportRow[]): Map<string, ReportRow[]> {
  const agents = new Map<string, ReportRow[]>()
  for (const row of rows) {
    const ofAgent = agents.get(row.agent) ?? []
    agents.set(row.agent, ofAgent)
    ofAgent.push(row)
  }
  return agents
}

function seconds(rows: readonly ReportRow[]): string {
  return (rows.reduce((sum, { duration }) => sum + duration, 0) / 1000).toFixed(3)
}

const mostEvents = 10
