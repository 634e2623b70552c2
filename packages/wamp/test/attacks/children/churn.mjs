// Opens ten thousand sessions and loses them, with subscriptions, calls under way, half an authentication, and says what is left of it.
import { createHook } from 'node:async_hooks'
import { getEventListeners, once } from 'node:events'
import { connect } from 'node:net'
import { connectWS, listenWS } from '@autobahn-ts/websocket'
import { connectWamp, WampClientFactory, WampCraClientProtocol, WampCraServerProtocol, WampServerFactory } from '../../../dist/node/v1.js'

const processListeners = listenersOf(process)
const timers = new Set()
createHook({
  init: (id, type) => {
    if (type === 'Timeout') timers.add(id)
  },
  destroy: id => timers.delete(id),
}).enable()

class Server extends WampCraServerProtocol {
  clientAuthTimeout = 60

  onSessionOpen() {
    this.registerProcedureForRpc('add', (a, b) => a + b)
    this.registerProcedureForRpc('never', () => new Promise(() => {}))
    this.registerProcedureForRpc('callBack', () => this.callWith({ timeout: 60 }, 'never'))
    this.registerProcedureForRpc('drop', () => this.dropConnection({ abort: true }))
    this.registerForPubSub('topic', { prefixMatch: true })
    this.registerHandlerProcedureForSub('asked', async () => true, { prefixMatch: true })
  }

  getAuthSecret(key) {
    return key === 'user' ? 'secret' : undefined
  }

  async getAuthPermissions() {
    return { permissions: { pubsub: [{ uri: 'inside', prefix: true, pub: true, sub: true }] } }
  }

  onAuthenticated(_key, permissions) {
    this.registerForPubSubFromPermissions(permissions)
  }
}
class Client extends WampCraClientProtocol {
  onSessionOpen() {
    this.registerProcedureForRpc('never', () => new Promise(() => {}))
  }
}

let subscribed = 0
class Factory extends WampServerFactory {
  onClientSubscribed() {
    subscribed++
  }

  onClientUnsubscribed() {
    subscribed--
  }
}

const errors = new Map()
// Longer than a busy machine may stand still.
const openHandshakeTimeout = 120
const serverFactory = new Factory('ws://127.0.0.1:0', { protocol: Server, openHandshakeTimeout })
serverFactory.onError = ({ message }) => errors.set(message, (errors.get(message) ?? 0) + 1)
const listener = await listenWS(serverFactory)
const url = `ws://127.0.0.1:${listener.port}`
const clientFactory = new WampClientFactory(url, { protocol: Client, openHandshakeTimeout })
const { signal } = new AbortController()
let rejected = 0

const ways = [
  dropSubscribed,
  closeSubscribed,
  dropInCalls,
  dropInCallOfServer,
  dropAuthenticated,
  dropInAuthentication,
  reconnect,
  sayNonsense,
]
const heap = []
for (let cycle = 0; cycle < 10_000; ) {
  await Promise.all(Array.from({ length: 50 }, () => ways[cycle++ % ways.length](cycle)))
  if (cycle === 2000 || cycle === 10_000) heap.push(await settledHeap())
}
const left = {
  sessions: serverFactory.sessionCount,
  topics: serverFactory.subscriptions.size,
  subscribed,
  connections: serverFactory.connectionCount,
  abortListeners: getEventListeners(signal, 'abort').length,
  errors: Object.fromEntries(errors),
}
await listener.close({ timeout: 1 })
await settledHeap()
const resources = process.getActiveResourcesInfo().filter(name => name !== 'PipeWrap' && name !== 'TTYWrap')
const moreListeners = listenersOf(process) - processListeners
console.log(JSON.stringify({ heap, rejected, ...left, timers: timers.size, resources, moreListeners }))

async function dropSubscribed(cycle) {
  const client = await opened()
  client.prefix('t', 'topic#')
  client.subscribe(`t:${cycle}`, () => {})
  client.subscribe(`asked#${cycle}`, () => {})
  client.subscribe('topic', () => {})
  client.publish('topic', { cycle }, { excludeMe: false })
  if (cycle % 2 === 0) await client.call('add', 1, 2)
  await dropped(client)
}

async function closeSubscribed(cycle) {
  const client = await opened()
  client.subscribe(`topic#${cycle}`, () => {})
  await client.call('add', 1, 2)
  client.sendClose(1000)
  await client.closed
}

async function dropInCalls() {
  const client = await opened()
  const calls = [client.call('never'), client.callWith({ timeout: 60 }, 'never'), client.callWith({ signal }, 'never'), client.call('drop')]
  for (const { status } of await Promise.allSettled(calls)) if (status === 'rejected') rejected++
  await client.closed
}

async function dropInCallOfServer() {
  const client = await opened()
  const call = client.call('callBack')
  call.catch(() => rejected++)
  await client.call('add', 1, 2)
  await dropped(client)
}

async function dropAuthenticated(cycle) {
  const client = await opened()
  await client.authenticate('user', {}, 'secret')
  client.subscribe(`inside#${cycle}`, () => {})
  await client.call('add', 1, 2)
  await dropped(client)
}

/** The answer to a wrong signature takes its time, and the connection may be gone before. */
async function dropInAuthentication() {
  const client = await opened()
  const authenticating = client.authenticate('user', {}, 'wrong')
  authenticating.catch(() => rejected++)
  await client.call('add', 1, 2)
  await client.call('add', 1, 2)
  await dropped(client)
}

async function reconnect(cycle) {
  const client = await connectWamp(url, {
    reconnect: { initialDelay: 0.001 },
    factory: { openHandshakeTimeout },
    onSession: session => session.authenticate('user', {}, 'secret'),
  })
  client.subscribe(`topic#${cycle}`, () => {})
  const first = client.sessionId
  await client.call('drop').catch(() => rejected++)
  while (!client.isConnected || client.sessionId === first) await new Promise(resolve => setTimeout(resolve, 2))
  await client.call('add', 1, 2)
  await client.close()
}

async function sayNonsense() {
  const client = await opened()
  client.subscribe('topic', () => {})
  client.sendMessage('[5]')
  await client.closed
  const socket = connect(listener.port, '127.0.0.1')
  await once(socket, 'connect')
  socket.write('GET / HTTP/1.1\r\nHost: local')
  setImmediate(() => socket.resetAndDestroy())
  await once(socket, 'close')
}

async function opened() {
  const client = await connectWS(clientFactory)
  await client.sessionOpened
  return client
}

async function dropped(client) {
  client.dropConnection({ abort: true })
  await client.closed
}

/** The server hears of the last ones a little later than they do. */
async function settledHeap() {
  for (let turn = 0; turn < 3000 && serverFactory.connectionCount > 0; turn++) await new Promise(resolve => setTimeout(resolve, 10))
  for (let turn = 0; turn < 5; turn++) {
    await new Promise(resolve => setImmediate(resolve))
    globalThis.gc()
  }
  return process.memoryUsage().heapUsed
}

function listenersOf(emitter) {
  return emitter.eventNames().reduce((count, name) => count + emitter.listenerCount(name), 0)
}
