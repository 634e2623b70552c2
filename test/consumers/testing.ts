// A consumer of the testing kit, compiled as the other programs of this folder.
import {
  type Connection,
  createHandlers,
  WebSocketClientFactory,
  WebSocketClientProtocol,
  WebSocketServerFactory,
  WebSocketServerProtocol,
} from '@autobahn-ts/websocket'
import { connectInMemory, connectToRawPeer, type FakeClock, listenInMemory } from '@autobahn-ts/websocket/testing'

class Chat extends WebSocketServerProtocol<{ readonly user: string }> {
  readonly joined: number = 1
}

class Client extends WebSocketClientProtocol {
  readonly heard: string[] = []
}

const chats = new WebSocketServerFactory(undefined, { protocol: Chat })
const clients = new WebSocketClientFactory('ws://test/', { protocol: Client })

export async function classes(): Promise<void> {
  const { server, client, clock } = connectInMemory(chats, clients, { maxChunk: 1, latency: 10 })
  const joined: number = server.joined
  const heard: readonly string[] = client.heard
  const fake: FakeClock = clock
  await fake.settle(20)
  console.log(joined, server.data.user, heard)
  // @ts-expect-error: the server is not a client
  console.log(server.heard)
}

export async function functions(): Promise<void> {
  const one = connectInMemory(async ws => void (await ws.send('hello')), 'ws://test/')
  const connection: Connection = one.client
  console.log(await connection.receive())
  const other = connectInMemory({ '/room/:id': async ws => void (await ws.send(ws.pathParams.id)) }, clients)
  const client: Client = other.client
  console.log(client.heard)
  const made = createHandlers({ onConnect: () => ({ data: { user: 'alice' } }) }, async ws => void (await ws.send(ws.data.user)))
  console.log(connectInMemory(made, 'ws://test/', { client: { protocols: ['chat'] } }).client.isWritable)
}

export function peers(): void {
  const listener = listenInMemory(chats)
  const { server, peer } = listener.connectRaw()
  peer.request('/', 'Cookie: id=7')
  peer.writeFrame({ payload: 'x', isMasked: false })
  console.log(server.joined, peer.frames.map(String), listener.connect(clients).client.heard)
  const { client } = connectToRawPeer(clients)
  console.log(client.heard)
  void listener.close({ timeout: 5 })
}
