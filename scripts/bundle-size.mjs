// Prints what a page loads of the browser client, minified and as gzip, and fails above the bounds. Needs a build.
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

const entry = '@autobahn-ts/wamp/v1/browser'

/** In octets, a little above what was measured last: growth is to be noticed. */
const bundles = [
  { what: 'WampClientProtocol, WampClientFactory, connectWS', most: 30_000, mostGzip: 10_500 },
  { what: 'connectWamp', most: 46_000, mostGzip: 16_500 },
  { what: '*', most: 47_500, mostGzip: 17_000 },
]

for (const { what, most, mostGzip } of bundles) {
  const { outputFiles } = await build({
    stdin: {
      contents: `export ${what === '*' ? what : `{ ${what} }`} from '${entry}'`,
      resolveDir: fileURLToPath(new URL('..', import.meta.url)),
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
  console.log(`${kilo(contents.length)} min, ${kilo(gzip)} gzip: ${what}`)
  if (contents.length <= most && gzip <= mostGzip) continue
  console.error(`above the bound of ${kilo(most)} min, ${kilo(mostGzip)} gzip`)
  process.exitCode = 1
}

function kilo(octets) {
  return `${(octets / 1000).toFixed(1)} kB`
}
