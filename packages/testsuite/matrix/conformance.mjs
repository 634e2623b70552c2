// Tests all testees and writes docs/conformance.md, docs/conformance.json, and the report with all exchanges.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { fuzzingClient, fuzzingServer } from '../dist/index.js'
import { conformancePage } from './conformance-page.mjs'
import { summaryOf } from './summary.mjs'
import { TesteeProcess } from './testee-process.mjs'

const usage = `npm run conformance -- [options]

  --cases PATTERNS    cases to run, such as 1.*,7.7.* (all)
  --exclude PATTERNS  cases to leave out
  --only NAMES        testees whose names contain one of these, separated by commas
  --resume            continues a run that was interrupted: finished testees are not tested again
  --outdir FOLDER     folder for the report with all exchanges (.reports/conformance)
  --page FILE         file for the page; its JSON is written beside it (docs/conformance.md; not written if cases or testees are chosen)
  --help              this text
`

const options = optionsFrom(process.argv.slice(2))
if (options.help) {
  console.log(usage)
  process.exit(0)
}
install()
const { testees } = await import('./testees.mjs')

if (!options.resume) rmSync(options.outdir, { recursive: true, force: true })
mkdirSync(options.outdir, { recursive: true })
const chosen = testees.filter(({ agent }) => options.only === undefined || options.only.some(name => agent.toLowerCase().includes(name)))
if (chosen.length === 0)
  throw new Error(`no testee is called ${options.only}; known names: ${testees.map(({ agent }) => agent).join(', ')}`)

const width = Math.max(...chosen.map(({ agent }) => agent.length))
const clearLine = process.stdout.isTTY ? '\r\u001b[2K' : ''
const results = []
for (const testee of chosen) {
  const started = performance.now()
  const earlier = earlierResult(testee)
  if (earlier !== undefined) {
    results.push(earlier)
    console.log(`${testee.agent.padEnd(width)} ${testee.version.padEnd(18)} ${wordsOf(earlier.totals)} (done before)`)
    continue
  }
  const report = testee.role === 'server' ? await testServer(testee) : await testClient(testee)
  const result = summaryOf(testee, report.rows)
  results.push(result)
  writeFileSync(fileOf(testee), JSON.stringify({ version: testee.version, choice: wordsOfChoice(), result }))
  const seconds = ((performance.now() - started) / 1000).toFixed(0)
  console.log(`${clearLine}${testee.agent.padEnd(width)} ${testee.version.padEnd(18)} ${wordsOf(result.totals)} (${seconds} s)`)
}
console.log(`report: ${options.outdir}/index.html`)
if (options.page !== undefined) writePages(results, options.page)

/** Returns the result that an interrupted run had for a testee, if it was the same version and the same cases. */
function earlierResult(testee) {
  if (!options.resume || !existsSync(fileOf(testee))) return undefined
  const { version, choice, result } = JSON.parse(readFileSync(fileOf(testee), 'utf8'))
  return version === testee.version && choice === wordsOfChoice() ? result : undefined
}

function fileOf({ agent }) {
  return `${options.outdir}/result-${agent.replaceAll(/[^\w]+/g, '-')}.json`
}

async function testServer({ agent, start }) {
  const testee = new TesteeProcess(start())
  try {
    const url = await testee.address()
    return await fuzzingClient({ servers: [{ agent, url }], ...choice(), onCase: progressOf(agent) })
  } finally {
    testee.end()
  }
}

async function testClient({ agent, start }) {
  const server = await fuzzingServer({ url: 'ws://127.0.0.1:0', ...choice(), onCase: progressOf(agent) })
  const testee = new TesteeProcess(start(server.url, agent))
  try {
    await testee.done(60)
  } finally {
    testee.end()
  }
  return server.close()
}

/** Shows the progress; on a terminal as a line that is updated in place. */
function progressOf(agent) {
  let count = 0
  return ({ id }) => {
    count++
    if (process.stdout.isTTY) process.stdout.write(`${clearLine}${agent.padEnd(width)} ${count} cases, the last one ${id}`)
  }
}

function choice() {
  const { cases, exclude, outdir } = options
  return { outdir, ...(cases !== undefined && { cases }), ...(exclude !== undefined && { excludeCases: exclude }) }
}

function writePages(agents, file) {
  const machine = `Node ${process.versions.node}, ${cpus()[0]?.model.replaceAll(/\s+/g, ' ').trim() ?? 'unknown processor'}, ${cpus().length} cores`
  const data = { written: new Date().toISOString().slice(0, 10), machine, choice: wordsOfChoice(), agents }
  writeFileSync(file, conformancePage(data))
  const json = file.replace(/(\.md)?$/, '.json')
  writeFileSync(json, `${JSON.stringify(data, undefined, 2)}\n`)
  console.log(`written: ${file}, ${json}`)
}

function wordsOfChoice() {
  const { cases, exclude } = options
  return [...(cases ? ['--cases', cases] : []), ...(exclude ? ['--exclude', exclude] : [])].join(' ')
}

function wordsOf(totals) {
  return Object.entries(totals)
    .filter(([, count]) => count > 0)
    .map(([finding, count]) => `${count} ${finding}`)
    .join(', ')
}

/** Installs the testees at the first run, because two of them are whole runtimes. */
function install() {
  if (existsSync(new URL('node_modules/.package-lock.json', import.meta.url))) return
  console.log('installing the testees …')
  const cwd = fileURLToPath(new URL('.', import.meta.url))
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd, stdio: 'inherit' })
  if (status !== 0) throw new Error('npm ci failed in packages/testsuite/matrix')
}

function optionsFrom(args) {
  const { values } = parseArgs({
    args,
    options: {
      cases: { type: 'string' },
      exclude: { type: 'string' },
      only: { type: 'string' },
      outdir: { type: 'string' },
      page: { type: 'string' },
      resume: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const isWhole = values.cases === undefined && values.exclude === undefined && values.only === undefined
  const root = fileURLToPath(new URL('../../..', import.meta.url))
  return {
    help: values.help,
    resume: values.resume,
    cases: values.cases?.split(','),
    exclude: values.exclude?.split(','),
    only: values.only?.toLowerCase().split(','),
    outdir: values.outdir ?? `${root}.reports/conformance`,
    page: values.page ?? (isWhole ? `${root}docs/conformance.md` : undefined),
  }
}
