import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { run, vitestResults } from './vitest-results.mjs'

/** Serves WebSocket connections on the servers of web frameworks, with their sessions, and writes `record/frameworks.md`. */
export function frameworks() {
  // Nest names a later Node for a package that reads uploads, which nothing here does; no install script is needed either
  run('npm', ['ci', '--no-fund', '--no-audit', '--ignore-scripts', '--loglevel', 'error', '--prefix', folder])
  const { passed, failed, tests } = vitestResults('frameworks')
  if (tests !== undefined) writeFileSync(record, page({ passed, failed, tests }))
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

const packages = {
  Express: ['express', 'express-session'],
  Fastify: ['fastify', '@fastify/session'],
  Koa: ['koa', 'koa-session'],
  Hono: ['hono', '@hono/node-server'],
  Next: ['next', 'iron-session'],
  Nest: ['@nestjs/core', '@nestjs/websockets', 'express-session'],
}

const folder = fileURLToPath(new URL('frameworks/', import.meta.url))
const record = fileURLToPath(new URL('record/frameworks.md', import.meta.url))
