import { fileURLToPath } from 'node:url'
import { afterAll, expect, it } from 'vitest'
import { endPrograms, Program } from '../../test/program.ts'

/** The packages, with the programs in this folder and what they do there. */
const dependents = [
  ['engine.io', 'engine-io', 'echoes texts and octets, with compression and its own pings; both sides'],
  ['socket.io', 'socket-io', 'upgrades, acknowledges, broadcasts octets to a room; both sides'],
  ['graphql-ws', 'graphql-ws', 'subscribes and queries; both sides'],
  ['@y/websocket-server', 'y-websocket', 'synchronizes two documents and their awareness'],
  ['mqtt', 'mqtt', 'publishes with QoS 1 through the broker aedes; both sides'],
  ['@hono/node-ws', 'hono', 'upgrades a route with a parameter'],
  ['@fastify/websocket', 'fastify', 'serves a route behind a hook, limits messages, connects without a port'],
  ['express-ws', 'express-ws', 'serves a route behind middleware'],
  ['puppeteer-core', 'puppeteer', 'drives Chromium, with results of megabytes'],
  ['@nestjs/platform-ws', 'nest', 'serves a gateway, sends to all'],
  ['webpack-dev-server', 'webpack-dev-server', 'tells pages of builds, refuses other origins'],
  ['jsdom', 'jsdom', 'gives its windows a WebSocket'],
  ['@trpc/server', 'trpc', 'calls, subscribes, has clients connect again'],
  ['subscriptions-transport-ws', 'subscriptions-transport-ws', 'subscribes; both sides'],
  ['chrome-remote-interface', 'chrome-remote-interface', 'drives Chromium, with results of megabytes'],
  ['rpc-websockets', 'rpc-websockets', 'calls and sends events; both sides'],
] as const

afterAll(endPrograms)

for (const [name, program, what] of dependents) {
  it(`${name} ${what}`, async () => {
    const output = await new Program(fileURLToPath(new URL(`${program}.mjs`, import.meta.url))).output()
    expect(output).toMatch(/^did: /m)
    expect(output).toContain(`ws of ${name === 'socket.io' ? 'socket.io-adapter' : name} is @autobahn-ts/ws `)
  })
}
