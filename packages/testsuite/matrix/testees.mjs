import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const deno = ['run', '--quiet', '--no-prompt', '--allow-net=127.0.0.1']

/**
 * The testees. A server prints its address and runs until it is stopped; a client gets the fuzzing server's address and its own name, and
 * exits by itself.
 */
export const testees = [
  testee('autobahn-ts server', 'server', node('autobahn-ts-server.mjs'), 'autobahn-ts'),
  testee('autobahn-ts client', 'client', node('autobahn-ts-client.mjs'), 'autobahn-ts'),
  testee('autobahn-ts server, function style', 'server', node('autobahn-ts-function-server.mjs'), 'autobahn-ts'),
  testee('autobahn-ts client, function style', 'client', node('autobahn-ts-function-client.mjs'), 'autobahn-ts'),
  testee('ws server', 'server', node('ws-server.mjs'), 'ws'),
  testee('ws server, limits lifted', 'server', node('ws-server.mjs', 'lifted'), 'ws'),
  testee('ws client', 'client', node('ws-client.mjs'), 'ws'),
  testee('ws client, limits lifted', 'client', node('ws-client.mjs', 'lifted'), 'ws'),
  testee('undici client', 'client', node('web-client.mjs'), 'undici'),
  testee('Bun server', 'server', runtime('bun', ['run'], 'bun-server.mjs'), 'bun'),
  testee('Bun client', 'client', runtime('bun', ['run'], 'web-client.mjs'), 'bun'),
  testee('Deno server', 'server', runtime('deno', deno, 'deno-server.mjs'), 'deno'),
  testee('Deno client', 'client', runtime('deno', deno, 'web-client.mjs'), 'deno'),
]

function testee(agent, role, start, packageName) {
  return { agent, role, start, version: versionOf(packageName) }
}

function node(program, ...last) {
  return (...args) => [process.execPath, [fileOf(`programs/${program}`), ...args, ...last]]
}

function runtime(name, words, program) {
  return (...args) => [fileOf(`node_modules/.bin/${name}`), [...words, fileOf(`programs/${program}`), ...args]]
}

function versionOf(packageName) {
  const file = packageName === 'autobahn-ts' ? '../../websocket/package.json' : `node_modules/${packageName}/package.json`
  return `${packageName} ${JSON.parse(readFileSync(fileOf(file), 'utf8')).version}`
}

function fileOf(path) {
  return fileURLToPath(new URL(path, import.meta.url))
}
