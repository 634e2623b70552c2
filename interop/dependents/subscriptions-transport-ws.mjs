// subscriptions-transport-ws: the protocol for subscriptions before graphql-ws, which tools still speak.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { buildSchema, execute, subscribe } from 'graphql'
import { SubscriptionClient, SubscriptionServer } from 'subscriptions-transport-ws'
import { WebSocket } from 'ws'
import { did, provesDropIn } from './in-place.mjs'

const http = createServer().listen(0, '127.0.0.1')
await once(http, 'listening')
const schema = buildSchema('type Query { hello: String } type Subscription { count: Int }')
const rootValue = {
  hello: 'world',
  count: async function* () {
    for (let count = 1; count <= 3; count++) yield { count }
  },
}
const server = SubscriptionServer.create({ schema, rootValue, execute, subscribe }, { server: http, path: '/subscriptions' })
const client = new SubscriptionClient(`ws://127.0.0.1:${http.address().port}/subscriptions`, {}, WebSocket)
const counts = []
await new Promise((resolve, reject) =>
  client
    .request({ query: 'subscription { count }' })
    .subscribe({ next: ({ data }) => counts.push(data.count), complete: resolve, error: reject }),
)
did('subscribes', counts, [1, 2, 3])
client.close()
server.close()
http.close()
provesDropIn('subscriptions-transport-ws')
