// A consumer of the class style, compiled against the packed tarballs by the oldest and the newest TypeScript. `@ts-expect-error` marks the
// lines that must not compile.
import type { IncomingMessage } from 'node:http'
import {
  type ConnectionAccept,
  type ConnectionRequest,
  connectWS,
  handleUpgrade,
  WebSocketClientFactory,
  WebSocketClientProtocol,
  WebSocketServerFactory,
  WebSocketServerProtocol,
} from '@autobahn-ts/websocket'

interface User {
  readonly name: string
}

/** The type of `data` is that of the class. */
class Chat extends WebSocketServerProtocol<User> {
  readonly joined = Date.now()

  override onConnect(request: ConnectionRequest): ConnectionAccept<User> {
    const { query, url, cookies, signal, raw } = request
    const name: string = query.get('name') ?? cookies.get('name') ?? url.pathname
    const aborted: boolean = signal.aborted
    const message: IncomingMessage | undefined = raw
    console.log(aborted, message?.socket.remoteAddress)
    return { data: { name } }
  }

  override onTextMessage(text: string): void {
    const name: string = this.data.name
    this.sendMessage(`${name}: ${text}`)
  }
}

/** A protocol with dependencies, as `build` makes it. */
class Stored extends WebSocketServerProtocol<User> {
  readonly database: Map<string, string>

  constructor(database: Map<string, string>) {
    super()
    this.database = database
  }

  override onConnect(): ConnectionAccept<User> {
    // @ts-expect-error: data is not a User
    return { data: 7 }
  }
}

/** Code that was written before classes had type parameters. */
class Old extends WebSocketServerProtocol {
  declare data: { user: string }

  override async onConnect(_request: ConnectionRequest): Promise<{ data: { user: string } }> {
    return { data: { user: 'alice' } }
  }
}

class OldFactory extends WebSocketServerFactory {
  override protocol = Old

  override buildProtocol(): WebSocketServerProtocol {
    return new Old()
  }
}

class Client extends WebSocketClientProtocol {
  readonly heard: string[] = []
}

class Other extends WebSocketClientProtocol {
  readonly other: number = 1
}

class BuildingFactory extends WebSocketClientFactory {
  override buildProtocol(): Client {
    return new Client()
  }
}

export function servers(request: IncomingMessage): void {
  const chats = new WebSocketServerFactory('ws://localhost:9000', { protocol: Chat })
  for (const chat of chats.connections) console.log(chat.joined, chat.data.name)
  const { skippedMembers } = chats.broadcast('hello', { except: [...chats.connections][0]! })
  console.log(skippedMembers[0]?.joined)

  const database = new Map<string, string>()
  const stored = new WebSocketServerFactory(undefined, { build: () => new Stored(database) })
  for (const one of stored.connections) console.log(one.database.size)
  // @ts-expect-error: the constructor of this class takes something
  new WebSocketServerFactory(undefined, { protocol: Stored })

  const any: WebSocketServerFactory[] = [chats, stored, new OldFactory(), new WebSocketServerFactory()]
  any[0]!.protocol = Old
  console.log(any.length)

  const taken = handleUpgrade(chats, request, request.socket, new Uint8Array(), { data: { name: 'bob' } })
  console.log(taken?.joined)
}

export async function clients(): Promise<void> {
  const client: Client = await connectWS(new WebSocketClientFactory('ws://localhost', { protocol: Client }))
  const built: Client = await connectWS(new WebSocketClientFactory('ws://localhost', { build: () => new Client() }))
  const named: Client = await connectWS<Client>(new WebSocketClientFactory('ws://localhost', { protocol: Client }))
  const overridden: Client = await connectWS(new BuildingFactory('ws://localhost'))
  console.log(client.heard, built.heard, named.heard, overridden.heard)
  // @ts-expect-error: the factory makes another class
  await connectWS<Other>(new WebSocketClientFactory('ws://localhost', { protocol: Client }))
  const plain = new WebSocketClientFactory('ws://localhost')
  // @ts-expect-error: nobody knows the class that this factory makes
  await connectWS<Client>(plain)
  const base: WebSocketClientProtocol = await connectWS(plain)
  console.log(base.state)
}
