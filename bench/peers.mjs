import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Child } from './child.mjs'

/**
 * The servers that are measured. `can`: what a scenario may want beyond echoes of plain octets.
 *
 * Each runs with its documented defaults, but for limits that the loads would exceed.
 */
export const peers = [
  { name: 'autobahn-ts', start: node('servers/autobahn-ts.mjs'), can: ['tls', 'takeover', 'none', 'broadcast'] },
  { name: 'autobahn-ts again', start: node('servers/autobahn-ts.mjs'), can: ['tls', 'takeover', 'broadcast'] },
  {
    name: 'autobahn-ts plain',
    start: node('servers/autobahn-ts.mjs', { AUTOBAHN_TS_FAST_PATHS: 'off' }),
    can: ['takeover', 'none', 'broadcast'],
  },
  { name: 'ws + bufferutil', start: node('servers/ws.mjs'), needs: ['bufferutil'], can: ['tls', 'takeover', 'none', 'broadcast'] },
  { name: 'ws', start: node('servers/ws.mjs', { WS_NO_BUFFER_UTIL: '1' }), can: ['tls'] },
  { name: 'uWebSockets.js', start: node('servers/uws.mjs'), needs: ['uws-pack'], can: ['tls', 'takeover', 'none', 'broadcast'] },
  { name: 'Bun.serve', start: program('bun', ['run']), file: 'servers/bun.mjs', needs: ['bun'], can: ['tls', 'takeover', 'broadcast'] },
  {
    name: 'Deno.serve',
    start: program('deno', ['run', '--quiet', '--allow-net=127.0.0.1']),
    file: 'servers/deno.mjs',
    needs: ['deno'],
    can: [],
  },
  { name: 'net', start: node('servers/net.mjs'), isPlain: true, can: [] },
]

function node(file, env = {}) {
  return (wanted, flags = []) => Child.node(file, [JSON.stringify(wanted)], env, flags)
}

function program(name, args) {
  return function start(wanted) {
    const file = fileURLToPath(new URL(this.file, import.meta.url))
    return new Child(name, binary(name), [...args, file, JSON.stringify(wanted)])
  }
}

function binary(name) {
  return fileURLToPath(new URL(`node_modules/.bin/${name}`, import.meta.url))
}

/** The version of what is measured; `undefined` where it is not installed. */
export function versionOf({ name, needs = [] }) {
  if (name.startsWith('autobahn-ts')) return packageVersion('../packages/websocket/package.json')
  if (name === 'net') return process.version
  const versions = [...(name.startsWith('ws') ? ['ws'] : []), ...needs].map(needed => packageVersion(`node_modules/${needed}/package.json`))
  return versions.includes(undefined) ? undefined : versions.join(' with ')
}

function packageVersion(file) {
  const url = new URL(file, import.meta.url)
  return existsSync(url) ? JSON.parse(readFileSync(url, 'utf8')).version : undefined
}
