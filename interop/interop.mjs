// npm run interop: runs everything that npm test leaves out because it is heavy or needs foreign programs, or the named parts.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dependents } from './dependents.mjs'
import { frameworks } from './frameworks.mjs'
import { nats } from './nats.mjs'
import { nodes } from './nodes.mjs'
import { proxies } from './proxies.mjs'
import { pythonWebsockets } from './python-websockets.mjs'
import { runtimes } from './runtimes.mjs'
import { testRunners } from './test-runners.mjs'
import { wamp } from './wamp.mjs'
import { wpt } from './wpt.mjs'

/**
 * The parts. A part prints its progress, writes its record, and returns how much passed and failed. Its arguments are the named versions and the paths, if
 * any.
 */
const parts = {
  dependents,
  frameworks,
  nats,
  nodes,
  proxies,
  'python-websockets': pythonWebsockets,
  runtimes,
  'test-runners': testRunners,
  wamp,
  wpt,
}

const versions = process.argv.slice(2).filter(word => /^\d+$/.test(word))
const paths = process.argv.slice(2).filter(word => /[\\/]/.test(word))
const named = process.argv.slice(2).filter(word => !versions.includes(word) && !paths.includes(word))
const unknown = named.filter(name => !Object.hasOwn(parts, name))
if (unknown.length > 0) {
  console.error(`interop: there is no part ${unknown.join(', ')}; known parts: ${Object.keys(parts).join(', ')}`)
  process.exit(2)
}

const total = { passed: 0, failed: 0 }
for (const name of named.length > 0 ? named : Object.keys(parts)) {
  console.log(`interop: ${name}`)
  const { passed, failed } = await parts[name](versions.map(Number), paths)
  console.log(`interop: ${name}: ${passed} passed, ${failed} failed`)
  total.passed += passed
  total.failed += failed
}

const reports = new URL('../.reports/', import.meta.url)
mkdirSync(reports, { recursive: true })
writeFileSync(new URL('interop.json', reports), JSON.stringify(total))
process.exitCode = total.failed === 0 ? 0 : 1
