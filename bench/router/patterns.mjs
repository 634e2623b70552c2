// Measures how long the router's table of patterns takes to find a URI: in a set of ordinary names, and in one made to be slow. Needs a build.
import { parseArgs } from 'node:util'
import { PatternTable } from '../../packages/router/dist/patterns/pattern-table.js'

const usage = `node bench/router/patterns.mjs [options]

  --entries N   entries of each set (100000)
  --rounds N    rounds, of which the median counts (7)
  --help        this text
`
const { values } = parseArgs({
  options: {
    entries: { type: 'string', default: '100000' },
    rounds: { type: 'string', default: '7' },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) {
  console.log(usage)
  process.exit(0)
}
const entries = Number(values.entries)
const rounds = Number(values.rounds)

/** The most microseconds that a search in the ordinary set may take. */
const bound = 2

const ordinary = ordinarySet(entries)
const hostile = hostileSet(entries)
const rows = [
  measured('ordinary: the entry of a call', ordinary, best, 100_000),
  measured('ordinary: the entries of an event', ordinary, all, 100_000),
  measured('hostile: the entry of a call', hostile, best, 200),
  measured('hostile: the entries of an event', hostile, all, 200),
]
console.log(`${entries.toLocaleString('en-US')} entries of each set; microseconds per search, median of ${rounds} rounds\n`)
for (const { name, microseconds, found } of rows)
  console.log(`${name.padEnd(36)}${microseconds.toFixed(2).padStart(10)}   finds ${found.toFixed(1)}`)
process.exitCode = rows.slice(0, 2).every(({ microseconds }) => microseconds < bound) ? 0 : 1
if (process.exitCode === 1) console.error(`a search in the ordinary set takes more than ${bound} µs`)

/** Names as applications have them: 80 % exact, 10 % prefixes, 10 % wildcards with one empty component. */
function ordinarySet(count) {
  const table = new PatternTable()
  const uris = []
  const random = randomFrom(7)
  for (let n = 0; n < count; n++) {
    const [company, service, object] = [random(500), random(200), random(100_000)]
    const uri = `com.company${company}.service${service}.object${object}.method${random(20)}`
    const kind = n % 10
    if (kind === 0) table.add('prefix', `com.company${company}.service${service}.object${n}`, n)
    else if (kind === 1) table.add('wildcard', `com.company${company}.service${service}..method${n}`, n)
    else table.add('exact', uri, n)
    // half of the names that are looked for are exact entries; the others differ from them in the last component
    uris.push(n % 2 === 0 ? uri : `${uri}x`)
  }
  return { table, uris }
}

/** Wildcards of 16 components with the 4 empty ones that a pattern may have, below one path, so that every search tries all ways. */
function hostileSet(count) {
  const table = new PatternTable()
  const random = randomFrom(7)
  for (let added = 0, tries = 0; added < count && tries < count * 20; tries++) {
    const components = Array.from({ length: 16 }, () => (random(3) === 0 ? 'b' : 'a'))
    for (let n = 0; n < 4; n++) components[random(16)] = ''
    const pattern = components.join('.')
    if (table.get('wildcard', pattern) !== undefined) continue
    table.add('wildcard', pattern, added++)
  }
  return { table, uris: Array.from({ length: 64 }, () => Array.from({ length: 16 }, () => (random(3) === 0 ? 'b' : 'a')).join('.')) }
}

function best({ table }, uri) {
  return table.best(uri) === undefined ? 0 : 1
}

function all({ table }, uri) {
  const found = []
  table.collect(uri, found)
  return found.length
}

function measured(name, set, search, times) {
  const results = []
  let found = 0
  for (let round = 0; round <= rounds; round++) {
    found = 0
    const began = process.hrtime.bigint()
    for (let n = 0; n < times; n++) found += search(set, set.uris[n % set.uris.length])
    // the first round is for the compiler
    if (round > 0) results.push(Number(process.hrtime.bigint() - began) / 1000 / times)
  }
  return { name, microseconds: results.sort((a, b) => a - b)[rounds >> 1], found: found / times }
}

/** Makes a generator of the same numbers in each run. */
function randomFrom(seed) {
  let state = seed
  return below => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}
