// Runs one test of the web-platform tests on one implementation, in this process alone, and sends the results to the process that has started it. The job is the
// only argument, as JSON.
import { readFileSync } from 'node:fs'
import vm from 'node:vm'
import { implementations } from './implementations.mjs'
import { isSubstituted, substituted } from './substitute.mjs'

/** @type {{ implementation: string, checkout: string, resources: Record<string, string>, scripts: import('./test-file.mjs').Script[], url: string, host: string, ports: Record<string, number[]>, timeout: number }} */
const job = JSON.parse(process.argv[2])
const location = new URL(job.url)

/** The results of tests that have come, for a harness that does not complete. */
let results = []

prepareGlobals(await implementations[job.implementation](location))
runScript(...loaded('resources/testharness.js'))
globalThis.add_result_callback(test => results.push(resultOf(test)))
globalThis.add_completion_callback((tests, { status, message }) => {
  results = tests.map(resultOf)
  finish(status === 0 ? undefined : (message ?? `harness status ${status}`))
})
setTimeout(() => globalThis.timeout(), job.timeout)
setTimeout(() => finish('the harness has not completed'), job.timeout + 2000)
try {
  for (const script of job.scripts) {
    if ('text' in script) runScript(substituted(script.text, placeOf()), 'inline script')
    else runScript(...loaded(script.src))
  }
} catch (error) {
  finish(`a script has thrown: ${error?.stack ?? error}`)
}

function finish(harnessError) {
  process.send({ results, harnessError }, () => process.exit(0))
}

function resultOf({ name, status, message }) {
  return { name, passed: status === 0, message: message ?? undefined }
}

/** Runs a script as pages run them: declarations of one are seen by the next. */
function runScript(text, filename) {
  vm.runInThisContext(text, { filename })
}

/** Reads a script of the checkout, which the server may have to substitute. */
function loaded(src) {
  const [path, query = ''] = src.split('?')
  const text = readFileSync(job.resources[path] ?? `${job.checkout}/${path}`, 'utf8')
  return [isSubstituted(path, query) ? substituted(text, placeOf()) : text, path]
}

function placeOf() {
  return { host: job.host, ports: job.ports, location }
}

/** Makes this process look like a page without a document. */
function prepareGlobals(ofImplementation) {
  const target = new EventTarget()
  const own = {
    self: globalThis,
    window: globalThis,
    location,
    GLOBAL: { isWindow: () => true, isWorker: () => false, isShadowRealm: () => false },
    // the tests of interfaces ask for it
    Window: class Window {},
    addEventListener: target.addEventListener.bind(target),
    removeEventListener: target.removeEventListener.bind(target),
    dispatchEvent: target.dispatchEvent.bind(target),
    fetch: withBase(fetch),
    ...ofImplementation,
  }
  for (const [name, value] of Object.entries(own))
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: false })
  process.on('uncaughtException', error =>
    target.dispatchEvent(Object.assign(new Event('error'), { error, message: String(error?.message ?? error) })),
  )
  process.on('unhandledRejection', (reason, promise) =>
    target.dispatchEvent(Object.assign(new Event('unhandledrejection'), { reason, promise })),
  )
}

/** Returns `fetch` for addresses relative to the test. */
function withBase(fetch) {
  return (input, init) => fetch(typeof input === 'string' ? new URL(input, location) : input, init)
}
