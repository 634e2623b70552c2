import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { attachWS, type ClosableBus, CloseCode, State, type WebSocketServerFactory } from '@autobahn-ts/websocket'
import { ChatFactory } from './chat.ts'
import { echoFactory } from './echo.ts'
import { staticSite } from './static-site.ts'
import { uploadFactory } from './upload.ts'

/** A running demo. */
export interface Demo {
  /** The address of the page. */
  readonly url: string
  readonly port: number
  /** The number of WebSocket connections on all paths. */
  readonly connectionCount: number
  /** Closes every connection with 1001, drops those that are left after three seconds, and resolves when all have ended. */
  close(): Promise<void>
}

/** The address on which the demo listens. */
export interface DemoPlace {
  readonly host: string
  readonly port: number
  /** Host names, in addition to those of loopback, under which the page may be open; see the library's option of that name. */
  readonly allowedHosts?: readonly string[]
  /** The address of a NATS server: all demo servers that use it share one chat. */
  readonly nats?: string | undefined
}

/**
 * Serves the page and its three WebSocket paths on one port. Rejects with the system's error where it cannot listen, and with `BusError`
 * where NATS cannot be reached.
 */
export async function startDemo({ host, port, allowedHosts = [], nats }: DemoPlace): Promise<Demo> {
  const server = createServer(staticSite())
  const chat = new ChatFactory()
  const factories = { '/echo': echoFactory(), '/chat': chat, '/upload': uploadFactory() }
  for (const [path, factory] of Object.entries(factories)) {
    factory.setProtocolOptions({ allowedHosts })
    attachWS(factory, server, { path })
  }
  const bus = nats === undefined ? undefined : await busOver(nats)
  try {
    if (bus !== undefined) await chat.share(bus)
    server.listen(port, host)
    await once(server, 'listening')
  } catch (error) {
    await bus?.close()
    throw error
  }
  return new RunningDemo(server, Object.values(factories), host, bus)
}

/** Makes a bus. Its package is loaded only where it is used. Wrong lines are dropped. */
async function busOver(servers: string): Promise<ClosableBus> {
  const { natsBus } = await import('@autobahn-ts/nats')
  return natsBus({ servers, prefix: 'autobahn-demo', onError: () => undefined })
}

class RunningDemo implements Demo {
  readonly url: string
  readonly port: number
  readonly #server: Server
  readonly #factories: readonly WebSocketServerFactory[]
  readonly #bus: ClosableBus | undefined

  constructor(server: Server, factories: readonly WebSocketServerFactory[], host: string, bus: ClosableBus | undefined) {
    this.port = (server.address() as AddressInfo).port
    this.url = `http://${nameOf(host)}:${this.port}/`
    this.#server = server
    this.#factories = factories
    this.#bus = bus
  }

  get connectionCount(): number {
    return this.#factories.reduce((sum, { connectionCount }) => sum + connectionCount, 0)
  }

  async close(): Promise<void> {
    const gone = once(this.#server, 'close')
    this.#server.close()
    // Browsers open connections ahead of requests; only this ends those early.
    this.#server.closeAllConnections()
    for (const protocol of this.#protocols()) {
      if (protocol.state === State.Connecting) protocol.dropConnection()
      else protocol.sendClose(CloseCode.GoingAway, 'the server is stopping')
    }
    // The server reports that it is closed a moment before its last sockets are.
    const allGone = Promise.all([gone, ...this.#protocols().map(protocol => protocol.closed)])
    const deadline = setTimeout(() => {
      for (const protocol of this.#protocols()) protocol.dropConnection({ abort: true })
    }, patience)
    await allGone
    clearTimeout(deadline)
    await this.#bus?.close()
  }

  #protocols(): ReturnType<WebSocketServerFactory['buildProtocol']>[] {
    return this.#factories.flatMap(factory => [...factory.allConnections])
  }
}

/** Returns the host name for the address that a browser on this machine should open. */
function nameOf(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost'
  return host.includes(':') ? `[${host}]` : host
}

/** In milliseconds. */
const patience = 3000
