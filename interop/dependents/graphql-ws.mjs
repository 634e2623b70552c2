// graphql-ws: subscriptions, by its server for ws and its client.
import { once } from 'node:events'
import { buildSchema } from 'graphql'
import { createClient } from 'graphql-ws'
import { useServer } from 'graphql-ws/use/ws'
import { WebSocket, WebSocketServer } from 'ws'
import { did, provesDropIn } from './in-place.mjs'

const schema = buildSchema('type Query { hello: String } type Subscription { count(to: Int!): Int }')
const roots = {
  query: { hello: () => 'world' },
  subscription: {
    count: async function* ({ to }) {
      for (let count = 1; count <= to; count++) yield { count }
    },
  },
}
const server = new WebSocketServer({ port: 0, host: '127.0.0.1', path: '/graphql' })
await once(server, 'listening')
const disposable = useServer({ schema, roots }, server)

const client = createClient({ url: `ws://127.0.0.1:${server.address().port}/graphql`, webSocketImpl: WebSocket, keepAlive: 1000 })
const results = []
for await (const { data } of client.iterate({ query: 'subscription { count(to: 3) }' })) results.push(data?.count)
did('subscribes', results, [1, 2, 3])
const answers = client.iterate({ query: '{ hello }' })
did('queries', (await answers.next()).value.data.hello, 'world')
await client.dispose()
await disposable.dispose()
did('disposes of its server', server.address(), null)
provesDropIn('graphql-ws')
