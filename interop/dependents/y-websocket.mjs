// @y/websocket-server: two documents of yjs become the same, by its server and the provider y-websocket.
import { once } from 'node:events'
import process from 'node:process'
import { setupWSConnection } from '@y/websocket-server/utils'
import { WebSocket, WebSocketServer } from 'ws'
import { WebsocketProvider } from 'y-websocket'
import * as Y from 'yjs'
import { did, provesDropIn } from './in-place.mjs'

const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
await once(server, 'listening')
server.on('connection', setupWSConnection)
const url = `ws://127.0.0.1:${server.address().port}`
const [one, other] = [new Y.Doc(), new Y.Doc()]
const providers = [one, other].map(doc => new WebsocketProvider(url, 'room', doc, { WebSocketPolyfill: WebSocket, disableBc: true }))
await Promise.all(providers.map(provider => new Promise(resolve => provider.on('sync', resolve))))

one.getText('text').insert(0, 'hello')
await changed(other, doc => doc.getText('text').toString() === 'hello')
other.getText('text').insert(5, ' world')
other.getMap('map').set('large', 'x'.repeat(100_000))
await changed(one, doc => doc.getMap('map').get('large') !== undefined)
did(
  'synchronizes documents both ways',
  [one, other].map(doc => doc.getText('text').toString()),
  ['hello world', 'hello world'],
)
providers[0].awareness.setLocalStateField('user', 'ada')
await new Promise(resolve => {
  const look = () => [...providers[1].awareness.getStates().values()].some(({ user }) => user === 'ada') && resolve()
  providers[1].awareness.on('change', look)
  look()
})
did('tells who is there', providers[1].awareness.getStates().size, 2)
for (const provider of providers) provider.destroy()
server.close()
await once(server, 'close')
provesDropIn('@y/websocket-server')
process.exit()

async function changed(doc, isDone) {
  while (!isDone(doc)) await new Promise(resolve => doc.once('update', resolve))
}
