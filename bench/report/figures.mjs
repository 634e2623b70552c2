import { median } from '../statistics.mjs'
import { routerFigures } from './router-figures.mjs'
import { against, shown } from './table.mjs'

/**
 * Computes the figures that the documents quote, by the names of their marks, from the results of the programs of this folder.
 *
 * A load that is missing in the results is an `Error`. A peer that is missing has an empty cell.
 *
 * @param {Results} results
 * @returns {Record<string, string>}
 */
export function figuresOf({ bench, slices, stream, wamp, wampTexts, bombs, channels, codecs, bundles, ...router }) {
  return {
    'bench machine': bench.machine,
    'bench noise': noise(bench),
    echoes: echoes(bench),
    slices: longestTurns(slices),
    stream: streaming(stream),
    'memory of connections': measuredOn(bench.machine, connections(bench)),
    'memory of codecs': measuredOn(codecs.machine, codecTable(codecs)),
    'memory at maxConnections': `${inMiB(50_000 * kibibytes(bench, idle))} MiB`,
    'memory at maxContexts': `${inMiB(512 * codec(codecs, 'the defaults here').hundred)} MiB`,
    wamp: measuredOn(wamp.machine, wampTable(wamp)),
    'wamp targets': wampTargets(wamp),
    'wamp texts': longestTexts(wampTexts),
    bombs: measuredOn(bombs.machine, bombTable(bombs)),
    channels: measuredOn(channels.machine, channelTable(channels)),
    'channels targets': channelTargets(channels),
    ...routerFigures(router),
    ...Object.fromEntries(bundles.results.flatMap(bundleFigures)),
  }
}

/**
 * @param {import('./table.mjs').Report} bench
 */
function echoes(bench) {
  const columns = ['autobahn-ts', 'autobahn-ts functions', 'ws + bufferutil', 'uWebSockets.js', 'Bun.serve', 'net']
  const names = ['autobahn-ts, classes', 'autobahn-ts, functions', ...columns.slice(2)]
  const rows = Object.entries(echoRows).map(([name, label]) => [label, ...columns.map(peer => cellOf(bench, name, peer))])
  return table(['connections × in flight × octets', ...names], rows)
}

/**
 * @param {import('./table.mjs').Report} bench
 */
function noise(bench) {
  const all = Object.keys(echoRows).flatMap(name => {
    const share = against(load(bench, name).peers, 'autobahn-ts again', 'autobahn-ts')
    return share === undefined ? [] : [100 * Math.abs(share - 1)]
  })
  return all.length === 0 ? 'unknown' : `${Math.min(...all).toFixed(1)} to ${Math.max(...all).toFixed(1)} %`
}

/**
 * @param {Results['slices']} slices
 */
function longestTurns({ times, results }) {
  const rows = results.map(one => [one.name, one.median.toFixed(1), one.worst?.toFixed(1) ?? ''])
  return table(['', `longest turn of the event loop, ms, median of ${times}`, 'the worst'], rows)
}

/**
 * @param {Results['stream']} stream
 */
function streaming({ slow }) {
  const [server, client] = slow.grown.map(octets => (octets / MiB).toFixed(1))
  const sent = Math.round(slow.length / MiB).toLocaleString('en')
  return `${sent} MiB in ${slow.seconds.toFixed(0)} s; the server's resident memory grew by ${server} MiB and the client's by ${client} MiB`
}

/**
 * @param {import('./table.mjs').Report} bench
 */
function connections(bench) {
  const columns = ['autobahn-ts', 'autobahn-ts functions', 'ws + bufferutil', 'uWebSockets.js', 'Bun.serve', 'Deno.serve', 'net']
  const names = ['autobahn-ts, classes', 'autobahn-ts, functions', ...columns.slice(2)]
  const rows = Object.entries(connectionRows).map(([name, label]) => [label, ...columns.map(peer => cellOf(bench, name, peer))])
  return table(['KiB per connection', ...names], rows)
}

/**
 * @param {Results['codecs']} codecs
 */
function codecTable({ results }) {
  const rows = results.map(({ name, first, hundred }) => [name, first.toFixed(0), hundred.toFixed(0)])
  return table(['KiB of each', 'after one message', 'after 100'], rows)
}

/**
 * @param {Results['wamp']} wamp
 */
function wampTable({ results }) {
  const rows = results.map(({ name, wamp, bare, ratio, withJson, beside }) => [
    name,
    ...[wamp, bare, ratio, withJson, beside].map(figure => figure.toFixed(2)),
  ])
  return table(['load', 'WAMP, µs', 'bare, µs', 'ratio', 'bare with JSON, µs', 'beside that, µs'], rows)
}

