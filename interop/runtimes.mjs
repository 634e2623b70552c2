import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { release, type } from 'node:os'
import { fileURLToPath } from 'node:url'

/** Runs everything that needs a runtime on Bun and Deno, and writes `record/runtimes.md`. */
export function runtimes() {
  install()
  run('npm', ['run', 'build', '--silent'])
  rmSync(report, { force: true })
  const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--config', 'interop/runtimes/vitest.config.ts', '--root', '.']
  const { status } = spawnSync(process.execPath, vitest, { cwd: root, stdio: 'inherit' })
  if (!existsSync(report)) return { passed: 0, failed: 1 }
  const { numPassedTests: passed, numFailedTests } = JSON.parse(readFileSync(report, 'utf8'))
  const failed = numFailedTests === 0 && status !== 0 ? 1 : numFailedTests
  // A run in continuous integration leaves the checkout as it was.
  if (process.env.CI === undefined) writeFileSync(record, page({ passed, failed }))
  return { passed, failed }
}

/** Bun and Deno are testees of the conformance matrix, and its lock file has them. */
function install() {
  if (['bun', 'deno'].some(name => !existsSync(`${matrix}node_modules/.bin/${name}`))) {
    run('npm', ['ci', '--no-fund', '--no-audit', '--prefix', matrix])
  }
}

function page({ passed, failed }) {
  mkdirSync(new URL('record/', import.meta.url), { recursive: true })
  const date = new Date().toISOString().slice(0, 10)
  return `# Bun and Deno

Written by \`npm run interop -- runtimes\` on ${date}, on ${type()} ${release()}, ${process.arch}: Bun ${versionOf('bun')}, Deno ${versionOf('deno')}.

${passed} tests passed, ${failed} failed. They are in [runtimes.test.ts](../runtimes/runtimes.test.ts).
`
}

function versionOf(name) {
  return /\d+\.\d+\.\d+/.exec(execFileSync(`${matrix}node_modules/.bin/${name}`, ['--version'], { encoding: 'utf8' }))[0]
}

function run(command, args) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit' })
  if (status !== 0) throw error ?? new Error(`${command} ${args.join(' ')} ended with ${status}`)
}

const root = fileURLToPath(new URL('..', import.meta.url))
const matrix = `${root}packages/testsuite/matrix/`
const report = `${root}.reports/runtimes.json`
const record = fileURLToPath(new URL('record/runtimes.md', import.meta.url))
