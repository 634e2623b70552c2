// Prints the CPU time of importing this library, as it is published, beside that of ws, on each Node that interop/ has installed. Needs a build.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { installedNodes } from '../interop/installed-nodes.mjs'
import { stage } from '../scripts/package/stage.mjs'
import { median, ratio } from './statistics.mjs'

const usage = `node bench/imports.mjs [options]

  --rounds N   processes of each library, one after the other in turns (25)
  --nodes N,N  majors of Node; without it, the Node that runs this and those of interop/ (npm ci --prefix interop)
  --out FILE   also writes the result there, as JSON
  --help       this text
`

/** The most that importing may cost, in times of ws, by the major of Node. Where none is written, the cost is shown only. */
const targets = new Map([
  [20, 1],
  [24, 1.6],
])

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '25' }, nodes: { type: 'string' }, out: { type: 'string' }, help: { type: 'boolean' } },
})
if (values.help) {
  console.log(usage)
  process.exit(0)
}

const folder = mkdtempSync(join(tmpdir(), 'autobahn-ts-imports-'))
try {
  const published = join(await stage('websocket', { into: join(folder, 'websocket') }), 'dist/index.js')
  const libraries = { 'autobahn-ts': pathToFileURL(published).href, ws: import.meta.resolve('ws') }
  const results = nodes().map(({ version, command }) => ({ node: version, ...measured(command, libraries) }))
  for (const result of results) show(result)
  if (values.out !== undefined) writeFileSync(values.out, `${JSON.stringify({ results }, undefined, 1)}\n`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function nodes() {
  const own = { major: Number(process.versions.node.split('.')[0]), version: process.versions.node, command: process.execPath }
  const all = [own, ...installedNodes().filter(({ version }) => version !== own.version)]
  const chosen = values.nodes?.split(',').map(Number)
  return chosen === undefined ? all : all.filter(({ major }) => chosen.includes(major))
}

/** Measures in turns, in an order that is reversed from round to round, so that other work of the machine affects both. */
function measured(command, libraries) {
  const names = Object.keys(libraries)
  const times = Object.fromEntries(names.map(name => [name, []]))
  for (let round = 0; round < Number(values.rounds); round++)
    for (const name of round % 2 === 0 ? names : names.toReversed()) times[name].push(cpuOfImport(command, libraries[name]))
  const medians = Object.fromEntries(names.map(name => [name, median(times[name])]))
  return { milliseconds: medians, ratio: ratio(times['autobahn-ts'], times.ws) }
}

/** Returns the CPU time of an import in milliseconds, user and system, of all threads of a new process. */
function cpuOfImport(command, url) {
  const program = `const before = process.cpuUsage(); await import(${JSON.stringify(url)}); const { user, system } = process.cpuUsage(before); console.log((user + system) / 1000)`
  return Number(execFileSync(command, ['--input-type=module', '-e', program], { encoding: 'utf8' }))
}

function show({ node, milliseconds, ratio: times }) {
  const target = targets.get(Number(node.split('.')[0]))
  const verdict = target === undefined ? '' : times <= target ? `, at most ${target} wanted` : `, ABOVE ${target}`
  const cpu = Object.entries(milliseconds).map(([name, value]) => `${name} ${value.toFixed(1)} ms`)
  console.log(`Node ${node}: ${cpu.join(', ')}; ${times.toFixed(2)} times ws${verdict}`)
  if (target !== undefined && times > target) process.exitCode = 1
}
