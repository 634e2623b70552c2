// npm test, after the build: runs all tests and prints the coverage, with the time that each step took. Arguments go to vitest.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

const steps = [
  // Joining the coverage of a thousand test files makes much garbage, and V8 collects it in fewer steps with more memory for new objects.
  ['tests', '--max-semi-space-size=64', 'node_modules/vitest/vitest.mjs', 'run', '--coverage', ...process.argv.slice(2)],
  ['coverage', 'scripts/coverage.mjs'],
]

console.log('test: tests, coverage; 5 to 6 minutes on two idle cores. The tests that need no sockets, in half a minute: npm run test:unit')
const started = performance.now()
const took = []
for (const [title, ...command] of steps) {
  const begun = performance.now()
  const { status, error } = spawnSync(process.execPath, command, { cwd: root, stdio: 'inherit' })
  took.push(`${title} ${seconds(begun)} s`)
  if (status !== 0) {
    if (error) console.error(error)
    console.log(`\ntest: FAILED in the step "${title}" (${took.join(', ')})`)
    process.exit(status ?? 1)
  }
}
console.log(`\ntest: done in ${seconds(started)} s (${took.join(', ')})`)

function seconds(since) {
  return ((performance.now() - since) / 1000).toFixed(0)
}
