// Prints the size of the browser clients for a web page, minified and with gzip, and fails above the limits. Needs a build. `--packed` weighs
// what `npm run pack` has made in place of the build; `--out FILE` also writes the result there, as JSON.
//
// Modules that are imported when they are used are not counted, except those that a row names: the words of mistakes, and reconnecting.
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

const websocket = '@autobahn-ts/websocket/browser'
const wamp = '@autobahn-ts/wamp/v1/browser'
const wamp2 = '@autobahn-ts/wamp/browser'

/** The limits in octets, a little above the last measurement, so that growth is noticed. Why they are not smaller: decisions 156 and 164. */
const bundles = [
  { entry: websocket, what: 'WebSocketClientProtocol, WebSocketClientFactory, connectWS', most: 19_950, mostGzip: 7_270 },
  { entry: websocket, what: 'connect', most: 17_550, mostGzip: 6_340 },
  { entry: websocket, what: 'connect', uses: ['reconnecting'], most: 27_750, mostGzip: 9_690 },
  { entry: wamp2, what: 'connect', most: 60_700, mostGzip: 21_590 },
  { entry: wamp2, what: 'connect', uses: ['late'], most: 77_850, mostGzip: 26_800 },
  { entry: wamp, what: 'WampClientProtocol, WampClientFactory, connectWS', most: 43_250, mostGzip: 14_730 },
  { entry: wamp, what: 'connectWamp', uses: ['index'], most: 60_250, mostGzip: 21_080 },
  { entry: wamp, what: '*', uses: ['index'], most: 61_800, mostGzip: 21_640 },
]

const { values } = parseArgs({ options: { out: { type: 'string' }, packed: { type: 'boolean', default: false } } })
const root = fileURLToPath(new URL(values.packed ? '../.packed' : '..', import.meta.url))
/** In the published files the code has another order, which minifies and compresses a little differently. */
const leeway = values.packed ? 1.01 : 1
const results = []
for (const { entry, what, uses = [], most, mostGzip } of bundles) {
  const { outputFiles } = await build({
    stdin: {
      contents: `export ${what === '*' ? what : `{ ${what} }`} from '${entry}'`,
      resolveDir: root,
    },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    platform: 'browser',
    plugins: [importedWhenUsed(uses)],
  })
  const { contents } = outputFiles[0]
  const gzip = gzipSync(contents, { level: 9 }).length
  results.push({ entry, what, uses, octets: contents.length, gzip })
  console.log(`${kilo(contents.length)} min, ${kilo(gzip)} gzip: ${what}${uses.length > 0 ? ` with ${uses}` : ''} of ${entry}`)
  if (contents.length <= most * leeway && gzip <= mostGzip * leeway) continue
  console.error(`above the bound of ${kilo(most * leeway)} min, ${kilo(mostGzip * leeway)} gzip`)
  process.exitCode = 1
}

if (values.out !== undefined) writeFileSync(values.out, `${JSON.stringify({ results }, undefined, 1)}\n`)

/** Leaves modules out that are imported by `import()`, except those with the given names. */
function importedWhenUsed(names) {
  return {
    name: 'imported when used',
    setup: ({ onResolve }) => {
      onResolve({ filter: /./ }, ({ kind, path }) => {
        const isUsed = kind !== 'dynamic-import' || names.some(name => new RegExp(`/${name}(-[^/]*)?\\.js$`).test(path))
        return isUsed ? undefined : { path, external: true }
      })
    },
  }
}

function kilo(octets) {
  return `${(octets / 1000).toFixed(1)} kB`
}
