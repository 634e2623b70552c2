// wamp.rt. Prints its URL when it listens, and ends with its standard input.
import { createRequire } from 'node:module'
import { freePort } from './free-port.mjs'

globalThis.WAMPRT_TRACE = false
const WampRouter = createRequire(import.meta.url)('wamp.rt')
const port = await freePort()
new WampRouter({ port, handleProtocols: (protocols, callback) => callback(true, protocols[0]) })
console.log(JSON.stringify({ urls: { ws: `ws://127.0.0.1:${port}` }, secure: 'secure' }))
process.stdin.on('end', () => process.exit()).resume()
