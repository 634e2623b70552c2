// fox-wamp with its memory. Prints its URL when it listens, and ends with its standard input.
import { createRequire } from 'node:module'
import { freePort } from './free-port.mjs'

const FoxRouter = createRequire(import.meta.url)('fox-wamp')
const port = await freePort()
const router = new FoxRouter()
router.getRealm('realm1', () => {
  router.listenWAMP({ port })
  console.log(JSON.stringify({ urls: { ws: `ws://127.0.0.1:${port}` }, secure: 'secure' }))
})
process.stdin.on('end', () => process.exit()).resume()
