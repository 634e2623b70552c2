// Connects and aborts ten thousand times, in every phase of a connection, and says what is left of it.
import { createHook } from 'node:async_hooks'
import { getEventListeners, once } from 'node:events'
import { connect } from 'node:net'
import {
  connectWS,
  listenWS,
  WebSocketClientFactory,
  WebSocketClientProtocol,
  WebSocketServerFactory,
  WebSocketServerProtocol,
} from '../../../dist/index.js'

const processListeners = listenersOf(process)
const timers = new Set()
createHook({
  init: (id, type) => {
    if (type === 'Timeout') timers.add(id)
  },
  destroy: id => timers.delete(id),
}).enable()

class Server extends WebSocketServerProtocol {
  onMessage(payload) {
    this.sendMessage(payload)
  }
}
class Client extends WebSocketClientProtocol {}

// Longer than a busy machine may stand still.
const openHandshakeTimeout = 120
const serverFactory = new WebSocketServerFactory('ws://127.0.0.1:0', { protocol: Server, openHandshakeTimeout })
const listener = await listenWS(serverFactory)
const clientFactory = new WebSocketClientFactory(listener.url, { protocol: Client, openHandshakeTimeout })
const { signal } = new AbortController()

const ways = [abortConnecting, resetBeforeRequest, resetInRequest, resetWhenOpen, abortWhenOpen, closeWhenOpen, connectWithSharedSignal]
const heap = []
for (let cycle = 0; cycle < 10_000; ) {
  const batch = Array.from({ length: 50 }, () => ways[cycle++ % ways.length]())
  await Promise.all(batch)
  if (cycle === 2000 || cycle === 10_000) heap.push(await settledHeap())
}
const connections = serverFactory.connectionCount
const abortListeners = getEventListeners(signal, 'abort').length
await listener.close({ timeout: 1 })
await settledHeap()
const resources = process.getActiveResourcesInfo().filter(name => name !== 'PipeWrap' && name !== 'TTYWrap')
const moreListeners = listenersOf(process) - processListeners
console.log(JSON.stringify({ heap, connections, abortListeners, timers: timers.size, resources, moreListeners }))

async function abortConnecting() {
  const controller = new AbortController()
  const connecting = connectWS(clientFactory, { signal: controller.signal })
  setImmediate(() => controller.abort())
  await connecting.then(
    protocol => dropped(protocol),
    () => {},
  )
}

async function resetBeforeRequest() {
  const socket = await connected()
  socket.resetAndDestroy()
  await once(socket, 'close')
}

async function resetInRequest() {
  const socket = await connected()
  socket.write('GET / HTTP/1.1\r\nHost: local')
  setImmediate(() => socket.resetAndDestroy())
  await once(socket, 'close')
}

async function resetWhenOpen() {
  const protocol = await connectWS(clientFactory)
  await dropped(protocol)
}

async function abortWhenOpen() {
  const controller = new AbortController()
  const protocol = await connectWS(clientFactory, { signal: controller.signal })
  controller.abort()
  protocol.sendMessage('hello')
  protocol.sendPing()
  await dropped(protocol)
}

async function closeWhenOpen() {
  const protocol = await connectWS(clientFactory)
  protocol.sendClose(1000)
  await protocol.closed
}

async function connectWithSharedSignal() {
  await dropped(await connectWS(clientFactory, { signal }))
}

async function dropped(protocol) {
  protocol.dropConnection({ abort: true })
  await protocol.closed
}

async function connected() {
  const socket = connect(listener.port, '127.0.0.1')
  await once(socket, 'connect')
  return socket
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
