import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { release, type } from 'node:os'
import { fileURLToPath } from 'node:url'
import { run, vitestResults } from './vitest-results.mjs'

/** Runs everything that needs a runtime on Bun and Deno, and writes `record/runtimes.md`. */
export function runtimes() {
  install()
  const { passed, failed, tests } = vitestResults('runtimes')
  // A run in continuous integration leaves the checkout as it was.
  if (tests !== undefined && process.env.CI === undefined) writeFileSync(record, page({ passed, failed }))
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

const root = fileURLToPath(new URL('..', import.meta.url))
const matrix = `${root}packages/testsuite/matrix/`
const record = fileURLToPath(new URL('record/runtimes.md', import.meta.url))
