import { difference, keptGain, median, ratio } from '../statistics.mjs'
import { keptGains, leastKept, targets } from '../targets.mjs'

/**
 * @typedef {{ readonly peer: string, readonly figures: readonly number[], readonly more: Readonly<Record<string, number | string>> }} Measured
 * @typedef {{ readonly name: string, readonly unit: string, readonly what: string, readonly isMemory: boolean,
 *   readonly failed: Readonly<Record<string, string>>, readonly peers: readonly Measured[] }} Result
 * @typedef {{ readonly machine: string, readonly rounds: number, readonly seconds: number, readonly versions: Readonly<Record<string, string>>,
 *   readonly left: Readonly<Record<string, string>>, readonly results: readonly Result[] }} Report
 */

/**
 * Makes a Markdown page of the results.
 *
 * @param {Report} report
 */
export function markdown(report) {
  const { machine, versions, left, results, rounds, seconds } = report
  return [
    '# Benchmark',
    '',
    `Measured on: ${machine}.`,
    '',
    `Medians of ${rounds} rounds of ${seconds} s (memory: of ${Math.min(rounds, 3)} fresh servers), lower is better; the lowest and the highest round are shown beside them.`,
    'Ratios are medians of the ratios round by round. How it is measured and how to read it: [bench/README.md](../../bench/README.md).',
    '',
    '![cost as a share of what ws costs](latest.svg)',
    '',
    '## Targets',
    '',
    targetTable(results),
    '',
    ...dropIn(results),
    ...results.flatMap(section),
    '## Versions',
    '',
    ...Object.entries(versions).map(([name, version]) => `- ${name}: ${version}`),
    ...Object.entries(left).map(([name, why]) => `- left out: ${name}, ${why}`),
    '',
  ].join('\n')
}

/**
 * Makes the summary for the terminal.
 *
 * @param {Report} report
 */
export function summary({ results, left }) {
  const failures = results.flatMap(({ name, failed }) => Object.entries(failed).map(([peer, why]) => `${name}: ${peer} FAILED, ${why}`))
  const out = Object.entries(left).map(([name, why]) => `left out: ${name}, ${why}`)
  const costs = results.flatMap(({ name, unit, peers }) => [
    `${name}, ${unit}`,
    ...peers.map(({ peer, figures }) => `  ${peer.padEnd(26)}${shown(median(figures)).padStart(9)}`),
  ])
  return [...costs, '', targetTable(results), '', ...dropIn(results), ...out, ...failures].join('\n')
}

/**
 * @param {readonly Result[]} results
 */
export function targetTable(results) {
  const rows = targets.flatMap(target => {
    const result = results.find(({ name }) => name === target.load)
    const value = result && against(result.peers, 'autobahn-ts', target.against, target.kind)
    if (value === undefined) return []
    const [bound, is] =
      target.kind === 'ratio' ? [`≤ ${target.bound}`, value.toFixed(2)] : [`≤ +${target.bound} ${result.unit}`, signed(value)]
    return [[target.load, target.against, bound, is, noiseOf(result.peers), value <= target.bound ? 'yes' : '**no**']]
  })
  if (rows.length === 0) return 'There are no targets for these loads and peers.'
  return table(['load', 'against', 'target', 'is', 'noise', 'met'], rows)
}

/**
 * Returns the section about the drop-in for `ws`; nothing if none of its loads was measured.
 *
 * @param {readonly Result[]} results
 */
function dropIn(results) {
  const rows = results.flatMap(gainRow)
  if (rows.length === 0) return []
  return [
    '## The drop-in for ws',
    '',
    `The gain is what the library costs less than \`${base}\`. The drop-in should keep at least ${percent(leastKept)} of it.`,
    '',
    table(['load', 'ws', 'the drop-in', 'the library', 'target', 'keeps', 'met'], rows),
    '',
  ]
}

/**
 * @param {Result} result
 */
function gainRow({ name, unit, peers }) {
  if (!keptGains.includes(name)) return []
  const [library, stand, theirs] = ['autobahn-ts', 'autobahn-ts as ws', base].map(wanted => peers.find(one => one.peer === wanted)?.figures)
  if (library === undefined || stand === undefined || theirs === undefined) return []
  const kept = keptGain(stand, library, theirs)
  const costs = [theirs, stand, library].map(figures => `${shown(median(figures))} ${unit}`)
  return [[name, ...costs, `≥ ${percent(leastKept)}`, percent(kept), kept >= leastKept ? 'yes' : '**no**']]
}

/**
 * @param {number} share
 */
function percent(share) {
  return `${Math.round(share * 100)} %`
}

/**
 * @param {readonly Measured[]} peers
 * @param {string} name
 * @param {string} other
 * @param {'ratio' | 'difference'} kind
 */
export function against(peers, name, other, kind = 'ratio') {
  const [ours, theirs] = [name, other].map(wanted => peers.find(one => one.peer === wanted)?.figures)
  if (ours === undefined || theirs === undefined) return undefined
  return kind === 'ratio' ? ratio(ours, theirs) : difference(ours, theirs)
}

/**
 * @param {Result} result
 */
function section({ name, unit, what, peers, failed }) {
  const extras = Object.keys(peers[0]?.more ?? {})
  const others = yardsticks.filter(other => peers.some(one => one.peer === other))
  const head = ['', unit, 'rounds', ...others.map(other => `of ${other}`), ...extras]
  const rows = peers.map(({ peer, figures, more }) => [
    peer,
    `**${shown(median(figures))}**`,
    `${shown(Math.min(...figures))} to ${shown(Math.max(...figures))}`,
    ...others.map(other => against(peers, peer, other)?.toFixed(2) ?? ''),
    ...extras.map(extra => cell(more[extra])),
  ])
  const noise = noiseOf(peers)
  return [
    `## ${name}`,
    '',
    `${what[0]?.toUpperCase()}${what.slice(1)}, in ${unit}.`,
    '',
    table(head, rows),
    '',
    ...(noise === '' ? [] : [`Noise: \`autobahn-ts\` measured twice differs by ${noise}.`, '']),
    ...Object.entries(failed).map(([peer, why]) => `Not measured: ${peer}. ${why}\n`),
  ]
}

/**
 * Returns the difference of a server from itself.
 *
 * @param {readonly Measured[]} peers
 */
function noiseOf(peers) {
  const again = against(peers, 'autobahn-ts again', 'autobahn-ts')
  return again === undefined ? '' : `${(Math.abs(again - 1) * 100).toFixed(1)} %`
}

/**
 * Makes a table whose first column is text and whose others are numbers.
 *
 * @param {readonly string[]} head
 * @param {readonly (readonly string[])[]} rows
 */
function table(head, rows) {
  const isNumeric = head.map((_, at) => at > 0 && rows.every(row => /^$|^[*≤≥+−-]*[\s\d]/.test(row[at] ?? '')))
  return [head, isNumeric.map(numeric => (numeric ? '---:' : '---')), ...rows].map(cells => `| ${cells.join(' | ')} |`).join('\n')
}

/**
 * @param {number | string | undefined} value
 */
function cell(value) {
  return typeof value === 'number' && value >= 10_000 ? value.toLocaleString('en') : String(value ?? '')
}

/**
 * Formats a number with three significant digits.
 *
 * @param {number} value
 */
export function shown(value) {
  const size = Math.abs(value)
  return value.toFixed(size < 10 ? 2 : size < 100 ? 1 : 0)
}

/**
 * @param {number} value
 */
function signed(value) {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(2)}`
}

/** The form of `ws` that is compared with. */
const base = 'ws + bufferutil'
const yardsticks = [base, 'uWebSockets.js', 'net']
