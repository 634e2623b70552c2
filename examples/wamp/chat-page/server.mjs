// @ts-check
// A chat without a program for it: the pages talk to each other through a router, which keeps the last lines, and which serves the page too.
// To start it: node examples/wamp/chat-page/server.mjs; then open the address that it prints, with `?name=` and your name. Port: the first
// argument, 9000 by default; 0 takes a free one. The page's module is bundled when the server starts.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createRouter, listen } from '@autobahn-ts/router'
import { build } from 'esbuild'

const { outputFiles } = await build({
  entryPoints: [fileURLToPath(new URL('page/main.js', import.meta.url))],
  bundle: true,
  minify: true,
  // A file of its own for what is loaded when it is used.
  splitting: true,
  write: false,
  format: 'esm',
  platform: 'browser',
  outdir: '/',
})
const scripts = new Map(outputFiles.map(({ path, contents }) => [path, contents]))
const html = readFileSync(new URL('page/index.html', import.meta.url))

const router = createRouter({
  realms: {
    chat: {
      auth: { anonymous: { role: 'guest' } },
      roles: {
        guest: [
          { uri: 'com.example.chat', allow: { publish: true, subscribe: true } },
          // Lets the pages ask for past lines, and leave a last word with the router.
          { uri: 'wamp.subscription.get_events', allow: { call: true } },
          { uri: 'wamp.session.add_testament', allow: { call: true } },
        ],
      },
      history: [{ topic: 'com.example.chat', limit: 50 }],
    },
  },
})

const listener = await listen(router, {
  port: Number(process.argv[2] ?? 9000),
  request: (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    const script = scripts.get(pathname)
    if (script === undefined && pathname !== '/') return void response.writeHead(404).end()
    response.setHeader('Content-Type', script === undefined ? 'text/html; charset=utf-8' : 'text/javascript; charset=utf-8')
    response.end(script ?? html)
  },
})
process.once('SIGTERM', async () => {
  // The pages come back when there is a router again.
  await router.close()
  await listener.close()
})

console.log(`listening at http://127.0.0.1:${listener.port}/`)
