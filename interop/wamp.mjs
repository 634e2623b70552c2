import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { run } from './vitest-results.mjs'
import { explained, explainedOfLink, links, pairs } from './wamp/expectations.mjs'
import { features } from './wamp/features.mjs'

/**
 * Has the WAMP clients of other projects talk to our router, and our client to the routers of other projects, through one table of features. Writes
 * `record/wamp.md`. A feature that fails without an explanation counts as failed, and so does one that works although it is explained.
 */
export async function wamp() {
  // autobahn 26 names a later Node, and needs nothing of it but WebSocket; no compiled package is needed. `npm ci` refuses the lock file, because the
  // registry may lack optional packages of one platform
  run('npm', ['install', '--no-save', '--no-fund', '--no-audit', '--ignore-scripts', '--loglevel', 'error', '--prefix', folder])
  installPython()
  run('npm', ['run', 'build', '--silent'])
  // loaded after the build, because they use the packages
  const { linkFeatures } = await import('./wamp/link-features.mjs')
  const everything = pairs.flatMap(({ router, clients }) => clients.map(client => ({ router, ...client })))
  const waiting = everything.filter(({ router, name }) => hasPython() || (!inPython.includes(router) && !inPython.includes(name)))
  if (waiting.length < everything.length) console.log(`${inPython.join(' and ')} are not installed`)
  const columns = waiting.map(column => ({ ...column, results: [], surprises: [] }))
  const next = columns.values()
  await Promise.all(Array.from({ length: atOnce }, () => tryAll(next)))
  const linked = hasPython() ? links.map(title => ({ title, results: [], surprises: [] })) : []
  for (const column of linked) await tryLink(column, linkFeatures)
  mkdirSync(new URL('record/', import.meta.url), { recursive: true })
  writeFileSync(new URL('record/wamp.md', import.meta.url), page(columns, linked, linkFeatures))
  const all = [...columns, ...linked]
  const failed = all.flatMap(({ surprises }) => surprises).length
  return { passed: all.flatMap(({ results }) => results).length - failed, failed }
}

async function tryAll(columns) {
  for (const column of columns) {
    const { router, name, way } = column
    column.results = await withRouter(router, facts => probe(name, way, facts))
    column.surprises = surprisesIn(column)
    const works = column.results.filter(({ error }) => error === undefined).length
    console.log(`${name} at ${router}, ${way}: ${works} of ${features.length} features`)
    for (const surprise of column.surprises) console.log(`    ${surprise}`)
  }
}

async function tryLink(column, linkFeatures) {
  column.results = await resultsOf('links.mjs', [column.title], linkFeatures)
  column.surprises = surprises(column.results, feature => explainedOfLink(column.title, feature))
  const works = column.results.filter(({ error }) => error === undefined).length
  console.log(`link between autobahn-ts and crossbar, made by ${column.title}: ${works} of ${linkFeatures.length} features`)
  for (const surprise of column.surprises) console.log(`    ${surprise}`)
}

