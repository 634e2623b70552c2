import pc from 'picocolors'
import { printable } from '../printable.ts'
import type { NameFacts, SessionFacts } from './realm-source.ts'
import type { Change, RealmView, Shown } from './realm-view.ts'
import type { Counts } from './traffic-rates.ts'

/** The parts of a view that are shown. */
export type ShownView = Pick<RealmView, 'traffic' | 'change' | 'sessions' | 'topics' | 'procedures' | 'changes' | 'missing'>

/** The frame of a view: what is watched, and the size of the terminal. */
export interface ScreenFrame {
  readonly url: string
  readonly realm: string
  /** Whether there is a session now. */
  readonly isJoined: boolean
  readonly columns: number
  readonly rows: number
}

/** Writes a view as lines, at most as many as fit, none of them longer than the terminal is wide. */
export function screenLines(view: ShownView, frame: ScreenFrame): string[] {
  const { columns, rows } = frame
  const head = [...headLines(view, frame), '', ...rateLines(view), '']
  const tables = [
    table('sessions', view.sessions, sessionCells),
    table('topics', view.topics, nameCells('subscriber')),
    table('procedures', view.procedures, nameCells('callee')),
    { title: 'last changes', rows: view.changes.map(changeCells), others: 0 },
  ].filter(({ rows: all, others }) => all.length + others > 0)
  const lines = [...head, ...tableLines(tables, Math.max(0, rows - head.length))]
  return lines.slice(0, rows).map(line => cut(line, columns))
}

function headLines({ traffic, sessions, topics, procedures, missing }: ShownView, { url, realm, isJoined }: ScreenFrame): string[] {
  const state = isJoined ? '' : '  (lost, trying again)'
  const numbers = [
    `sessions ${traffic?.sessions ?? countOf(sessions)}`,
    `topics ${traffic?.subscriptions ?? countOf(topics)}`,
    `procedures ${traffic?.registrations ?? countOf(procedures)}`,
  ]
  const waiting =
    traffic === undefined
      ? []
      : [
          `octets that wait for slow readers ${amount(traffic.outbox.octets)}   most of one session ${amount(traffic.outbox.highest_octets)}`,
        ]
  const note = missing.length === 0 ? [] : [`not shown, because the role may not: ${missing.map(name => printable(name)).join(', ')}`]
  return [`${printable(realm)} at ${printable(url)}${state}   Ctrl-C stops`, numbers.join('   '), ...waiting, ...note]
}

function rateLines({ traffic, change }: ShownView): string[] {
  if (traffic === undefined) return []
  if (change === undefined) return ['messages in a second: after the next reading']
  const perSecond = (counts: Counts): string[] =>
    Object.entries(counts)
      .toSorted(([, one], [, other]) => other - one)
      .map(([name, count]) => `${printable(name)} ${amount(count / change.seconds)}`)
  const all = Object.entries(traffic.dropped).filter(([, count]) => count > 0)
  const dropped = all.map(
    ([reason, count]) => `${printable(reason)} ${amount((change.dropped[reason] ?? 0) / change.seconds)} (${amount(count)} in all)`,
  )
  return [
    `received in a second   ${perSecond(change.received).join('  ') || 'nothing'}`,
    `sent in a second       ${perSecond(change.sent).join('  ') || 'nothing'}`,
    `dropped in a second    ${dropped.join('  ') || 'nothing'}`,
  ]
}

interface Table {
  readonly title: string
  readonly rows: readonly (readonly string[])[]
  readonly others: number
}

function table<Facts>(title: string, { facts, others }: Shown<Facts>, cells: (facts: Facts) => readonly string[]): Table {
  return { title, rows: facts.map(cells), others }
}

/** Gives each table its share of the rows. What one does not need is there for those after it. */
function tableLines(tables: readonly Table[], rows: number): string[] {
  let left = rows
  return tables.flatMap((each, n) => {
    const share = Math.floor(left / (tables.length - n))
    const lines = linesOf(each, share)
    left -= lines.length
    return lines
  })
}

function linesOf({ title, rows, others }: Table, most: number): string[] {
  // a title, a blank line at the end, and at least one row, or nothing at all
  if (most < 3) return []
  const isCut = rows.length + 2 > most || others > 0
  const shown = rows.slice(0, Math.max(0, isCut ? most - 3 : most - 2))
  const widths = shown.reduce<number[]>((widest, cells) => cells.map((cell, n) => Math.max(widest[n] ?? 0, cell.length)), [])
  const body = shown.map(cells => `  ${cells.map((cell, n) => cell.padEnd(widths[n]!)).join('  ')}`.trimEnd())
  const rest = rows.length - shown.length + others
  return [pc.bold(title), ...body, ...(rest > 0 ? [`  and ${amount(rest)} more`] : []), '']
}

function sessionCells({ session, authid, authrole, transport, _outbox }: SessionFacts): readonly string[] {
  const troubles = [
    [_outbox?.octets, 'octets wait'],
    [_outbox?.dropped_events, 'events dropped'],
    [_outbox?.refused_messages, 'calls refused'],
  ] as const
  const told = troubles
    .filter(([count]) => typeof count === 'number' && count > 0)
    .map(([count, what]) => `${amount(count as number)} ${what}`)
  return [String(session), text(authid), text(authrole), text(transport?.type), text(transport?.peer), told.join(', ')]
}

function nameCells(what: string): (facts: NameFacts) => readonly string[] {
  return ({ uri, match, count }) => [text(uri), text(match), `${amount(count)} ${what}${count === 1 ? '' : 's'}`]
}

function changeCells({ topic, args, time }: Change): readonly string[] {
  return [new Date(time).toISOString().slice(11, 19), topic.replace(/^wamp\./, ''), args.map(shownValue).join('  ')]
}

/** Writes a value of an event: of a dictionary those facts by which people know a session or a name. */
function shownValue(value: unknown): string {
  if (typeof value !== 'object' || value === null) return text(value)
  const facts = value as Readonly<Record<string, unknown>>
  return ['session', 'authid', 'authrole', 'uri', 'match']
    .flatMap(name => (facts[name] === undefined ? [] : [text(facts[name])]))
    .join('  ')
}

function text(value: unknown): string {
  return value === undefined || value === null ? '' : printable(String(value), 80)
}

function countOf({ facts, others }: Shown<unknown>): number {
  return facts.length + others
}

/** Writes a number as people read it: without parts where it is large. */
function amount(number: number): string {
  return number.toLocaleString('en', { maximumFractionDigits: number < 10 ? 1 : 0 })
}

/** Cuts a line that is longer than the terminal is wide. Sequences that colour a line have no width. */
function cut(line: string, columns: number): string {
  if (line.replaceAll(colours, '').length <= columns) return line
  return `${line.replaceAll(colours, '').slice(0, Math.max(0, columns - 1))}…`
}

const colours = new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, 'g')