/**
 * @param {Results['wamp']} wamp
 */
function wampTargets({ results }) {
  const rows = results.flatMap(({ name, targets }) =>
    targets.map(({ what, most, got }) => [name, what, `below ${most}`, got.toFixed(2), got < most ? 'yes' : '**no**']),
  )
  return table(['load', '', 'target', 'is', 'met'], rows)
}

/**
 * @param {Results['wampTexts']} wampTexts
 */
function longestTexts({ results, target }) {
  const longest = (/** @type {boolean} */ isAllowed) => {
    const all = results.filter(one => one.isAllowed === isAllowed).map(({ name, costs }) => ({ name, cost: median(costs) }))
    const { name, cost } = all.reduce((most, one) => (one.cost > most.cost ? one : most))
    return `${cost.toFixed(1)} ms (${name})`
  }
  return `${longest(true)} within the default limits, and ${longest(false)} above them; at most ${target} ms are wanted`
}

/**
 * @param {Results['bombs']} bombs
 */
function bombTable({ connections, bombSize, sent, results }) {
  const [first] = results
  const said = { ws: 'ws', classes: 'autobahn-ts, classes', functions: 'autobahn-ts, functions', streams: 'autobahn-ts, `streams()`' }
  const rows = results.map(({ server, peak, waited, lost }) => [
    said[server] ?? server,
    `${(peak / 1024).toFixed(0)} MiB`,
    first === undefined ? '' : (peak / first.peak).toFixed(2),
    `${waited.toFixed(0)} ms`,
    String(lost),
  ])
  const head = ['', 'peak of resident memory', 'of ws', 'an innocent message of 1 MiB took', 'connections lost']
  return `${connections} connections, each with one message of ${(sent / 1000).toFixed(1)} kB that becomes ${(bombSize / 1e6).toFixed(0)} MB.\n\n${table(head, rows)}`
}

/**
 * @param {Results['bundles']['results'][number]} bundle
 * @returns {[string, string][]}
 */
function bundleFigures({ entry, what, uses = [], octets, gzip }) {
  if (what === '*') return []
  const name = what.includes(',') ? 'the classes' : what
  const later = what === 'connect' && uses.length > 0 ? ` with ${uses}` : ''
  const of = entry.includes('/wamp/v1/') ? '' : entry.includes('/wamp/') ? ' of WAMP' : ' of WebSocket'
  return [[`bundle of ${name}${later}${of}`, `${kilo(octets)} kB minified (${kilo(gzip)} kB gzip)`]]
}

/**
 * @param {import('./table.mjs').Report} bench
 * @param {string} name
 * @param {string} peer
 */
function cellOf(bench, name, peer) {
  const figures = load(bench, name).peers.find(one => one.peer === peer)?.figures
  return figures === undefined ? '' : shown(median(figures))
}

/**
 * @param {import('./table.mjs').Report} bench
 * @param {string} name
 */
function kibibytes(bench, name) {
  return median(load(bench, name).peers.find(({ peer }) => peer === 'autobahn-ts')?.figures ?? [])
}

/**
 * @param {import('./table.mjs').Report} bench
 * @param {string} name
 */
function load({ results }, name) {
  const found = results.find(one => one.name === name)
  if (found === undefined) throw new Error(`docs/benchmarks/latest.json has no load ${name}: run all of npm run bench`)
  return found
}

/**
 * @param {Results['codecs']} codecs
 * @param {string} part
 */
function codec({ results }, part) {
  const found = results.find(({ name }) => name.includes(part))
  if (found === undefined) throw new Error(`docs/benchmarks/codecs.json has no codec ${part}`)
  return found
}

/**
 * @param {Results['channels']} channels
 */
function channelTable({ results }) {
  const rows = results.flatMap(({ name, peers }) =>
    peers.map(({ kind, servers, broker, median: middle, p99 }) => [
      name,
      kind,
      servers.toFixed(1),
      broker.toFixed(2),
      middle.toFixed(0),
      p99.toFixed(0),
    ]),
  )
  return table(
    ['messages', '', 'CPU of both processes per delivered message, µs', 'of the broker, µs', 'delivered after, ms, median', 'p99'],
    rows,
  )
}

/**
 * @param {Results['channels']} channels
 */
