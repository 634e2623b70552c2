import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, release, type } from 'node:os'
import { delimiter, dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { installedNodes } from './installed-nodes.mjs'

/**
 * Runs the whole test suite on each Node of `package.json`, one after the other, and writes `record/nodes.md`.
 *
 * If major versions are named, it runs on those only, and the others keep their lines in the record.
 */
export function nodes(majors) {
  install()
  run('npm', ['run', 'build', '--silent'], root)
  const lines = recordedLines()
  let passed = 0
  let failed = 0
  for (const node of installedNodes()) {
    if (majors.length > 0 && !majors.includes(node.major)) continue
    const result = { ...node, ...suiteOn(node), fastPaths: fastPathsOf(node) }
    console.log(`Node ${node.version}: ${told(result)}`)
    for (const failure of result.failures) console.log(`    ${failure}`)
    passed += result.passed
    failed += result.failures.length
    lines.set(node.version, lineOf(result))
  }
  mkdirSync(dirname(record), { recursive: true })
  writeFileSync(record, page(installedNodes().flatMap(({ version }) => lines.get(version) ?? [])))
  return { passed, failed }
}

function install() {
  run('npm', ['ci', '--no-audit', '--no-fund'], fileURLToPath(new URL('.', import.meta.url)))
  if (installedNodes().length === 0) throw new Error(`package.json has no Node for ${process.platform} on ${process.arch}`)
}

/** Runs vitest on this Node. It is the first in the path as well, so that a test that starts `node` by its name starts this one. */
function suiteOn({ version, command }) {
  mkdirSync(`${root}.reports`, { recursive: true })
  rmSync(report, { force: true })
  const log = `.reports/node-${version}.log`
  const output = openSync(root + log, 'w')
  // one failure in the record would fail the test of the record in the next run, and so stay in it
  const env = { ...process.env, RECORDING_NODES: '1', NO_COLOR: '1', PATH: dirname(command) + delimiter + process.env.PATH }
  const { status, signal } = spawnSync(command, [vitest, 'run'], { cwd: root, env, stdio: ['ignore', output, output] })
  if (!existsSync(report))
    return { passed: 0, failed: 0, skipped: 0, failures: [`ended with ${status ?? signal} and without a report: ${log}`] }
  const { numPassedTests, numFailedTests, numPendingTests, testResults } = JSON.parse(readFileSync(report, 'utf8'))
  const failures = testResults.flatMap(failuresOf)
  if (status !== 0 && failures.length === 0) failures.push(`ended with ${status ?? signal} though no test failed: ${log}`)
  return { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests, failures }
}

/** Names the tests of a file that failed, or the file itself where it could not be run. */
function failuresOf({ name, status, assertionResults }) {
  const file = name.replace(root, '')
  const failed = assertionResults.filter(test => test.status === 'failed').map(({ fullName }) => `${file}: ${fullName}`)
  return failed.length === 0 && status === 'failed' ? [`${file} could not be run`] : failed
}

function fastPathsOf({ command }) {
  return JSON.parse(execFileSync(command, [`${root}test/runtimes/fast-paths.mjs`], { encoding: 'utf8' }))
}

/** Gives the lines of the record by their version. */
function recordedLines() {
  const text = existsSync(record) ? readFileSync(record, 'utf8') : ''
  return new Map([...text.matchAll(/^\| (\d+\.\S+) \|.*$/gm)].map(([line, version]) => [version, line]))
}

function lineOf(result) {
  const { version, passed, failed, skipped, fastPaths } = result
  return `| ${[version, passed, failed, skipped, toldPaths(fastPaths), new Date().toISOString().slice(0, 10), commit()].join(' | ')} |`
}

function page(lines) {
  return `# The test suite on several versions of Node

Written by \`npm run interop -- nodes\`, here on ${type()} ${release()}, ${process.arch}, ${processor()}, ${cpus().length} cores.

| Node | passed | failed | left out | fast paths | date | commit |
|---|---|---|---|---|---|---|
${lines.join('\n')}

Tests are left out if a program that they need is not installed, or if the version lacks the feature that they test; the test of this record is left out too. The fast paths are explained in
[fast-path-report.ts](../../packages/websocket/src/node/edge/fast-path-report.ts).
`
}

function processor() {
  return cpus()[0]?.model.replaceAll(/\s+/g, ' ').trim() ?? 'unknown processor'
}

function told({ passed, failed, skipped, fastPaths }) {
  return `${passed} passed, ${failed} failed, ${skipped} left out; fast paths: ${toldPaths(fastPaths)}`
}

function toldPaths(fastPaths) {
  return Object.entries(fastPaths)
    .map(([path, isTaken]) => `${path} ${isTaken ? 'on' : 'OFF'}`)
    .join(', ')
}

function commit() {
  const git = args => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim()
  const changed = git(['status', '--porcelain', '--untracked-files=no', '--', '.', ':!interop/record'])
  return git(['rev-parse', '--short=10', 'HEAD']) + (changed === '' ? '' : ' with changes')
}

function run(command, args, cwd) {
  const { status, error } = spawnSync(command, args, { cwd, stdio: 'inherit' })
  if (status !== 0) throw error ?? new Error(`${command} ${args.join(' ')} ended with ${status}`)
}

const root = fileURLToPath(new URL('..', import.meta.url))
const vitest = `${root}node_modules/vitest/vitest.mjs`
const report = `${root}.reports/tests.json`
const record = fileURLToPath(new URL('record/nodes.md', import.meta.url))
