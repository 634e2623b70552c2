import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Builds the packages, runs the tests of a part by its own vitest configuration, and returns how many passed and failed, and each of them. */
export function vitestResults(part) {
  run('npm', ['run', 'build', '--silent'])
  const report = `${root}.reports/${part}.json`
  rmSync(report, { force: true })
  const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--config', `interop/${part}/vitest.config.ts`, '--root', '.']
  const { status } = spawnSync(process.execPath, vitest, { cwd: root, stdio: 'inherit' })
  if (!existsSync(report)) return { passed: 0, failed: 1, tests: undefined }
  const { numPassedTests: passed, numFailedTests, testResults } = JSON.parse(readFileSync(report, 'utf8'))
  const failed = numFailedTests === 0 && status !== 0 ? 1 : numFailedTests
  return { passed, failed, tests: testResults.flatMap(({ assertionResults }) => assertionResults) }
}

/** Runs a command in the root of the repository. Throws if it fails. */
export function run(command, args) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit' })
  if (status !== 0) throw error ?? new Error(`${command} ${args.join(' ')} ended with ${status}`)
}

const root = fileURLToPath(new URL('..', import.meta.url))