function channelTargets({ results }) {
  const rows = results.flatMap(({ name, targets }) =>
    targets.map(({ what, most, got }) => [name, what, `≤ ${most.toFixed(2)}`, got.toFixed(2), got <= most ? 'yes' : '**no**']),
  )
  return table(['messages', 'share', 'target', 'got', 'met'], rows)
}

/**
 * @param {string} machine
 * @param {string} text
 */
function measuredOn(machine, text) {
  return `Measured on: ${machine}.\n\n${text}`
}

/**
 * @param {readonly string[]} head
 * @param {readonly (readonly string[])[]} rows
 */
function table(head, rows) {
  return [head, head.map(() => '---'), ...rows].map(cells => `| ${cells.join(' | ')} |`).join('\n')
}

/**
 * @param {number} kibibytes
 */
function inMiB(kibibytes) {
  return Math.round(kibibytes / 1024)
}

/**
 * @param {number} octets
 */
function kilo(octets) {
  return (octets / 1000).toFixed(0)
}

/** The loads of the README's table, and their names there. */
const echoRows = {
  '64 × 16 × 20 B': '64 × 16 × 20',
  '64 × 1 × 125 B': '64 × 1 × 125',
  '32 × 16 × 1 KiB': '32 × 16 × 1 KiB',
  '16 × 4 × 16 KiB': '16 × 4 × 16 KiB',
  '8 × 2 × 256 KiB': '8 × 2 × 256 KiB',
  'text, 64 × 1 × 125 B': 'text, 64 × 1 × 125',
  'text, 16 × 4 × 16 KiB': 'text, 16 × 4 × 16 KiB',
  'deflate, 400 B JSON, takeover': '400 octets of JSON, deflate with context takeover',
  'TLS, 64 × 1 × 125 B': 'TLS, 64 × 1 × 125',
  'broadcast of 600 B': 'broadcast of 600 octets to 1,000, per receiver',
  'broadcast of 600 B, deflate': 'the same, deflate',
}

const idle = 'idle connection'

/** The loads of the table of memory. */
const connectionRows = {
  [idle]: 'idle, nothing said yet',
  'idle connection, after one message': 'idle, after one message of 125 octets and its reply',
  'after one compressed message, takeover': 'more after one compressed message, with context takeover',
  'after one compressed message, no takeover': 'more after one compressed message, without',
}

const MiB = 1024 * 1024

/**
 * @typedef {{ readonly bench: import('./table.mjs').Report,
 *   readonly slices: { readonly times: number, readonly results: readonly { readonly name: string, readonly median: number,
 *     readonly worst?: number }[] },
 *   readonly stream: { readonly slow: { readonly length: number, readonly seconds: number, readonly grown: readonly number[] } },
 *   readonly wamp: { readonly machine: string, readonly results: readonly { readonly name: string, readonly wamp: number, readonly bare: number,
 *     readonly ratio: number, readonly withJson: number, readonly beside: number,
 *     readonly targets: readonly { readonly what: string, readonly most: number, readonly got: number }[] }[] },
 *   readonly wampTexts: { readonly target: number,
 *     readonly results: readonly { readonly name: string, readonly isAllowed: boolean, readonly costs: readonly number[] }[] },
 *   readonly bombs: { readonly machine: string, readonly connections: number, readonly bombSize: number, readonly sent: number,
 *     readonly results: readonly { readonly server: string, readonly peak: number, readonly waited: number, readonly lost: number }[] },
 *   readonly channels: { readonly machine: string, readonly results: readonly { readonly name: string,
 *     readonly peers: readonly { readonly kind: string, readonly servers: number, readonly broker: number, readonly median: number,
 *       readonly p99: number }[],
 *     readonly targets: readonly { readonly what: string, readonly most: number, readonly got: number }[] }[] },
 *   readonly router: import('./router-figures.mjs').RouterResults['router'],
 *   readonly routerIdle: import('./router-figures.mjs').RouterResults['routerIdle'],
 *   readonly routerHostile: import('./router-figures.mjs').RouterResults['routerHostile'],
 *   readonly routerStart: import('./router-figures.mjs').RouterResults['routerStart'],
 *   readonly wampClient: import('./router-figures.mjs').RouterResults['wampClient'],
 *   readonly codecs: { readonly machine: string,
 *     readonly results: readonly { readonly name: string, readonly first: number, readonly hundred: number }[] },
 *   readonly bundles: { readonly results: readonly { readonly entry: string, readonly what: string, readonly uses?: readonly string[], readonly octets: number, readonly gzip: number }[] } }} Results
 */
