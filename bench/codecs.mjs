// Measures the memory of compressors and decompressors: many of a kind in a process, after one message each and after a hundred.
import { parseArgs } from 'node:util'
import { Child, endChildren } from './child.mjs'
import { checkInstallation } from './installed.mjs'
import { machine } from './machine.mjs'
import { outUsage, writeResult } from './results.mjs'
import { medianOf } from './scenarios/rounds.mjs'

const usage = `npm run codecs -- [options]

  --count N         number of codecs of each kind, 10 to 5000 (300)
  ${outUsage}
  --help            this text
`
const { count, out } = readArguments()
/** The number of processes for each kind. */
const rounds = 3
checkInstallation()

/** The kinds; `holds` is what is made. The settings are those of `codecs/holder.mjs`. */
const kinds = [
  { name: 'compressor, `windowBits` 12, `memLevel` 5: the defaults here', holds: 'compressor', windowBits: 12, memLevel: 5 },
  { name: "compressor, 15 and 8: zlib's own defaults", holds: 'compressor', windowBits: 15, memLevel: 8 },
  { name: 'compressor, 9 and 1: the least there is', holds: 'compressor', windowBits: 9, memLevel: 1 },
  { name: 'decompressor, window of 4 KiB: what is asked of the peer by default', holds: 'decompressor', windowBits: 12 },
  { name: 'decompressor, window of 32 KiB: where nothing is asked', holds: 'decompressor', windowBits: 15 },
  { name: 'decompressor, window of 512 octets', holds: 'decompressor', windowBits: 9 },
  { name: 'brotli compressor, quality 5, `lgwin` 16', holds: 'brotliCompressor', quality: 5, lgwin: 16 },
  { name: 'brotli compressor, quality 4, `lgwin` 16', holds: 'brotliCompressor', quality: 4, lgwin: 16 },
  { name: 'brotli decompressor, `lgwin` 16', holds: 'brotliDecompressor', quality: 5, lgwin: 16 },
]

console.log(`${machine()}\n`)
console.log(`KiB of resident memory for each of ${count}, after one message of 400 octets and after 100; medians of ${rounds} processes\n`)
const results = []
for (const kind of kinds) {
  const found = []
  for (let round = 0; round < rounds; round++) found.push(await measured(kind))
  const [first, hundred] = ['first', 'hundred'].map(when => medianOf(found, one => one[when]))
  results.push({ name: kind.name, first, hundred })
  console.log(`${first.toFixed(0).padStart(5)} ${hundred.toFixed(0).padStart(5)}  ${kind.name}`)
}
await endChildren()
writeResult(out, { count, rounds: rounds, results })
process.exit()

/** Measures one kind. Some codecs are made before the measurement, so that the code has run. */
async function measured(kind) {
  const child = Child.node('codecs/holder.mjs', [JSON.stringify(kind)], {}, ['--expose-gc', '--max-semi-space-size=1'])
  await child.said()
  await child.ask({ command: 'make', count: 20 })
  await child.ask({ command: 'speak', times: 100 })
  await child.ask({ command: 'forget' })
  const before = await settled(child)
  await child.ask({ command: 'make', count })
  await child.ask({ command: 'speak', times: 1 })
  const first = ((await settled(child)) - before) / count
  await child.ask({ command: 'speak', times: 99 })
  const hundred = ((await settled(child)) - before) / count
  await child.end()
  return { first, hundred }
}

async function settled(child) {
  await child.ask({ command: 'gc' })
  return child.resident
}

function readArguments() {
  try {
    const { values } = parseArgs({
      options: { count: { type: 'string', default: '300' }, out: { type: 'string' }, help: { type: 'boolean', default: false } },
    })
    const count = Number(values.count)
    if (!(Number.isInteger(count) && count >= 10 && count <= 5000))
      throw new Error(`--count must be a whole number from 10 to 5000, not ${values.count}`)
    if (!values.help) return { count, out: values.out }
    console.log(usage)
  } catch (error) {
    console.error(`codecs: ${error.message}\n\n${usage}`)
    process.exit(2)
  }
  process.exit(0)
}
