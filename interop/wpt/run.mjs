import { fork } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { startChromium } from './chromium.mjs'
import { implementations } from './implementations.mjs'
import { reasonAgainstVariant, selectedTests } from './list.mjs'
import { startServers } from './servers.mjs'
import { readTestFile } from './test-file.mjs'

/**
 * The results of one implementation in one run of a file.
 *
 * @typedef {object} RunResult
 * @property {{ name: string, passed: boolean, message?: string }[]} results
 * @property {string | undefined} harnessError why the run was not complete
 */

/**
 * One run of a file: the file with one of its variants.
 *
 * @typedef {object} Run
 * @property {string} path
 * @property {string} variant
 * @property {Record<string, RunResult>} by the results by implementation
 */

/**
 * Runs the tests of a checkout on every implementation.
 *
 * @param {object} options
 * @param {string} options.checkout the folder with `websockets/` and `resources/`
 * @param {Record<string, string>} [options.resources] files that are not in the checkout, by their path there
 * @param {boolean} [options.hasBrowser] whether to run scripts in Chromium too, where it is installed
 * @param {RegExp} [options.only] runs the files whose path it matches
 * @param {(run: Run) => void} [options.onRun] called after each run
 * @returns {Promise<{ runs: Run[], leftOut: { path: string, why: string }[], browserVersion: string | undefined }>}
 */
export async function runTests({ checkout, resources = {}, hasBrowser = false, only = /./, onRun }) {
  const { run, leftOut } = selectedTests(checkout)
  const servers = await startServers({ checkout, resources })
  // pages of a checkout load their own harness, which does not tell of its results
  const browser = hasBrowser ? await startChromium() : undefined
  try {
    const jobs = run
      .filter(path => only.test(path))
      .map(path => readTestFile(checkout, path))
      .flatMap(file => file.variants.map(variant => ({ file, variant })))
    for (const { file, variant } of jobs) {
      const why = reasonAgainstVariant(variant)
      if (why !== undefined) leftOut.push({ path: `${file.path}${variant}`, why })
    }
    const waiting = jobs.filter(({ variant }) => reasonAgainstVariant(variant) === undefined)
    const runs = []
    const worker = async () => {
      for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) {
        const by = {}
        for (const implementation of Object.keys(implementations))
          by[implementation] = await runOne(implementation, job, { checkout, resources, servers })
        const { path } = job.file
        if (browser !== undefined) by.chromium = await browser.run(addressOf(job, servers), timeoutOf(job.file))
        runs.push({ path, variant: job.variant, by })
        onRun?.(runs.at(-1))
      }
    }
    await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, worker))
    return {
      runs: runs.sort((a, b) => `${a.path}${a.variant}`.localeCompare(`${b.path}${b.variant}`)),
      leftOut,
      browserVersion: browser?.version,
    }
  } finally {
    await browser?.close()
    await servers.close()
  }
}

/** Runs a file on an implementation, in a process of its own. */
function runOne(implementation, { file, variant }, { checkout, resources, servers: { host, ports, ca } }) {
  const timeout = timeoutOf(file)
  const url = addressOf({ file, variant }, { host, ports })
  const job = { implementation, checkout, resources, scripts: file.scripts, url, host, ports, timeout }
  return new Promise(resolve => {
    const child = fork(program, [JSON.stringify(job)], {
      execArgv: ['--no-warnings'],
      env: { ...process.env, NODE_EXTRA_CA_CERTS: ca },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    let said = ''
    child.stderr.on('data', text => {
      said += text
    })
    let result = { results: [], harnessError: undefined }
    const deadline = setTimeout(() => child.kill('SIGKILL'), timeout + 10_000)
    child.on('message', message => {
      result = message
    })
    child.on('close', (status, signal) => {
      clearTimeout(deadline)
      if (status !== 0)
        result.harnessError ??= `the process has ended with ${status ?? signal}: ${said.trim().split('\n').slice(0, 5).join(' ')}`
      resolve(result)
    })
  })
}

function timeoutOf({ isLong }) {
  return isLong ? 60_000 : 15_000
}

/** Returns the address of a test, as a browser loads it. */
function addressOf({ file, variant }, { host, ports }) {
  return `http://${host}:${ports.http[0]}/${file.path.replace(/\.js$/, '.html')}${variant}`
}

/**
 * Counts the tests that passed, of all tests that any implementation has. A test that an implementation has not come to has failed there. A run that was not
 * complete counts as one more test that failed.
 *
 * @param {readonly Run[]} runs
 * @returns {Record<string, { passed: number, total: number }>}
 */
export function shares(runs) {
  const counts = Object.fromEntries(Object.keys(runs[0]?.by ?? {}).map(name => [name, { passed: 0, total: 0 }]))
  for (const { by } of runs) {
    const names = new Set(Object.values(by).flatMap(({ results }) => results.map(({ name }) => name)))
    const isBroken = Object.values(by).some(({ harnessError }) => harnessError !== undefined)
    for (const [implementation, { results, harnessError }] of Object.entries(by)) {
      const count = counts[implementation]
      const passed = new Set(results.filter(result => result.passed).map(({ name }) => name))
      count.total += names.size + (isBroken ? 1 : 0)
      count.passed += [...names].filter(name => passed.has(name)).length + (isBroken && harnessError === undefined ? 1 : 0)
    }
  }
  return counts
}

const program = fileURLToPath(new URL('run-test.mjs', import.meta.url))
