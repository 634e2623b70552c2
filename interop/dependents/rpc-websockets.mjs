// rpc-websockets: JSON-RPC, both sides.
import { once } from 'node:events'
import process from 'node:process'
import { Client, Server } from 'rpc-websockets'
import { did, provesDropIn } from './in-place.mjs'

const server = new Server({ port: 0, host: '127.0.0.1' })
await once(server, 'listening')
server.register('sum', ([one, other]) => one + other)
server.event('news')
const client = new Client(`ws://127.0.0.1:${server.wss.address().port}`)
await new Promise(resolve => client.on('open', resolve))
did('calls', await client.call('sum', [23, 7]), 30)
await client.subscribe('news')
const heard = new Promise(resolve => client.on('news', (...given) => resolve(given)))
server.emit('news', 'one', 2)
did('is told of events', await heard, ['one', 2])
const end = new Promise(resolve => client.on('close', code => resolve(code)))
client.close(4000)
did('closes', await end, 4000)
await server.close()
provesDropIn('rpc-websockets')
process.exit()
