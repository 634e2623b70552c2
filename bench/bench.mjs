// The benchmark: measures several servers in turns under the same loads; writes results as JSON, as a table and as a chart.
import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { argumentsIn, named, usage } from './arguments.mjs'
import { endChildren } from './child.mjs'
import { checkInstallation } from './installed.mjs'
import { certificate, machine } from './machine.mjs'
import { peers, versionOf } from './peers.mjs'
import { clear, tell } from './progress.mjs'
import { chart } from './report/chart.mjs'
import { markdown, summary } from './report/table.mjs'
import { PeerFailed } from './scenarios/rounds.mjs'
import { scenarios } from './scenarios.mjs'

const basesOfRuntimes = ['autobahn-ts', 'ws + bufferutil', 'net']
const currentMajor = Number(process.versions.node.split('.')[0])
const wanted = readArguments()
checkInstallation()
process.on('SIGINT', () => process.exit(130))
const began = performance.now()
const todo = wanted.only === undefined ? scenarios.filter(({ isExtra = false }) => wanted.all || !isExtra) : wanted.scenarios
const left = {}
const present = await started(wanted.named.filter(isThere))
const tls = certificate()
if (tls === undefined) left['all loads with TLS'] = 'because openssl is not installed'
const report = { machine: machine(), rounds: wanted.rounds, seconds: wanted.milliseconds / 1000, versions: {}, left, results: [] }
for (const peer of present) report.versions[peer.name] = versionOf(peer)
for (const [at, scenario] of todo.entries()) await measure(scenario, `${at + 1}/${todo.length} ${scenario.name}`)
clear()
write()
writeFigures()
process.exit()

/** Measures a scenario. A peer that fails is named, and the others are measured without it. */
async function measure(scenario, title) {
  const { name, unit, what, isMemory = false } = scenario
  const { rounds, milliseconds, quick } = wanted
  const failed = {}
  const progress = line => tell(`${minutes()} ${title}, ${line}`)
  const sizes = quick ? { receivers: 100, crowd: 800, handshakes: 200 } : { receivers: 1000, crowd: 6000, handshakes: 2000 }
  for (;;) {
    const able = present.filter(peer => canDo(peer, scenario) && !(peer.name in failed))
    if (able.length === 0) return
    try {
      report.results.push({
        name,
        unit,
        what,
        isMemory,
        failed,
        peers: await scenario.run({ peers: able, rounds, processes: quick ? 1 : 5, milliseconds, tls, progress, ...sizes }),
      })
      return
    } catch (error) {
      if (!(error instanceof PeerFailed)) throw error
      failed[error.peer] = error.message
      process.exitCode = 1
    } finally {
      await endChildren()
    }
  }
}

function canDo(peer, { wants, canBePlain = false, isOnOtherNodes = false }) {
  if (wants.includes('tls') && tls === undefined) return false
  if (isOnOtherNodes ? !(peer.runtime || basesOfRuntimes.includes(peer.name)) : peer.runtime) return false
  if (peer.isPlain && !canBePlain) return false
  return wants.every(want => peer.can.includes(want))
}

function isThere(peer) {
  if (peer.runtime && !todo.some(({ isOnOtherNodes }) => isOnOtherNodes)) return false
  if (peer.major === currentMajor) return false
  if (versionOf(peer) !== undefined) return true
  left[peer.name] = peer.runtime ? 'which is not installed: npm run runtimes in bench/' : 'which is not installed: npm ci in bench/'
  return false
}

/** Returns the installed peers that also start on this machine: each is started once, without a load. */
async function started(installed) {
  const running = []
  for (const peer of installed) {
    tell(`starting ${peer.name}`)
    const child = peer.server({})
    try {
      await child.said()
      running.push(peer)
    } catch (error) {
      left[peer.name] = `which does not start here: ${error.message}`
    }
    await child.end()
  }
  return running
}

function write() {
  const folder = wanted.out ?? fileURLToPath(new URL('../docs/benchmarks', import.meta.url))
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'latest.json'), `${JSON.stringify(report, undefined, 1)}\n`)
  writeFileSync(join(folder, 'latest.md'), markdown(report))
  writeFileSync(join(folder, 'latest.svg'), chart(report))
  console.log(summary(report))
  console.log(`\n${minutes()} minutes. The result is in ${folder}: latest.md, latest.svg, latest.json`)
}

/** Updates the figures in the documents, unless this was a part of the benchmark or was written elsewhere. */
function writeFigures() {
  if (wanted.quick || [wanted.out, wanted.only, wanted.peers].some(given => given !== undefined)) return
  const script = fileURLToPath(new URL('../scripts/write-figures.mjs', import.meta.url))
  if (spawnSync(process.execPath, [script], { stdio: 'inherit' }).status !== 0) process.exitCode = 1
}

function minutes() {
  const seconds = Math.round((performance.now() - began) / 1000)
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}

function readArguments() {
  try {
    const values = argumentsIn(process.argv.slice(2))
    if (values.help) finish(usage)
    if (values.list)
      finish([...scenarios, { name: '' }, ...peers].map(({ name, isExtra }) => (isExtra ? `${name}  (--all)` : name)).join('\n'))
    return {
      ...values,
      scenarios: values.only && named('only', values.only, scenarios),
      named: values.peers ? [peers[0], ...named('peers', values.peers, peers).filter(peer => peer !== peers[0])] : peers,
    }
  } catch (error) {
    console.error(`bench: ${error.message}\n\n${usage}`)
    process.exit(2)
  }
}

function finish(text) {
  console.log(text)
  process.exit(0)
}
