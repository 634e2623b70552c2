// mqtt with the broker aedes: MQTT over WebSocket, through createWebSocketStream on the server and the client of mqtt.
import { once } from 'node:events'
import { Aedes } from 'aedes'
import mqtt from 'mqtt'
import { createWebSocketStream, WebSocketServer } from 'ws'
import { did, first, provesDropIn } from './in-place.mjs'

const broker = await Aedes.createBroker()
const server = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: protocols => protocols.has('mqtt') && 'mqtt' })
await once(server, 'listening')
server.on('connection', (socket, request) => broker.handle(createWebSocketStream(socket), request))

const url = `ws://127.0.0.1:${server.address().port}`
const [sender, receiver] = [await mqtt.connectAsync(url), await mqtt.connectAsync(url)]
await receiver.subscribeAsync('news/#', { qos: 1 })
const payloads = ['short', 'y'.repeat(300_000), '']
const received = []
const [done, all] = first()
receiver.on('message', (topic, payload) => received.push([topic, payload.toString()]) === payloads.length && done())
for (const [at, payload] of payloads.entries()) await sender.publishAsync(`news/${at}`, payload, { qos: 1 })
await all
did(
  'publishes and receives with QoS 1',
  received,
  payloads.map((payload, at) => [`news/${at}`, payload]),
)
await Promise.all([sender.endAsync(), receiver.endAsync()])
await new Promise(resolve => broker.close(resolve))
server.close()
await once(server, 'close')
provesDropIn('mqtt')
