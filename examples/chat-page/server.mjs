// @ts-check
// A chat in a page that stays connected: page and WebSocket on one port. The page's modules are bundled when the server starts. Port: the
// first argument; 0 takes a free one.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { attach, Channel } from '@autobahn-ts/websocket'
import { build } from 'esbuild'

const everybody = new Channel()

const { outputFiles } = await build({
  entryPoints: [fileURLToPath(new URL('page/main.js', import.meta.url))],
  bundle: true,
  minify: true,
  // a file of its own for what is loaded when it is used
  splitting: true,
  write: false,
  format: 'esm',
  platform: 'browser',
  outdir: '/',
})
const scripts = new Map(outputFiles.map(({ path, contents }) => [path, contents]))
const html = readFileSync(new URL('page/index.html', import.meta.url))

const server = createServer((request, response) => {
  const { pathname } = new URL(request.url ?? '/', 'http://localhost')
  const script = scripts.get(pathname)
  if (script === undefined && pathname !== '/') return response.writeHead(404).end()
  response.setHeader('Content-Type', script === undefined ? 'text/html; charset=utf-8' : 'text/javascript; charset=utf-8')
  response.end(script ?? html)
})

const attachment = attach(server, {
  '/chat': async ws => {
    // the page says who it is on each new connection, before anything else
    const name = await ws.receiveText()
    everybody.join(ws)
    everybody.broadcast(`${name} is here`)
    for await (const text of ws.texts()) everybody.broadcast(`${name}: ${text}`)
  },
})

server.listen(Number(process.argv[2] ?? 9000), '127.0.0.1', () => {
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  console.log(`listening at http://127.0.0.1:${port}/`)
})

process.once('SIGTERM', async () => {
  server.close()
  server.closeIdleConnections()
  // 1001 with each connection: the pages come back when there is a server again
  await attachment.close()
})
