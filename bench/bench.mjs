// The benchmark: several servers under the same loads, taking turns; results as JSON, as a table and as a chart.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, release, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { argumentsIn, usage } from './arguments.mjs'
import { peers, versionOf } from './peers.mjs'
import { chart } from './report/chart.mjs'
import { markdown, targetRows } from './report/table.mjs'
import { scenarios } from './scenarios.mjs'

const wanted = readArguments()
const machine = `${cpus()[0].model.trim()}, ${cpus().length} cores, ${process.platform} ${release()}, Node ${process.version}, ${new Date().toISOString().slice(0, 10)}`
const left = {}
const present = await started(peers.filter(isThere))
const versions = Object.fromEntries(present.map(peer => [peer.name, versionOf(peer)]))
const tls = certificate()
const results = []
try {
  for (const scenario of scenarios.filter(isWanted)) await measure(scenario)
} catch (error) {
  clear()
  console.error(`bench: ${error.message}`)
  process.exitCode = 1
} finally {
  rmSync(tls.folder, { recursive: true })
}
clear()
if (process.exitCode === undefined) write({ machine, versions, left, rounds: wanted.rounds, results })
process.exit()

async function measure(scenario) {
  const { name, unit, what } = scenario
  const able = present.filter(peer => canDo(peer, scenario))
  const progress = line => tell(`${name}, ${line}`)
  const { rounds, milliseconds, quick } = wanted
  const context = { peers: able, rounds, milliseconds, tls, progress, receivers: quick ? 100 : 1000, crowd: quick ? 200 : 4000 }
  results.push({ name, unit, what, peers: await scenario.run(context) })
}

function canDo(peer, { wants = [], only, name }) {
  if (only !== undefined && !only.includes(peer.name)) return false
  if (peer.isPlain && wants.length > 0) return false
  if (name.includes('connection') && ['autobahn-ts plain', 'Deno.serve'].includes(peer.name)) return false
  return [wants].flat().every(want => peer.can.includes(want))
}

function isThere(peer) {
  if (wanted.peers !== undefined && peer.name !== 'autobahn-ts' && !wanted.peers.some(name => peer.name.toLowerCase().includes(name)))
    return false
  if (versionOf(peer) === undefined) left[peer.name] = 'which is not installed: npm ci in bench/'
  else if (peer.name === 'uWebSockets.js' && !/^v(20|22)\./.test(process.version))
    left[peer.name] = 'whose package has no binary for this Node'
  else return true
  return false
}

/** Those that really run here: each is started once, and asked for nothing. */
async function started(installed) {
  const running = []
  for (const peer of installed) {
    const child = peer.start({})
    try {
      await child.said()
      running.push(peer)
    } catch (error) {
      left[peer.name] = `which does not start here: ${error.message}`
    } finally {
      child.end()
    }
  }
  return running
}

function isWanted({ name, isExtra = false }) {
  if (wanted.only !== undefined) return wanted.only.some(part => name.toLowerCase().includes(part))
  return wanted.all || !isExtra
}

function certificate() {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'))
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  const request = [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-days',
    '2',
    '-subj',
    '/CN=localhost',
  ]
  execFileSync('openssl', [...request, '-keyout', key, '-out', cert], { stdio: 'ignore' })
  return { folder, cert, key }
}

function write(report) {
  const folder = wanted.out ?? fileURLToPath(new URL('../docs/benchmarks', import.meta.url))
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'latest.json'), `${JSON.stringify(report, undefined, 1)}\n`)
  writeFileSync(join(folder, 'latest.md'), markdown(report))
  writeFileSync(join(folder, 'latest.svg'), chart(report))
  console.log(`| load | against | target | ratio | met |\n|---|---|---|---|---|\n${targetRows(results).join('\n')}`)
  console.log(`\nThe result is in ${folder}: latest.md, latest.svg, latest.json`)
}

/** One line that changes, on a terminal; a line for each step elsewhere. */
function tell(line) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[2K${line.slice(0, process.stderr.columns - 1)}`)
  else console.error(line)
}

function clear() {
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[2K')
}

function readArguments() {
  try {
    const values = argumentsIn(process.argv.slice(2))
    if (!values.help) return values
    console.log(usage)
  } catch (error) {
    console.error(`bench: ${error.message}\n\n${usage}`)
    process.exit(2)
  }
  process.exit(0)
}
