import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { installedNodes } from '../interop/installed-nodes.mjs'
import { Child } from './child.mjs'

/**
 * The peers that are measured. `can` names the abilities beyond echoing octets as a server that a scenario may need.
 *
 * Each peer runs with its documented defaults, except for limits that the loads would exceed.
 */
export const peers = [
  ours('autobahn-ts'),
  ours('autobahn-ts again'),
  ours('autobahn-ts plain', { AUTOBAHN_TS_FAST_PATHS: 'off' }),
  { name: 'autobahn-ts functions', isOurs: true, server: node('servers/functions.mjs'), can: ['functions', 'text', 'memory'] },
  {
    name: 'autobahn-ts as ws',
    isOurs: true,
    server: node('servers/ws.mjs', inPlaceOfWs()),
    client: node('clients/ws.mjs', inPlaceOfWs()),
    can: everything(),
  },
  {
    name: 'ws + bufferutil',
    server: node('servers/ws.mjs'),
    client: node('clients/ws.mjs'),
    needs: ['ws', 'bufferutil'],
    can: everything(),
  },
  {
    name: 'ws',
    server: node('servers/ws.mjs', { WS_NO_BUFFER_UTIL: '1' }),
    client: node('clients/ws.mjs', { WS_NO_BUFFER_UTIL: '1' }),
    needs: ['ws'],
    can: ['tls', 'text', 'client', 'upload'],
  },
  { name: 'uWebSockets.js', server: node('servers/uws.mjs'), needs: ['uws-pack'], can: everything().filter(one => one !== 'client') },
  {
    name: 'Bun.serve',
    server: bun('servers/bun.mjs'),
    client: bun('clients/web.mjs'),
    needs: ['bun'],
    // Its deflate never keeps a context.
    can: everything().filter(one => one !== 'takeover'),
  },
  {
    name: 'Deno.serve',
    server: deno('servers/deno.mjs'),
    client: deno('clients/web.mjs'),
    needs: ['deno'],
    can: ['tls', 'text', 'memory', 'client', 'handshake'],
  },
  {
    name: 'net',
    server: node('servers/net.mjs'),
    client: node('clients/net.mjs'),
    isPlain: true,
    can: ['tls', 'memory', 'client', 'handshake', 'upload', 'paced'],
  },
  ...[22, 24, 26].flatMap(onNode),
]

/** Returns the version of a peer; `undefined` if it is not installed. */
export function versionOf({ needs = [], isOurs, runtime }) {
  const versions = [
    ...(isOurs ? [packageVersion('../packages/websocket/package.json')] : []),
    ...needs.map(needed => packageVersion(`node_modules/${needed}/package.json`)),
    ...(runtime ? [runtime.version && `Node ${runtime.version}`] : []),
  ]
  if (versions.includes(undefined)) return undefined
  return versions.length === 0 ? process.version : versions.join(' with ')
}

function ours(name, env) {
  return {
    name,
    isOurs: true,
    server: node('servers/autobahn-ts.mjs', env),
    client: node('clients/autobahn-ts.mjs', env),
    can: everything(),
  }
}

/** The program for `ws`, on the drop-in. */
function inPlaceOfWs() {
  return { IN_PLACE_OF_WS: new URL('../packages/ws/dist/index.js', import.meta.url).href }
}

function everything() {
  return ['tls', 'takeover', 'none', 'broadcast', 'text', 'memory', 'client', 'handshake', 'upload', 'paced']
}

/** Returns the three peers whose cost is mostly that of Node, on another version of Node. */
function onNode(major) {
  const runtime = installedNodes().find(installed => installed.major === major) ?? { major }
  const start = file => (wanted, v8Flags) => node(file, {}, runtime.command)(wanted, v8Flags)
  const common = { runtime, major, can: ['takeover'] }
  return [
    { name: `autobahn-ts, Node ${major}`, isOurs: true, server: start('servers/autobahn-ts.mjs'), ...common },
    { name: `ws + bufferutil, Node ${major}`, needs: ['ws', 'bufferutil'], server: start('servers/ws.mjs'), ...common },
    { name: `net, Node ${major}`, isPlain: true, server: start('servers/net.mjs'), ...common },
  ]
}

function node(file, env = {}, binary = process.execPath) {
  return (wanted, v8Flags = []) => Child.node(file, [JSON.stringify(wanted)], env, v8Flags, binary)
}

function bun(file) {
  return wanted => new Child('Bun', binary('bun'), ['run', pathOf(file), JSON.stringify(wanted)])
}

function deno(file) {
  return (wanted, v8Flags = []) => {
    const rights = ['--quiet', '--no-config', '--no-lock', '--allow-net=127.0.0.1', '--allow-read', '--allow-sys', '--allow-env']
    const flags = v8Flags.length > 0 ? [`--v8-flags=${v8Flags.join(',')}`] : []
    return new Child('Deno', binary('deno'), ['run', ...rights, ...flags, pathOf(file), JSON.stringify(wanted)])
  }
}

function binary(name) {
  return pathOf(`node_modules/.bin/${name}`)
}

function packageVersion(file) {
  const path = pathOf(file)
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).version : undefined
}

function pathOf(file) {
  return fileURLToPath(new URL(file, import.meta.url))
}
