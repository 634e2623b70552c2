// Prints the size of the browser clients for a web page, minified and with gzip, and fails above the limits. Needs a build. `--packed` weighs
// what `npm run pack` has made in place of the build; `--out FILE` also writes the result there, as JSON.
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

const websocket = '@autobahn-ts/websocket/browser'
const wamp = '@autobahn-ts/wamp/v1/browser'

/** The limits in octets, a little above the last measurement, so that growth is noticed. */
const bundles = [
  { entry: websocket, what: 'WebSocketClientProtocol, WebSocketClientFactory, connectWS', most: 17_000, mostGzip: 6_300 },
  { entry: websocket, what: 'connect', most: 25_300, mostGzip: 8_900 },
  { entry: wamp, what: 'WampClientProtocol, WampClientFactory, connectWS', most: 39_900, mostGzip: 13_600 },
  { entry: wamp, what: 'connectWamp', most: 56_800, mostGzip: 19_900 },
  { entry: wamp, what: '*', most: 58_400, mostGzip: 20_500 },
]

const { values } = parseArgs({ options: { out: { type: 'string' }, packed: { type: 'boolean', default: false } } })
const root = fileURLToPath(new URL(values.packed ? '../.packed' : '..', import.meta.url))
const results = []
for (const { entry, what, most, mostGzip } of bundles) {
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
  })
  const { contents } = outputFiles[0]
  const gzip = gzipSync(contents, { level: 9 }).length
  results.push({ entry, what, octets: contents.length, gzip })
  console.log(`${kilo(contents.length)} min, ${kilo(gzip)} gzip: ${what} of ${entry}`)
  if (contents.length <= most && gzip <= mostGzip) continue
  console.error(`above the bound of ${kilo(most)} min, ${kilo(mostGzip)} gzip`)
  process.exitCode = 1
}

if (values.out !== undefined) writeFileSync(values.out, `${JSON.stringify({ results }, undefined, 1)}\n`)

function kilo(octets) {
  return `${(octets / 1000).toFixed(1)} kB`
}
