// Measures the time from the first import to a listening router, as a library and as `autobahn-ts router`, in new processes and as they are published. Needs
// a build.
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { packageFolders, stage } from '../../scripts/package/stage.mjs'
import { machine } from '../machine.mjs'
import { outUsage, writeResult } from '../results.mjs'
import { median } from '../statistics.mjs'

const usage = `npm run router-start -- [options]

  --rounds N        processes of each kind (9)
  ${outUsage}
  --help            this text
`
const { values: wanted } = parseArgs({
  options: { rounds: { type: 'string', default: '9' }, out: { type: 'string' }, help: { type: 'boolean', default: false } },
})
if (wanted.help) {
  console.log(usage)
  process.exit(0)
}
const rounds = Number(wanted.rounds)
/** The most milliseconds from the first import to listening. */
const most = 300

const folder = await installed()
const library = `
const began = performance.now()
const { createRouter, listen } = await import(${JSON.stringify(pathToFileURL(join(folder, '@autobahn-ts/router/dist/index.js')).href)})
await listen(createRouter(), { port: 0 })
console.log(performance.now() - began)
process.exit()`
const kinds = [
  { name: 'node, without a program', args: ['--input-type=module', '-e', 'console.log(0)'] },
  { name: 'createRouter and listen', args: ['--input-type=module', '-e', library], isTimedWithin: true },
  { name: 'autobahn-ts router', args: [join(folder, 'autobahn-ts/bin/autobahn-ts.js'), 'router', '--port', '0'] },
]
const results = kinds.map(({ name }) => ({ name, times: [] }))
for (let round = -1; round < rounds; round++) {
  for (const [at, { args, isTimedWithin }] of kinds.entries()) {
    const time = await untilItSpeaks(args, isTimedWithin)
    if (round >= 0) results[at].times.push(time)
  }
}
rmSync(dirname(folder), { recursive: true, force: true })
const [node, asLibrary, asProgram] = results.map(({ times }) => median(times))
const rows = [
  { name: 'createRouter and listen', milliseconds: asLibrary },
  { name: 'autobahn-ts router, without the start of node', milliseconds: asProgram - node },
]
writeResult(wanted.out, { rounds, most, results: rows })
console.log(`${machine()}; milliseconds from the first import to listening, medians of ${rounds} processes\n`)
console.log('| | ms | wanted | met |\n|---|--:|--:|---|')
for (const { name, milliseconds } of rows)
  console.log(`| ${name} | ${milliseconds.toFixed(0)} | at most ${most} | ${milliseconds <= most ? 'yes' : 'no'} |`)

/** Writes all packages into a folder, with links to what they need of others, as they are when they are installed. Returns the folder. */
async function installed() {
  const modules = join(mkdtempSync(join(tmpdir(), 'autobahn-ts-start-')), 'node_modules')
  mkdirSync(join(modules, '@autobahn-ts'), { recursive: true })
  for (const name of packageFolders) await stage(name, { into: join(modules, name === 'autobahn-ts' ? name : `@autobahn-ts/${name}`) })
  const others = ['pino', 'yaml', 'zod', 'commander', 'picocolors', '@noble', '@mongodb-js', '@nats-io']
  for (const name of others) symlinkSync(installedAt(name), join(modules, name))
  return modules
}

/** Returns the folder of another package, which one of ours may have to itself. */
function installedAt(name) {
  const places = ['autobahn-ts', 'router'].map(own => `../../packages/${own}/node_modules/${name}`)
  return [...places, `../../node_modules/${name}`].map(place => fileURLToPath(new URL(place, import.meta.url))).find(existsSync)
}

/** Returns the milliseconds until a process prints its first line, or those that the line tells. */
function untilItSpeaks(args, isTimedWithin = false) {
  return new Promise((resolve, reject) => {
    const began = performance.now()
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    child.on('error', reject)
    child.stdout.once('data', text => {
      const time = performance.now() - began
      child.once('exit', () => resolve(isTimedWithin ? Number(String(text)) : time))
      child.kill('SIGKILL')
    })
  })
}
