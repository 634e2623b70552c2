// @ts-check
// A page with a calculator that shows the calculations of others live: page and WAMP on one port. The page's modules are bundled when the
// server starts.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { TopicAccess, WampServerFactory, WampServerProtocol } from '@autobahn-ts/wamp/v1'
import { attachWS } from '@autobahn-ts/websocket'
import { build } from 'esbuild'
import { Calculator, calculatorUri, operations } from '../calculator/calculator.mjs'

const calculator = new Calculator()
/** @type {import('./live.mjs').Calculation[]} */
const recent = []

class Server extends WampServerProtocol {
  onSessionOpen() {
    for (const operation of operations) this.registerMethodForRpc(calculatorUri + operation, calculator, operation)
    this.registerProcedureForRpc(`${liveUri}state`, () => ({ visitors: factory.sessionCount, recent }))
    this.registerForPubSub(liveUri, { prefixMatch: true, pubsub: TopicAccess.SUBSCRIBE })
    tellVisitors()
  }

  onClose() {
    tellVisitors()
  }

  /**
   * Publishes a calculation to all clients except the caller, who gets the answer to the call.
   *
   * @param {unknown} result
   * @param {import('@autobahn-ts/wamp/v1').Call} call
   */
  onAfterCallSuccess(result, call) {
    if (call.uri.startsWith(calculatorUri)) {
      const calculation = { operation: call.uri.slice(calculatorUri.length), operands: call.args.map(Number), result: Number(result) }
      recent.unshift(calculation)
      recent.length = Math.min(recent.length, 12)
      this.dispatch(`${liveUri}calculated`, calculation, { exclude: [this] })
    }
    return result
  }
}

const liveUri = 'http://example.com/live#'
const factory = new WampServerFactory(undefined, { protocol: Server })

/** Publishes the number of visitors. A session that is closing counts until it has ended. */
function tellVisitors() {
  setImmediate(() => factory.dispatch(`${liveUri}visitors`, factory.sessionCount))
}

const bundle = await build({
  entryPoints: [fileURLToPath(new URL('page/main.js', import.meta.url))],
  bundle: true,
  minify: true,
  write: false,
  format: 'esm',
  platform: 'browser',
})

/** @type {Record<string, { type: string, body: string | Uint8Array } | undefined>} */
const files = {
  '/': { type: 'text/html; charset=utf-8', body: page('index.html') },
  '/style.css': { type: 'text/css; charset=utf-8', body: page('style.css') },
  '/main.js': { type: 'text/javascript; charset=utf-8', body: bundle.outputFiles[0]?.contents ?? '' },
}

const server = createServer((request, response) => {
  const file = files[request.url ?? '']
  if (file === undefined) return response.writeHead(404, { 'Content-Type': 'text/plain' }).end('not found')
  response.writeHead(200, { 'Content-Type': file.type, 'Content-Security-Policy': "default-src 'self'; img-src data:" }).end(file.body)
})
attachWS(factory, server, { path: '/wamp' })

const port = Number(process.argv[2] ?? 9000)
server.listen(port, '127.0.0.1', () => {
  const address = server.address()
  console.log(`listening at http://127.0.0.1:${typeof address === 'object' ? address?.port : port}/`)
})

process.once('SIGTERM', () => {
  // An HTTP server waits for its WebSocket connections when it closes, but does not close them.
  for (const connection of factory.connections) connection.sendClose(1001)
  server.close()
  server.closeIdleConnections()
})

function page(/** @type {string} */ name) {
  return readFileSync(new URL(`page/${name}`, import.meta.url))
}
