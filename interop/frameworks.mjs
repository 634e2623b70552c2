import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Serves WebSocket connections on the servers of web frameworks, with their sessions, and writes `record/frameworks.md`. */
export function frameworks() {
  // Nest names a later Node for a package that reads uploads, which nothing here does; no install script is needed either
  run('npm', ['ci', '--no-fund', '--no-audit', '--ignore-scripts', '--loglevel', 'error', '--prefix', folder])
  run('npm', ['run', 'build', '--silent'])
  rmSync(report, { force: true })
  const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--config', 'interop/frameworks/vitest.config.ts', '--root', '.']
  const { status } = spawnSync(process.execPath, vitest, { cwd: root, stdio: 'inherit' })
  if (!existsSync(report)) return { passed: 0, failed: 1 }
  const results = JSON.parse(readFileSync(report, 'utf8'))
  const { numPassedTests: passed, numFailedTests } = results
  const failed = numFailedTests === 0 && status !== 0 ? 1 : numFailedTests
  writeFileSync(record, page({ passed, failed, tests: results.testResults.flatMap(({ assertionResults }) => assertionResults) }))
  return { passed, failed }
}

function page({ passed, failed, tests }) {
  mkdirSync(new URL('record/', import.meta.url), { recursive: true })
  const date = new Date().toISOString().slice(0, 10)
  const { dependencies } = JSON.parse(readFileSync(`${folder}package.json`, 'utf8'))
  const versions = Object.entries(packages).map(
    ([name, named]) => `| ${name} | ${named.map(of => `${of} ${dependencies[of]}`).join(', ')} |`,
  )
  const rows = tests
    .filter(({ status }) => status !== 'skipped')
    .map(({ ancestorTitles, title, status }) => `| ${ancestorTitles.join(' ')} | ${title} | ${status} |`)
  return `# On the servers of frameworks

Written by \`npm run interop -- frameworks\` on ${date}, on Node ${process.versions.node}. The programs are in [frameworks](../frameworks/).

| framework | packages |
|---|---|
${versions.join('\n')}

${passed} tests passed, ${failed} failed. They are in [frameworks.test.ts](../frameworks/frameworks.test.ts).

| framework | test | |
|---|---|---|
${rows.join('\n')}
`
}

function run(command, args) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit' })
  if (status !== 0) throw error ?? new Error(`${command} ${args.join(' ')} ended with ${status}`)
}

const packages = {
  Express: ['express', 'express-session'],
  Fastify: ['fastify', '@fastify/session'],
  Koa: ['koa', 'koa-session'],
  Hono: ['hono', '@hono/node-server'],
  Next: ['next', 'iron-session'],
  Nest: ['@nestjs/core', '@nestjs/websockets', 'express-session'],
}

const root = fileURLToPath(new URL('..', import.meta.url))
const folder = fileURLToPath(new URL('frameworks/', import.meta.url))
const report = `${root}.reports/frameworks.json`
const record = fileURLToPath(new URL('record/frameworks.md', import.meta.url))
