import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { attachWS, CloseCode, State, type WebSocketServerFactory } from '@autobahn-ts/websocket'
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
}

/** Serves the page and its three WebSocket paths on one port. Rejects with the system's error where it cannot listen. */
export async function startDemo({ host, port, allowedHosts = [] }: DemoPlace): Promise<Demo> {
  const server = createServer(staticSite())
  const factories = { '/echo': echoFactory(), '/chat': new ChatFactory(), '/upload': uploadFactory() }
  for (const [path, factory] of Object.entries(factories)) {
    factory.setProtocolOptions({ allowedHosts })
    attachWS(factory, server, { path })
  }
  server.listen(port, host)
  await once(server, 'listening')
  return new RunningDemo(server, Object.values(factories), host)
}

class RunningDemo implements Demo {
  readonly url: string
  readonly port: number
  readonly #server: Server
  readonly #factories: readonly WebSocketServerFactory[]

  constructor(server: Server, factories: readonly WebSocketServerFactory[], host: string) {
    this.port = (server.address() as AddressInfo).port
    this.url = `http://${nameOf(host)}:${this.port}/`
    this.#server = server
    this.#factories = factories
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
