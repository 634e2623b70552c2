// Writes the measured figures of the documents, between their marks, from the results in docs/benchmarks/. It does not measure: `npm run
// bench` and `npm run figures` do. `--check` writes nothing, and names the documents that differ.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { figuresOf } from '../bench/report/figures.mjs'
import { namesIn, withFigures } from '../bench/report/marks.mjs'

const root = new URL('../', import.meta.url)
const files = {
  bench: 'latest.json',
  slices: 'slices.json',
  stream: 'stream.json',
  wamp: 'wamp.json',
  router: 'router.json',
  routerIdle: 'router-idle.json',
  routerHostile: 'router-hostile.json',
  routerStart: 'router-start.json',
  wampClient: 'wamp-client.json',
  wampTexts: 'wamp-texts.json',
  bombs: 'bombs.json',
  channels: 'channels.json',
  codecs: 'codecs.json',
  bundles: 'bundle-size.json',
}

try {
  const figures = figuresOf(Object.fromEntries(Object.entries(files).map(([key, file]) => [key, result(file)])))
  const texts = documents().map(document => ({ document, before: text(document) }))
  const quoted = new Set(texts.flatMap(({ before }) => namesIn(before)))
  const unused = Object.keys(figures).filter(name => !quoted.has(name))
  if (unused.length > 0) throw new Error(`no document uses these figures: ${unused.join(', ')}`)
  const all = texts.map(one => ({ ...one, after: written(one.document, one.before, figures) }))
  for (const { document, after } of all.filter(({ before, after }) => before !== after)) write(document, after)
} catch (error) {
  console.error(`write-figures: ${error.message}`)
  process.exitCode = 1
}

function write(document, after) {
  if (process.argv.includes('--check')) {
    console.error(`${document} differs from the results in docs/benchmarks/; run: node scripts/write-figures.mjs`)
    process.exitCode = 1
  } else {
    writeFileSync(new URL(document, root), after)
    console.log(`written: ${document}`)
  }
}

function written(document, before, figures) {
  try {
    return withFigures(before, figures)
  } catch (error) {
    throw new Error(`${document}: ${error.message}`, { cause: error })
  }
}

function documents() {
  const packages = readdirSync(new URL('packages', root)).map(name => `packages/${name}/README.md`)
  const docs = readdirSync(new URL('docs', root)).filter(name => name.endsWith('.md'))
  return ['README.md', 'SECURITY.md', ...packages, ...docs.map(name => `docs/${name}`)]
}

function result(file) {
  try {
    return JSON.parse(text(`docs/benchmarks/${file}`))
  } catch (error) {
    throw new Error(`docs/benchmarks/${file} cannot be read, which a program of bench/ writes: ${error.message}`, { cause: error })
  }
}

function text(path) {
  return readFileSync(fileURLToPath(new URL(path, root)), 'utf8')
}
