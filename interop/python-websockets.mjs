import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { TesteeProcess } from '../packages/testsuite/matrix/testee-process.mjs'

/**
 * Tests the server and the client of Python's `websockets` with the conformance suite, compares the verdicts with those that the project publishes, and writes `record/python-websockets.md`.
 */
export async function pythonWebsockets() {
  install()
  const suite = await import('../packages/testsuite/dist/index.js')
  const results = [await server(suite), await client(suite)]
  for (const { agent, rows, surprises } of results) {
    console.log(`${agent}: ${told(suite.tally(rows))}`)
    for (const surprise of surprises) console.log(`    ${surprise}`)
  }
  mkdirSync(new URL('record/', import.meta.url), { recursive: true })
  writeFileSync(new URL('record/python-websockets.md', import.meta.url), page(results, suite))
  const failed = results.flatMap(({ surprises }) => surprises).length
  return { passed: results.flatMap(({ rows }) => rows).length - failed, failed }
}

/** Installs packages with pip, which checks them against the hashes in `requirements.txt`. */
function install() {
  run('npm', ['run', 'build', '--silent'], root)
  if (!existsSync(python)) run('python3', ['-m', 'venv', environment])
  run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--require-hashes', '-r', `${folder}requirements.txt`])
}

async function server({ fuzzingClient, findingOf }) {
  const agent = 'websockets server'
  const testee = new TesteeProcess([python, [`${folder}server.py`]])
  try {
    const { rows } = await fuzzingClient({ servers: [{ agent, url: await testee.address() }], ...choice })
    return { agent, rows, surprises: surprisesIn(rows, findingOf) }
  } finally {
    testee.end()
  }
}

async function client({ fuzzingServer, findingOf }) {
  const agent = 'websockets client'
  const fuzzer = await fuzzingServer({ url: 'ws://127.0.0.1:0', ...choice })
  const testee = new TesteeProcess([python, [`${folder}client.py`, fuzzer.url, agent]])
  try {
    await testee.done(10)
  } finally {
    testee.end()
  }
  const { rows } = await fuzzer.close()
  return { agent, rows, surprises: surprisesIn(rows, findingOf) }
}

/** Returns verdicts that differ from the published ones and do not depend on the order in which data arrives. */
function surprisesIn(rows, findingOf) {
  return rows.flatMap(row => {
    const finding = findingOf(row)
    const expected = published.failed.includes(row.id) ? 'failed' : mayBeNonStrict.includes(row.id) ? 'non-strict' : 'ok'
    const isFine = finding === expected || finding === 'informational' || (expected === 'non-strict' && finding === 'ok')
    return isFine ? [] : [`${row.id}: ${finding}, where ${expected} is published: ${row.reasons.behavior} ${row.reasons.close}`]
  })
}

function page(results, { tally, findingOf, reasonOf }) {
  const totals = results.map(({ agent, rows }) => `| ${agent} | ${rows.length} | ${told(tally(rows))} |`)
  const others = results.flatMap(({ agent, rows }) =>
    rows
      .filter(row => !['ok', 'informational'].includes(findingOf(row)))
      .map(row => `| ${agent} | ${row.id} | ${findingOf(row)} | ${row.remoteCloseCode ?? ''} | ${reasonOf(row)} |`),
  )
  const surprises = results.flatMap(({ agent, surprises }) => surprises.map(surprise => `- ${agent}: ${surprise}`))
  return `# Python's websockets

Written by \`npm run interop -- python-websockets\` on ${new Date().toISOString().slice(0, 10)}: websockets ${versionOfPackage()},
${execFileSync(python, ['--version'], { encoding: 'utf8' }).trim()}, cases \`${choice.cases.join(',')}\`.

| testee | cases | verdicts |
|---|--:|---|
${totals.join('\n')}

Its project publishes these results of the Autobahn Testsuite: ${published.failed.join(', ')} failed; ${published.nonStrict.join(', ')} non-strict.
In 3.4, 4.1.5 and 4.2.5 the same frames arrive octet by octet, and the result depends on how they arrive.

${surprises.length === 0 ? 'There are no differences.' : `Differences:\n\n${surprises.join('\n')}`}

| testee | case | finding | close code | why |
|---|---|---|--:|---|
${others.join('\n')}
`
}

function told(counts) {
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([finding, count]) => `${count} ${finding}`)
    .join(', ')
}

function versionOfPackage() {
  return /websockets==(\S+)/.exec(readFileSync(`${folder}requirements.txt`, 'utf8'))[1]
}

function run(command, args, cwd) {
  const { status, error } = spawnSync(command, args, { cwd, stdio: 'inherit' })
  if (status !== 0) throw error ?? new Error(`${command} ${args.join(' ')} ended with ${status}`)
}

const root = fileURLToPath(new URL('..', import.meta.url))
const folder = fileURLToPath(new URL('python-websockets/', import.meta.url))
const environment = `${folder}.venv`
const python = `${environment}/bin/python`

const outdir = `${root}.reports/python-websockets`
const choice = { cases: ['[1-7].*', '10.*'], outdir }

/** The results in `compliance/README.rst` of the project. */
const published = {
  failed: ['7.1.5'],
  nonStrict: ['3.2', '3.3', '4.1.3', '4.1.4', '4.2.3', '4.2.4', '5.15', '6.4.1', '6.4.2', '6.4.3', '6.4.4'],
}
const mayBeNonStrict = [...published.nonStrict, '3.4', '4.1.5', '4.2.5']
