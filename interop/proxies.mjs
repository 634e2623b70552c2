import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { vitestResults } from './vitest-results.mjs'

/** Runs a server behind nginx and HAProxy, with the settings of `docs/behind-a-proxy.md`, and writes `record/proxies.md`. */
export function proxies() {
  const missing = ['nginx', 'haproxy'].filter(name => spawnSync(name, ['-v']).error !== undefined)
  if (missing.length > 0) throw new Error(`${missing.join(' and ')} must be installed: apt-get install nginx-light haproxy`)
  const { passed, failed, tests } = vitestResults('proxies')
  if (tests !== undefined) writeFileSync(record, page({ passed, failed, tests }))
  return { passed, failed }
}

function page({ passed, failed, tests }) {
  mkdirSync(new URL('record/', import.meta.url), { recursive: true })
  const date = new Date().toISOString().slice(0, 10)
  const rows = tests.map(({ ancestorTitles, title, status }) => `| ${ancestorTitles.join(' ')} | ${title} | ${status} |`)
  return `# Behind nginx and HAProxy

Written by \`npm run interop -- proxies\` on ${date}: nginx ${nginx()}, HAProxy ${haproxy()}, Node ${process.versions.node}.
The settings are those of [docs/behind-a-proxy.md](../../docs/behind-a-proxy.md).

${passed} tests passed, ${failed} failed. They are in [proxies.test.ts](../proxies/proxies.test.ts).

| proxy | test | |
|---|---|---|
${rows.join('\n')}
`
}

/** Returns the version, which nginx writes to its standard error. */
function nginx() {
  return /nginx\/(\S+)/.exec(spawnSync('nginx', ['-v'], { encoding: 'utf8' }).stderr)[1]
}

function haproxy() {
  return /version (\d+\.\d+\.\d+)/.exec(execFileSync('haproxy', ['-v'], { encoding: 'utf8' }))[1]
}

const record = fileURLToPath(new URL('record/proxies.md', import.meta.url))
