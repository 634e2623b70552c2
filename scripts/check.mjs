// Runs all checks except the tests: prints one line per step, and the output of a step only if it fails.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

const steps = [
  ['types', 'tsc', '-b', 'tsconfig.json'],
  ['lint and format', 'biome', 'check', '--error-on-warnings'],
  ['unused code', 'knip', '--no-progress'],
  ['packages as published', 'node', 'scripts/pack.mjs', '--no-build'],
  ...packages().flatMap(({ folder, name, isLibrary }) => [
    [`package ${name}`, 'publint', 'run', folder, '--strict', '--pack', 'npm'],
    ...(isLibrary ? [[`types of ${name}`, 'attw', '--pack', folder, '--ignore-rules', 'cjs-resolves-to-esm', '--no-color']] : []),
  ]),
  ['bundles for browsers', 'node', 'scripts/bundle-size.mjs'],
  ['bundles for browsers, of the packages as published', 'node', 'scripts/bundle-size.mjs', '--packed'],
  ['packed tarballs', 'node', 'scripts/smoke.mjs'],
]

let passed = 0
let failed = 0
for (const [title, command, ...args] of steps) {
  const started = performance.now()
  const { status, stdout, stderr, error } = run(command, args)
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  if (status === 0) {
    passed++
    console.log(`ok      ${title} (${seconds} s)`)
  } else {
    failed++
    console.log(`FAILED  ${title} (${seconds} s)`)
    console.log(indented(error ? String(error) : stdout + stderr))
  }
}

mkdirSync(join(root, '.reports'), { recursive: true })
writeFileSync(join(root, '.reports/check.json'), JSON.stringify({ passed, failed }))
console.log(`check: ${passed} of ${steps.length} steps passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1

/** Returns the packages with types; a package with only a command has none. */
function packages() {
  return readdirSync(join(root, 'packages')).map(folder => {
    const { name, exports } = JSON.parse(readFileSync(join(root, 'packages', folder, 'package.json'), 'utf8'))
    return { folder: `.packed/node_modules/${name}`, name, isLibrary: Object.keys(exports).some(entry => entry !== './package.json') }
  })
}

function run(command, args) {
  const env = { ...process.env, NO_COLOR: '1', PATH: join(root, 'node_modules/.bin') + delimiter + process.env.PATH }
  return spawnSync(command, args, { cwd: root, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 64 * 1024 * 1024 })
}

function indented(text) {
  return text.trimEnd().replace(/^/gm, '        ')
}
