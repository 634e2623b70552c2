// Measures nanoseconds per call of each way to mask, on one thread. The sizes can be given: `node mask.mjs 64 96 128`.
import { readFileSync } from 'node:fs'
import { cpus } from 'node:os'

const KiB = 1024
const sizes = [16, 64, 125, 512, KiB, 4 * KiB, 16 * KiB, 64 * KiB, 256 * KiB]
const key = 0x12f4a6d8
const rounds = 15
const roundMilliseconds = 8
/** The offset of the payload after the header of a client's frame of 126 octets or more. It is not aligned to words. */
const start = 14

const { applyMask: loop } = await built('mask', { wordsFrom: 'Infinity' })
const { applyMask: words } = await built('mask', { wordsFrom: '0' })
const inPlace = (await built('simd-masker', { inPlaceFrom: '0' })).SimdMasker.create()
const copying = (await built('simd-masker', { copiesFrom: '0' })).SimdMasker.create()
const chosen = (await built('simd-masker', {})).SimdMasker.create()
if (chosen === undefined) throw new Error('this runtime has no SIMD in WebAssembly')

const ways = {
  loop: size => [loop, new Uint8Array(start + size)],
  words: size => [words, new Uint8Array(start + size)],
  'SIMD with copies': size => [applyOf(copying), new Uint8Array(start + size)],
  'SIMD in place': size => within(inPlace, size),
  'as chosen, foreign': size => [applyOf(chosen), new Uint8Array(start + size)],
  'as chosen, in place': size => within(chosen, size),
}

console.log(`${cpus()[0].model.trim()}, Node ${process.version}; ns per call, medians of ${rounds} rounds\n`)
const given = sizesIn(process.argv.slice(2))
const table = (given.length > 0 ? given : sizes).map(row)
const names = ['octets', ...Object.keys(ways)]
for (const line of [names, ...table]) console.log(line.map((cell, at) => String(cell).padStart(Math.max(7, names[at].length + 2))).join(''))

function row(size) {
  const runs = Object.values(ways).map(way => way(size)?.concat(size))
  for (const run of runs) if (run !== undefined) check(...run)
  const calls = runs.map(run => run && callsPerRound(...run))
  const times = runs.map(() => [])
  for (let round = 0; round < rounds; round++) {
    for (const [at, run] of runs.entries()) if (run !== undefined) times[at].push((timed(...run, calls[at]) / calls[at]) * 1e6)
  }
  return [size, ...times.map(all => (all.length === 0 ? '–' : median(all)))]
}

/** Loads a built module with other constants: thresholds are what is measured. */
async function built(name, constants) {
  const file = new URL(`../packages/websocket/dist/bytes/${name}.js`, import.meta.url)
  let text = readFileSync(file, 'utf8').replace(/ from '(\..*?)'/g, (_, path) => ` from '${new URL(path, file)}'`)
  for (const [constant, value] of Object.entries(constants)) {
    const changed = text.replace(new RegExp(`(?<=^const ${constant} = ).*$`, 'm'), value)
    if (changed === text) throw new Error(`no constant ${constant} in ${file.pathname}`)
    text = changed
  }
  return import(`data:text/javascript,${encodeURIComponent(text)}#${JSON.stringify(constants)}`)
}

function applyOf(masker) {
  return (octets, from, to, word, phase) => masker.apply(octets, from, to, word, phase)
}

/** Returns a view of the whole memory rather than of the read buffer, in which 64 KiB would have to begin at 0. */
function within(masker, size) {
  const memory = new Uint8Array(masker.readBuffer.buffer)
  return start + size <= memory.length ? [applyOf(masker), memory] : undefined
}

/** Checks that masking twice restores the octets. */
function check(apply, octets, size) {
  const before = octets.slice()
  apply(octets, start, start + size, key, 1)
  const isMasked = octets
    .subarray(start, start + size)
    .every((octet, at) => octet === (before[start + at] ^ ((key >>> (24 - 8 * ((at + 1) & 3))) & 255)))
  apply(octets, start, start + size, key, 1)
  if (!isMasked || Buffer.compare(octets, before) !== 0) throw new Error(`${size} octets are not masked as they should be`)
}

/** Returns the number of calls that fill a round; finding it warms the code up. */
function callsPerRound(apply, octets, size) {
  for (let calls = 1; ; calls *= 2) {
    const time = timed(apply, octets, size, calls)
    if (time > 4 * roundMilliseconds) return Math.ceil((calls * roundMilliseconds) / time)
  }
}

function timed(apply, octets, size, calls) {
  const began = performance.now()
  for (let call = 0; call < calls; call++) apply(octets, start, start + size, key, call)
  return performance.now() - began
}

function median(values) {
  const middle = values.sort((one, other) => one - other)[values.length >> 1]
  return middle < 100 ? middle.toFixed(1) : Math.round(middle)
}

function sizesIn(args) {
  const wrong = args.find(arg => !(Number.isInteger(Number(arg)) && Number(arg) > 0 && Number(arg) <= 64 * 1024 * KiB))
  if (wrong === undefined) return args.map(Number)
  console.error(`mask: a size must be a whole number of octets from 1 to ${64 * 1024 * KiB}, not ${wrong}`)
  process.exit(2)
}
