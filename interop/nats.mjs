import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { vitestResults } from './vitest-results.mjs'

/** Runs channels of several processes over NATS, has parts of it fail, and writes `record/nats.md`. */
export function nats() {
  if (spawnSync(program, ['--version']).status !== 0)
    throw new Error('nats-server must be installed: npm run setup, or apt-get install nats-server')
  for (const file of measuredFiles()) rmSync(file)
  const { passed, failed, tests } = vitestResults('nats')
  if (tests !== undefined) writeFileSync(record, page({ passed, failed, tests }))
  return { passed, failed }
}

function page({ passed, failed, tests }) {
  mkdirSync(new URL('record/', import.meta.url), { recursive: true })
  const date = new Date().toISOString().slice(0, 10)
  const version = execFileSync(program, ['--version'], { encoding: 'utf8' }).trim().replace('nats-server: v', '')
  const rows = tests.map(({ ancestorTitles, title, status }) => `| ${ancestorTitles.join(' ')} | ${title} | ${wordsOf(status)} |`)
  const measured = measuredFiles().flatMap(file => JSON.parse(readFileSync(file, 'utf8')))
  return `# Channels over NATS

Written by \`npm run interop -- nats\` on ${date}: nats-server ${version}, Node ${process.versions.node}.

${passed} tests passed, ${failed} failed. They are in [nats/](../nats/faults.test.ts) and in
[several-processes.test.ts](../../packages/nats/test/node/several-processes.test.ts), here with 600 members.

| | test | |
|---|---|---|
${rows.join('\n')}

| measured | |
|---|---|
${measured.map(([what, value]) => `| ${what} | ${value} |`).join('\n')}
`
}

function wordsOf(status) {
  return status === 'passed' || status === 'failed' ? status : 'not run: this machine allows no network namespaces'
}

function measuredFiles() {
  const folder = fileURLToPath(new URL('../.reports/', import.meta.url))
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter(name => name.startsWith('nats-measured-'))
    .map(name => folder + name)
}

/** The program. Debian puts it where only root looks. */
const program = existsSync('/usr/sbin/nats-server') ? '/usr/sbin/nats-server' : 'nats-server'
const record = fileURLToPath(new URL('record/nats.md', import.meta.url))
