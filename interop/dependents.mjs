import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stage } from '../scripts/package/stage.mjs'
import { run, vitestResults } from './vitest-results.mjs'

/** Has packages that depend on npm `ws` do their job on the drop-in, as it is published, and writes `record/dependents.md`. */
export async function dependents() {
  run('npm', ['run', 'build', '--silent'])
  await packDropIn()
  run('npm', ['ci', '--no-fund', '--no-audit', '--ignore-scripts', '--loglevel', 'error', '--prefix', folder])
  const { passed, failed, tests } = vitestResults('dependents')
  if (tests !== undefined) writeFileSync(record, page({ passed, failed, tests }))
  return { passed, failed }
}

/** Packs `@autobahn-ts/ws` into the file that the package.json of the folder names in place of `ws`. */
async function packDropIn() {
  const work = mkdtempSync(join(tmpdir(), 'drop-in-'))
  try {
    await stage('ws', { into: join(work, 'ws') })
    const { status, stdout, stderr } = spawnSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', work], {
      cwd: join(work, 'ws'),
      encoding: 'utf8',
    })
    if (status !== 0) throw new Error(`npm pack ended with ${status}\n${stdout}${stderr}`)
    const [{ filename }] = Object.values(JSON.parse(stdout))
    mkdirSync(join(folder, 'packed'), { recursive: true })
    copyFileSync(join(work, filename), join(folder, 'packed/ws.tgz'))
  } finally {
    rmSync(work, { recursive: true })
  }
}

function page({ passed, failed, tests }) {
  const date = new Date().toISOString().slice(0, 10)
  const { dependencies } = JSON.parse(readFileSync(`${folder}package.json`, 'utf8'))
  const rows = tests.map(({ title, status }) => {
    const [, name, done = ''] = /^(\S+) (.*)$/.exec(title) ?? [title, title]
    return `| ${name} | ${versionsOf(name, dependencies)} | ${done} | ${status} |`
  })
  return `# Packages that depend on \`ws\`, on the drop-in

Written by \`npm run interop -- dependents\` on ${date}, on Node ${process.versions.node}. Each package is installed with the packed
[\`@autobahn-ts/ws\`](../../packages/ws/README.md) in the place of \`ws\`, by \`overrides\` in [package.json](../dependents/package.json), and does its job in a program of
[dependents](../dependents/). Each program checks that \`require.resolve('ws')\` from inside the package lies in the drop-in, and that its code was loaded.

${passed} passed, ${failed} failed.

| package | with | does | |
|---|---|---|---|
${rows.join('\n')}

Out of reach are packages that contain a copy of \`ws\`, which no override replaces: vite and playwright-core, for example.
`
}

/** Lists the packages of a program that are installed by name. */
function versionsOf(name, dependencies) {
  return (companions[name] ?? [name]).map(each => `${each} ${dependencies[each]}`).join(', ')
}

const companions = {
  'engine.io': ['engine.io', 'engine.io-client'],
  'socket.io': ['socket.io', 'socket.io-client'],
  '@y/websocket-server': ['@y/websocket-server', 'y-websocket', 'yjs'],
  mqtt: ['mqtt', 'aedes'],
  '@hono/node-ws': ['@hono/node-ws', '@hono/node-server', 'hono'],
  '@fastify/websocket': ['@fastify/websocket', 'fastify'],
  'express-ws': ['express-ws', 'express'],
  '@nestjs/platform-ws': ['@nestjs/platform-ws', '@nestjs/core'],
  'webpack-dev-server': ['webpack-dev-server', 'webpack'],
  '@trpc/server': ['@trpc/server', '@trpc/client'],
}

const folder = fileURLToPath(new URL('dependents/', import.meta.url))
const record = fileURLToPath(new URL('record/dependents.md', import.meta.url))
