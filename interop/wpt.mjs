import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { run } from './vitest-results.mjs'

/**
 * Runs the web-platform tests of WebSockets on the classes of `@autobahn-ts/websocket/whatwg` and on those of undici, from a checkout whose path is given;
 * without one, the checks of `wpt/checks`. Writes `record/wpt.md` for the checks, and `.reports/wpt.md` for a checkout.
 *
 * @param {readonly number[]} _versions
 * @param {readonly string[]} paths
 */
export async function wpt(_versions = [], paths = []) {
  run('npm', ['run', 'build', '--silent'])
  // loaded after the build, because it uses the packages
  const { runTests, shares } = await import('./wpt/run.mjs')
  const own = !existsSync(paths[0] ?? '')
  if (own && paths.length > 0) throw new Error(`${paths[0]} does not exist`)
  const checkout = own ? checks : resolve(paths[0])
  const resources = own ? installedHarness() : {}
  const { runs, leftOut, browserVersion } = await runTests({ checkout, resources, hasBrowser: own, onRun: told })
  const counts = shares(runs)
  for (const [name, { passed, total }] of Object.entries(counts))
    console.log(`wpt: ${name}: ${passed} of ${total} (${percent(passed, total)})`)
  const page = own ? record : fileURLToPath(new URL('../.reports/wpt.md', import.meta.url))
  mkdirSync(fileURLToPath(new URL('.', `file://${page}`)), { recursive: true })
  writeFileSync(page, report({ runs, leftOut, counts, own, browserVersion }))
  console.log(`wpt: ${page}`)
  const { passed, total } = counts['autobahn-ts']
  return { passed, failed: total - passed }
}

/** Tells of a run that was not perfect, and which tests failed. */
function told({ path, variant, by }) {
  for (const [name, { results, harnessError }] of Object.entries(by)) {
    const failed = results.filter(({ passed }) => !passed)
    if (name !== 'autobahn-ts' || (failed.length === 0 && harnessError === undefined)) continue
    console.log(`wpt: ${path}${variant}${harnessError === undefined ? '' : `: ${harnessError}`}`)
    for (const { name: test, message } of failed) console.log(`wpt:   ${test}: ${message}`)
  }
}

/** Installs the harness of the web-platform tests, and returns where its files are. */
function installedHarness() {
  const folder = fileURLToPath(new URL('wpt/', import.meta.url))
  if (!existsSync(`${folder}node_modules/wpt-runner`))
    execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder, stdio: 'inherit' })
  const harness = `${folder}node_modules/wpt-runner/testharness`
  return {
    'resources/testharness.js': `${harness}/testharness.js`,
    'resources/idlharness.js': `${harness}/idlharness.js`,
    'resources/WebIDLParser.js': `${harness}/webidl2/lib/webidl2.js`,
  }
}

function report({ runs, leftOut, counts, own, browserVersion }) {
  const names = Object.keys(counts)
  const date = new Date().toISOString().slice(0, 10)
  const rows = runs.map(({ path, variant, by }) => {
    const cells = names.map(name => {
      const { results, harnessError } = by[name]
      const passed = results.filter(result => result.passed).length
      return `${passed} of ${results.length}${harnessError === undefined ? '' : ', not complete'}`
    })
    return `| ${path.replace('websockets/', '')}${variant} | ${cells.join(' | ')} |`
  })
  const faults = names.flatMap(name =>
    runs.flatMap(({ path, variant, by }) =>
      by[name].results
        .filter(({ passed }) => !passed)
        .map(result => `| ${name} | ${path.replace('websockets/', '')}${variant} | ${cell(result.name)} |`),
    ),
  )
  const what = own
    ? 'the checks of [wpt/checks](../wpt/checks), written from the standard, in the harness of the web-platform tests'
    : 'the web-platform tests'
  return `# The platform's tests

Written by \`npm run interop -- wpt\` on ${date}, Node ${process.versions.node}, undici ${undiciVersion()}: ${what}.${browserVersion === undefined ? '' : ` Chromium ${browserVersion} runs them on its own classes, which shows where they differ from what browsers do.`}

| | passed | share |
|---|---|---|
${names.map(name => `| ${name} | ${counts[name].passed} of ${counts[name].total} | ${percent(counts[name].passed, counts[name].total)} |`).join('\n')}

A test that an implementation did not come to, because an earlier one in the same file has hung or thrown, has failed there.

| file | ${names.join(' | ')} |
|---|${names.map(() => '---|').join('')}
${rows.join('\n')}

${faults.length === 0 ? 'Every test passed everywhere.' : `Tests that failed:\n\n| | file | test |\n|---|---|---|\n${faults.join('\n')}`}
${leftOut.length === 0 ? '' : `\nLeft out:\n\n| file | |\n|---|---|\n${leftOut.map(({ path, why }) => `| ${path} | ${why} |`).join('\n')}\n`}`
}

function cell(text) {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ')
}

function percent(passed, total) {
  return `${((100 * passed) / total).toFixed(1)} %`
}

function undiciVersion() {
  return JSON.parse(readFileSync(new URL('../node_modules/undici/package.json', import.meta.url), 'utf8')).version
}

const checks = fileURLToPath(new URL('wpt/checks', import.meta.url))
const record = fileURLToPath(new URL('record/wpt.md', import.meta.url))
