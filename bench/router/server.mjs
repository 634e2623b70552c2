// A server of the benchmark: our router, fox-wamp, or what a router could cost with the same library. `floor` sends each message of a call back,
// and each event to all others, with the serializer's library: it reads the message and writes it again. `relay` hands messages of callers to a callee and its
// answers back, without reading them.
import { createRequire } from 'node:module'
import { connect, createServer } from 'node:net'
import { decode, encode } from '@msgpack/msgpack'
import { createRouter, listen } from '../../packages/router/dist/index.js'
import { listenWS, WebSocketServerFactory, WebSocketServerProtocol } from '../../packages/websocket/dist/index.js'
import { answering } from '../lines.mjs'

const [kind, order, serializer, rate = '0'] = process.argv.slice(2)

class Echo extends WebSocketServerProtocol {
  onMessage(payload, isBinary) {
    if (isBinary) this.sendMessage(encode(decode(payload)), true)
    else this.sendMessage(JSON.stringify(JSON.parse(decoder.decode(payload))), false)
  }
}

/** Sends a message to all but its sender, slow connections included, without reading it. */
class Broadcast extends WebSocketServerProtocol {
  onMessage(payload, isBinary) {
    factory.broadcast(factory.prepareMessage(payload, isBinary), { except: this, slow: 'send' })
  }
}

/** Hands each message to the first connection, and what that one sends to the senders in their order: the callee answers in order. */
class Relay extends WebSocketServerProtocol {
  onOpen() {
    callee ??= this
  }

  onMessage(payload, isBinary) {
    if (this !== callee) {
      callers.push(this)
      callee.sendMessage(payload, isBinary)
    } else {
      callers[answered].sendMessage(payload, isBinary)
      callers[answered++] = undefined
      if (answered === 1024) callers = callers.slice(answered)
      if (answered === 1024) answered = 0
    }
  }
}

const decoder = new TextDecoder()
let factory
let router
let callee
let callers = []
let answered = 0
const starts = {
  router: async () => {
    router = createRouter({ realms: { realm1: { auth: { anonymous: { role: 'anonymous' } }, maxMessageRate: Number(rate) } } })
    return (await listen(router, { port: 0, maxConnections: 10_000 })).port
  },
  floor: async () => {
    const protocol = order === 'calls' ? Echo : Broadcast
    factory = new WebSocketServerFactory('ws://127.0.0.1:0', { protocol, protocols: [`wamp.2.${serializer}`] })
    return (await listenWS(factory)).port
  },
  relay: async () => {
    factory = new WebSocketServerFactory('ws://127.0.0.1:0', { protocol: Relay, protocols: [`wamp.2.${serializer}`] })
    return (await listenWS(factory)).port
  },
  'fox-wamp': async () => {
    const FoxRouter = createRequire(import.meta.url)('fox-wamp')
    const port = await freePort()
    const router = new FoxRouter()
    await new Promise(resolve => router.getRealm('realm1', resolve))
    router.listenWAMP({ port })
    await listening(port)
    return port
  },
}

const port = await starts[kind]()
answering({ state }, { port, pid: process.pid })

/** Counts what our router holds, and what keeps its process alive. */
function state() {
  const realm = router.realms.get('realm1')
  const sessions = [...realm.sessions.values()]
  const handles = {}
  for (const kind of process.getActiveResourcesInfo()) handles[kind] = (handles[kind] ?? 0) + 1
  return {
    sessions: sessions.length,
    registrations: realm.dealer.registrationCount,
    subscriptions: [...realm.broker.subscriptions].length,
    calls: sessions.reduce((sum, { caller }) => sum + (caller?.calls.size ?? 0), 0),
    waiting: sessions.reduce((sum, { outbox }) => sum + outbox.messages, 0),
    handles: Object.entries(handles)
      .map(([kind, number]) => `${number} ${kind}`)
      .sort()
      .join(', '),
  }
}

/** Resolves when something listens at the port; fox-wamp does not tell when. */
async function listening(port) {
  for (;;) {
    const socket = connect({ port, host: '127.0.0.1' })
    const isOpen = await new Promise(resolve => socket.once('connect', () => resolve(true)).once('error', () => resolve(false)))
    socket.destroy()
    if (isOpen) return
    await new Promise(resolve => setTimeout(resolve, 10))
  }
}

async function freePort() {
  const server = createServer()
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address()
  await new Promise(resolve => server.close(resolve))
  return port
}
