// Crossbar, installed by pip into `.venv` of this folder. Prints its URLs when it listens, and ends with its standard input. Argument: the port of a router
// that its realm is to be linked with.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { cryptosignPublicKey } from '../cryptosign-keys.mjs'
import { freePort } from './free-port.mjs'

const port = await freePort()
const [linkedPort] = process.argv.slice(2)
// it derives the key itself
const [salt, iterations, keylen] = ['pepper', 1000, 32]
const folder = mkdtempSync(join(tmpdir(), 'crossbar-'))
writeFileSync(join(folder, 'config.json'), JSON.stringify(config()))
const program = fileURLToPath(new URL('../.venv/bin/crossbar', import.meta.url))
const crossbar = spawn(program, ['start', '--cbdir', folder], { stdio: ['ignore', 'pipe', 'inherit'] })
createInterface({ input: crossbar.stdout }).on('line', line => {
  if (!line.includes('NODE_BOOT_COMPLETE')) return
  const host = `127.0.0.1:${port}`
  console.log(JSON.stringify({ urls: { ws: `ws://${host}/ws`, raw: `rs://${host}` }, secure: 'secure' }))
})
process.stdin.on('end', () => crossbar.kill()).resume()
crossbar.on('exit', () => {
  rmSync(folder, { recursive: true, force: true })
  process.exit()
})

function config() {
  const everything = {
    uri: '',
    match: 'prefix',
    allow: { call: true, register: true, publish: true, subscribe: true },
    disclose: { caller: true, publisher: true },
    cache: true,
  }
  const auth = {
    anonymous: { type: 'static', role: 'user' },
    ticket: { type: 'static', principals: { ada: { ticket: 'right', role: 'user' } } },
    wampcra: {
      type: 'static',
      users: { ada: { secret: 'right', role: 'user' }, bob: { secret: 'salted', salt, iterations, keylen, role: 'user' } },
    },
    cryptosign: { type: 'static', principals: { ada: { authorized_keys: [cryptosignPublicKey], role: 'user' } } },
  }
  return {
    version: 2,
    workers: [
      {
        type: 'router',
        realms: ['realm1', 'secure'].map(name => ({
          name,
          roles: ['user', 'anonymous'].map(role => ({ name: role, permissions: [everything] })),
          ...(name === 'realm1' && linkedPort !== undefined && { rlinks: [linkTo(Number(linkedPort))] }),
        })),
        transports: [
          {
            type: 'universal',
            endpoint: { type: 'tcp', port, interface: '127.0.0.1' },
            rawsocket: { serializers: ['json', 'msgpack', 'cbor'], auth },
            websocket: { ws: { type: 'websocket', serializers: ['json', 'msgpack', 'cbor'], auth } },
          },
        ],
      },
    ],
  }
}

/** Makes a link, which joins by the key that Crossbar makes for itself. */
function linkTo(remote) {
  const endpoint = { type: 'tcp', host: '127.0.0.1', port: remote }
  return { realm: 'realm1', authid: 'crossbar', transport: { type: 'websocket', url: `ws://127.0.0.1:${remote}/`, endpoint } }
}
