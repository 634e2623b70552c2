// Broadcasts of so many MiB to so many TLS clients that never read: prints what the server's process holds for them.
// node --expose-gc stalled-members.mjs MEMBERS MIB [SIZE OF A MESSAGE]
// The clients are in a process of their own.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:https'
import { connect } from 'node:tls'
import { attachWS, WebSocketServerFactory, WebSocketServerProtocol } from '../../../dist/index.js'

if (process.argv[2] === 'clients') {
  const [port, count] = process.argv.slice(3).map(Number)
  for (let i = 0; i < count; i++) await stalled(port)
  // sockets that do not read keep no process alive; the channel to the server does
  process.on('message', () => {})
  process.on('disconnect', () => process.exit())
  process.send('connected')
} else {
  await measure(...process.argv.slice(2).map(Number))
  process.exit()
}

async function measure(members, MiB, size = 64 * 1024) {
  const { TLS_CERT: cert, TLS_KEY: key } = process.env

  class Member extends WebSocketServerProtocol {}
  const factory = new WebSocketServerFactory(undefined, { protocol: Member, autoPingInterval: 0, maxUnsentSize: 64 * 2 ** 20 })
  const server = createServer({ cert, key })
  const sockets = []
  server.on('upgrade', (_request, socket) => sockets.push(socket))
  attachWS(factory, server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  const clients = fork(process.argv[1], ['clients', server.address().port, members], { execArgv: [] })
  await once(clients, 'message')
  while (factory.connectionCount < members) await new Promise(resolve => setImmediate(resolve))

  const before = held()
  for (let sent = 0; sent < MiB * 2 ** 20; sent += size) {
    factory.broadcast(new Uint8Array(size))
    await new Promise(resolve => setImmediate(resolve))
  }
  await new Promise(resolve => setTimeout(resolve, 200))
  const after = held()
  const unsent = [...factory.allConnections].map(({ bufferedAmount }) => bufferedAmount)
  console.log(
    JSON.stringify({
      leastUnsent: Math.min(...unsent),
      mostHanded: Math.max(...sockets.map(({ writableLength }) => writableLength)),
      octets: after.octets - before.octets,
      resident: after.resident - before.resident,
    }),
  )
  clients.kill()
}

/** After a collection: octets in arrays, and what the process has in memory. */
function held() {
  gc()
  gc()
  const { arrayBuffers, rss } = process.memoryUsage()
  return { octets: arrayBuffers, resident: rss }
}

async function stalled(port) {
  const client = connect({ port, host: '127.0.0.1', rejectUnauthorized: false })
  await once(client, 'secureConnect')
  const lines = ['GET / HTTP/1.1', 'Host: localhost', 'Upgrade: websocket', 'Connection: Upgrade']
  client.write([...lines, 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', 'Sec-WebSocket-Version: 13', '\r\n'].join('\r\n'))
  await once(client, 'data')
  client.pause()
  return client
}
