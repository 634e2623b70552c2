import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { tmpdir } from 'node:os'
import { join, normalize } from 'node:path'
import { attachHandlers } from './handlers.mjs'
import { isSubstituted, substituted } from './substitute.mjs'
import { readTestFile } from './test-file.mjs'

/**
 * The files of the servers: those of a checkout, and others in their place.
 *
 * @typedef {object} Served
 * @property {string} checkout
 * @property {Readonly<Record<string, string>>} resources files that are not in the checkout, by their path there
 */

/**
 * Starts the servers that the tests talk to, as `wptserve` does: files of the checkout over HTTP and HTTPS, and the handlers over `ws:` and `wss:`, each at a
 * port of its own.
 *
 * @param {Served} served
 */
export async function startServers(served) {
  const folder = mkdtempSync(join(tmpdir(), 'autobahn-ts-wpt-'))
  const tls = certificate(folder)
  const ports = {}
  const stash = new Map()
  const files = (request, response) => {
    const url = new URL(request.url, 'http://x')
    if (url.pathname.endsWith('/stash-put.py')) stash.set(url.searchParams.get('key'), url.searchParams.get('value'))
    if (!/\/stash-(put|take)\.py$/.test(url.pathname)) return sendFile({ ...served, host, ports }, url, response)
    const value = stash.get(url.searchParams.get('key'))
    if (url.pathname.endsWith('/stash-take.py')) stash.delete(url.searchParams.get('key'))
    response.writeHead(200, { 'Content-Type': 'application/json', 'Access-Control-Allow-Origin': '*' }).end(JSON.stringify(value ?? null))
  }
  const servers = {
    http: createHttpServer(files),
    https: createHttpsServer(tls, files),
    ws: createHttpServer(refuse),
    wss: createHttpsServer(tls, refuse),
  }
  for (const server of [servers.ws, servers.wss]) attachHandlers(server)
  for (const [kind, server] of Object.entries(servers)) {
    await new Promise(resolve => server.listen(0, host, resolve))
    // tests that ask for a second port get the first one
    ports[kind] = [server.address().port]
  }
  return {
    host,
    ports,
    /** The file with the certificate that clients have to trust. */
    ca: join(folder, 'cert.pem'),
    async close() {
      for (const server of Object.values(servers)) {
        server.closeAllConnections()
        server.close()
      }
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const host = 'localhost'

function certificate(folder) {
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const config = join(folder, 'openssl.cnf')
  writeFileSync(
    config,
    '[req]\ndistinguished_name=name\n[name]\n[own]\nsubjectAltName=DNS:localhost,IP:127.0.0.1\nbasicConstraints=CA:TRUE\n',
  )
  const subject = ['-subj', '/CN=localhost', '-config', config, '-extensions', 'own', '-days', '2']
  const options = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', key, '-out', cert]
  execFileSync('openssl', ['req', ...options, ...subject], { stdio: 'ignore' })
  return { key: readFileSync(key), cert: readFileSync(cert) }
}

/** Sends a file. Handlers in Python are not run: the tests here need none but the stash above, which keeps values for them. */
function sendFile({ checkout, resources, host, ports }, { pathname, search, href }, response) {
  const name = normalize(decodeURIComponent(pathname)).slice(1)
  const page = /\.any\.html$/.test(name) ? pageOf(checkout, name.replace(/\.html$/, '.js')) : undefined
  const path = resources[name] ?? join(checkout, name)
  const isServed = (resources[name] !== undefined || path.startsWith(checkout)) && existsSync(path) && statSync(path).isFile()
  if (page === undefined && !isServed) {
    response.writeHead(404).end('not found')
    return
  }
  const type = page !== undefined || name.endsWith('.html') ? 'text/html' : name.endsWith('.js') ? 'text/javascript' : 'text/plain'
  const text = page ?? readFileSync(path, 'utf8')
  const location = new URL(href)
  location.host = `${host}:${ports.http[0]}`
  response.writeHead(200, { 'Content-Type': `${type}; charset=utf-8`, 'Access-Control-Allow-Origin': '*' })
  response.end(isSubstituted(name, search) ? substituted(text, { host, ports, location }) : text)
}

/** Returns the page that runs a script in a browser; `undefined` where there is no such script. */
function pageOf(checkout, path) {
  if (!existsSync(`${checkout}/${path}`)) return undefined
  const scripts = readTestFile(checkout, path).scripts.map(({ src }) => `<script src="/${src}"></script>`)
  return `<!doctype html><title>${path}</title><link rel="icon" href="data:,">
<script>self.GLOBAL = { isWindow: () => true, isWorker: () => false, isShadowRealm: () => false }</script>
<script src="/resources/testharness.js"></script>
<script>
add_completion_callback((tests, { status, message }) => {
  const results = tests.map(({ name, status, message }) => ({ name, passed: status === 0, message: message ?? undefined }))
  globalThis.completed = { tests: results, status, message }
})
</script>
${scripts.join('\n')}`
}

function refuse(_request, response) {
  response.writeHead(426, { Upgrade: 'websocket' }).end()
}
