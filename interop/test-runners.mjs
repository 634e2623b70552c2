import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readManifest, stage } from '../scripts/package/stage.mjs'
import { installedNodes } from './installed-nodes.mjs'

/** Runs the recipes of `docs/jest-and-vitest.md` on the packages as they are published, and writes `record/test-runners.md`. */
export async function testRunners() {
  run('npm', ['ci', '--no-fund', '--no-audit', '--loglevel', 'error', '--prefix', folder])
  run('npm', ['run', 'build', '--silent'])
  for (const name of ['websocket', 'ws']) await stage(name, { into: join(folder, 'node_modules', readManifest(name).name) })
  // below the folder, so that its packages are found
  const work = mkdtempSync(join(folder, '.recipes-'))
  try {
    for (const { path, text } of filesOf(readFileSync(page, 'utf8'))) {
      mkdirSync(dirname(join(work, path)), { recursive: true })
      writeFileSync(join(work, path), text)
    }
    // otherwise vitest would take the repository's
    writeFileSync(join(work, 'vitest/vitest.config.mjs'), 'export default {}\n')
    const results = recipes().map(recipe => ({ ...recipe, hasPassed: hasPassed(recipe, work) }))
    writeFileSync(record, recordOf(results))
    const passed = results.filter(result => result.hasPassed).length
    return { passed, failed: results.length - passed }
  } finally {
    rmSync(work, { recursive: true })
  }
}

/** Returns the files that the page shows: blocks of code whose first line is a comment with a path. */
function filesOf(text) {
  return [...text.matchAll(/^```[jt]s\n\/\/ ([\w-]+\/[\w.-]+)\n([\s\S]*?)^```$/gm)].map(([, path, code]) => ({ path, text: code }))
}

function recipes() {
  const withModules = { NODE_OPTIONS: '--experimental-vm-modules' }
  const newer = installedNodes().findLast(({ major }) => major >= 24)
  return [
    { what: 'Vitest', folder: 'vitest', program: vitest, args: ['run'] },
    { what: 'Jest, tests as ES modules', folder: 'jest-esm', program: jest, env: withModules },
    { what: 'Jest, compiled to CommonJS', folder: 'jest-commonjs', program: jest },
    { what: 'Jest with jsdom', folder: 'jest-jsdom', program: jest, env: withModules },
    { what: 'Jest, the drop-in for ws', folder: 'jest-drop-in', program: jest },
    ...(newer === undefined
      ? []
      : [{ what: 'Jest, CommonJS without settings', ...newer, folder: 'jest-commonjs', program: jest, env: withModules, args: bare }]),
  ]
}

function hasPassed({ what, folder: name, program, args = [], env = {}, command = process.execPath }, work) {
  const cwd = join(work, name)
  const { status, stdout, stderr } = spawnSync(command, [program, ...args], {
    cwd,
    env: { ...process.env, ...env, CI: 'true', NO_COLOR: '1' },
    encoding: 'utf8',
  })
  // a runner that found no test has passed nothing
  const isGood = status === 0 && /\b[1-9]\d* passed/.test(stdout + stderr)
  console.log(`${what}: ${isGood ? 'passed' : `FAILED\n${stdout}${stderr}`}`)
  return isGood
}

function recordOf(results) {
  const { dependencies } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const { devDependencies } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'))
  const rows = results.map(({ what, program, version = process.versions.node, hasPassed: isGood }) => {
    const runner = program === vitest ? `vitest ${devDependencies.vitest}` : `jest ${dependencies.jest}`
    return `| ${what} | ${runner} | ${version} | ${isGood ? 'passed' : 'FAILED'} |`
  })
  return `# With test runners

Written by \`npm run interop -- test-runners\` on ${new Date().toISOString().slice(0, 10)}. The files are those of
[docs/jest-and-vitest.md](../../docs/jest-and-vitest.md), as they stand there.

| recipe | runner | Node | |
|---|---|---|---|
${rows.join('\n')}
`
}

function run(command, args) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit' })
  if (status !== 0) throw error ?? new Error(`${command} ${args.join(' ')} ended with ${status}`)
}

const root = fileURLToPath(new URL('..', import.meta.url))
const folder = fileURLToPath(new URL('test-runners/', import.meta.url))
const page = `${root}docs/jest-and-vitest.md`
const record = fileURLToPath(new URL('record/test-runners.md', import.meta.url))
const vitest = `${root}node_modules/vitest/vitest.mjs`
const jest = `${folder}node_modules/jest/bin/jest.js`
const bare = ['--config', JSON.stringify({ testMatch: ['**/*.test.cjs'] })]