/** Installs what is in Python, where Python is there. Without it the record says so. */
function installPython() {
  if (hasPython() || spawnSync('python3', ['--version']).error !== undefined) return
  run('python3', ['-m', 'venv', `${folder}.venv`])
  run(`${folder}.venv/bin/python`, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', `${folder}requirements.txt`])
}

function hasPython() {
  return existsSync(`${folder}.venv/bin/crossbar`)
}

/** Starts the program of a router, and ends it when the work is done. */
async function withRouter(router, work) {
  const program = spawn(process.execPath, [`${folder}routers/${router}.mjs`], { stdio: ['pipe', 'pipe', 'ignore'] })
  try {
    for await (const line of createInterface({ input: program.stdout })) if (line.startsWith('{"urls"')) return await work(line)
    return features.map(({ name }) => ({ feature: name, error: `${router} did not start` }))
  } finally {
    program.stdin.end()
  }
}

function probe(name, way, facts) {
  return resultsOf('probe.mjs', [name, way, facts], features)
}

/** Runs a program that prints a line for each feature of a table. */
async function resultsOf(file, args, table) {
  const program = spawn(process.execPath, [`${folder}${file}`, ...args], {
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: 180_000,
  })
  const results = []
  for await (const line of createInterface({ input: program.stdout })) if (line.startsWith('{"feature"')) results.push(JSON.parse(line))
  for (const { name: feature } of table.slice(results.length)) results.push({ feature, error: 'the program has ended' })
  return results
}

function surprisesIn({ router, name, way, results }) {
  return surprises(results, feature => explained({ router, name, way, feature }))
}

function surprises(results, whyOf) {
  return results.flatMap(({ feature, error }) => {
    const why = whyOf(feature)
    if ((error === undefined) === (why === undefined)) return []
    return [error === undefined ? `${feature}: works, against the explanation` : `${feature}: ${error}`]
  })
}

function page(columns, linked, linkFeatures) {
  const date = new Date().toISOString().slice(0, 10)
  const ours = columns.filter(({ router }) => router === 'autobahn-ts')
  const theirs = columns.filter(({ router }) => router !== 'autobahn-ts')
  return `# WAMP with other projects

Written by \`npm run interop -- wamp\` on ${date}, on Node ${process.versions.node}: ${versions()}. The features are those of
[features.mjs](../wamp/features.mjs); in each of them the other side is this library's client. A number refers to the notes: the feature does not work, and
the note says why. "FAILED" has no explanation.

## Their clients at our router

${matrix(features, ours, ({ name, way }) => `${name}, ${way}`, explained)}

## Our client at their routers

${matrix(features, theirs, ({ router, way }) => `${router}, ${way}`, explained)}
${linked.length === 0 ? '' : linkSection(linked, linkFeatures)}`
}

function linkSection(linked, linkFeatures) {
  const title = ({ title }) => `made by ${title}`
  return `
## A link between our router and Crossbar

"The other router" is Crossbar. The features are those of [link-features.mjs](../wamp/link-features.mjs).

${matrix(linkFeatures, linked, title, ({ title, feature }) => explainedOfLink(title, feature))}
`
}

function matrix(table, columns, titleOf, whyOf) {
  const notes = []
  const cell = ({ results, ...column }, feature) => {
    const { error } = results.find(result => result.feature === feature)
    const why = whyOf({ ...column, feature })
    if (error === undefined) return why === undefined ? 'yes' : 'yes, FAILED'
    if (why === undefined) return 'FAILED'
    if (!notes.includes(why)) notes.push(why)
    return String(notes.indexOf(why) + 1)
  }
  const rows = table.map(({ name }) => `| ${[name, ...columns.map(column => cell(column, name))].join(' | ')} |`)
  const head = `| | ${columns.map(titleOf).join(' | ')} |\n|---|${columns.map(() => '---|').join('')}`
  return `${head}\n${rows.join('\n')}\n\n${notes.map((note, at) => `${at + 1}. ${note}`).join('\n')}`
}

function versions() {
  const { dependencies } = JSON.parse(readFileSync(`${folder}package.json`, 'utf8'))
  const named = ['autobahn-22', 'autobahn-26', 'wampy', 'thruway.js', '@verkehrsministerium/kraftfahrstrasse', 'fox-wamp', 'wamp.rt']
  const packages = named.map(name => `${name.replace(/-2[26]$/, '')} ${dependencies[name].replace(/^npm:autobahn@/, '')}`)
  if (!hasPython()) return packages.join(', ')
  const requirements = readFileSync(`${folder}requirements.txt`, 'utf8').trim()
  return [...packages, ...requirements.replace('autobahn', 'AutobahnPython').replaceAll('==', ' ').split('\n')].join(', ')
}

/** The router and the client that are programs in Python. */
const inPython = ['crossbar', 'AutobahnPython']
/** Routers that run at the same time. Most of a run is waiting. */
const atOnce = 3

const folder = fileURLToPath(new URL('wamp/', import.meta.url))
