import { execFileSync } from 'node:child_process'
import { createReadStream, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { tmpdir } from 'node:os'
import { join, normalize } from 'node:path'
import { attachHandlers } from './handlers.mjs'

/**
 * Starts the servers that the tests talk to, as `wptserve` does: files of the checkout over HTTP and HTTPS, and the handlers over `ws:` and `wss:`, each at a
 * port of its own.
 *
 * @param {string} checkout
 */
export async function startServers(checkout) {
  const folder = mkdtempSync(join(tmpdir(), 'autobahn-ts-wpt-'))
  const tls = certificate(folder)
  const stash = new Map()
  const files = (request, response) => {
    const url = new URL(request.url, 'http://x')
    if (url.pathname.endsWith('/stash-put.py')) stash.set(url.searchParams.get('key'), url.searchParams.get('value'))
    if (!/\/stash-(put|take)\.py$/.test(url.pathname)) return sendFile(checkout, url.pathname, response)
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
  const ports = {}
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
function sendFile(checkout, pathname, response) {
  const path = join(checkout, normalize(decodeURIComponent(pathname)))
  if (!path.startsWith(checkout) || !existsSync(path) || !statSync(path).isFile()) {
    response.writeHead(404).end('not found')
    return
  }
  response.writeHead(200, { 'Content-Type': path.endsWith('.js') ? 'text/javascript' : 'text/plain', 'Access-Control-Allow-Origin': '*' })
  createReadStream(path).pipe(response)
}

function refuse(_request, response) {
  response.writeHead(426, { Upgrade: 'websocket' }).end()
}
