// A consumer of WAMP's factories, compiled as the other programs of this folder.
import { connectWS, WampClientFactory, WampClientProtocol, WampServerFactory, WampServerProtocol } from '@autobahn-ts/wamp/v1'
import { connectInMemory } from '@autobahn-ts/websocket/testing'

class Calculator extends WampServerProtocol {
  readonly calls: number = 0

  override onSessionOpen(): void {
    this.registerProcedureForRpc('http://example.com/add', (a: number, b: number) => a + b)
  }
}

class Client extends WampClientProtocol {
  readonly sums: number[] = []
}

class Other extends WampClientProtocol {
  readonly other: number = 1
}

const servers = new WampServerFactory(undefined, { protocol: Calculator })
const clients = new WampClientFactory('ws://test/', { build: () => new Client() })

export async function calculate(): Promise<void> {
  const { server, client, clock } = connectInMemory(servers, clients)
  await clock.settle()
  const sum = client.call<number>('http://example.com/add', 23, 7)
  await clock.settle()
  client.sums.push(await sum)
  for (const one of servers.connections) console.log(one.calls, server.calls)
  const all: WampServerFactory[] = [servers]
  const connected: Client = await connectWS(clients)
  console.log(all.length, connected.sums)
  // @ts-expect-error: the factory makes another class
  await connectWS<Other>(clients)
}
