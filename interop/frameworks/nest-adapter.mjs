// An adapter for the gateways of NestJS. Messages are JSON, `{ event, data }`, as with the adapters that come with Nest.
import { attachWS, WebSocketServerFactory, WebSocketServerProtocol } from '@autobahn-ts/websocket'
import { filter, from, mergeMap } from 'rxjs'

/** A client of gateways. Nest binds their handlers when it opens, before its first message. */
class GatewayClient extends WebSocketServerProtocol {
  handlers = []
  whenClosed = []

  onOpen() {
    for (const callback of this.factory.whenConnected) callback(this)
  }

  onTextMessage(text) {
    const { event, data } = JSON.parse(text)
    from(this.handlers)
      .pipe(
        filter(({ message }) => message === event),
        mergeMap(({ callback, transform }) => transform(callback(data, event))),
        filter(response => response !== undefined && response !== null),
      )
      .subscribe({ next: response => this.sendMessage(JSON.stringify(response)), error: error => this.factory.report(error, this) })
  }

  onClose() {
    for (const callback of this.whenClosed) callback()
  }

  /** Called by Nest's filter for the exceptions of handlers. */
  emit(event, data) {
    this.sendMessage(JSON.stringify({ event, data }))
  }
}

/** The server of all gateways with one path. */
class GatewayServer extends WebSocketServerFactory {
  whenConnected = []
}

/**
 * `app.useWebSocketAdapter(new AutobahnAdapter(app, { authenticate }))`. Each gateway needs a path: `@WebSocketGateway({ path: '/chat' })`.
 * `authenticate` is the `onConnect` of all of them.
 */
export class AutobahnAdapter {
  #httpServer
  #authenticate

  constructor(app, { authenticate = () => undefined } = {}) {
    this.#httpServer = app.getHttpServer()
    this.#authenticate = authenticate
  }

  create(_port, { path }) {
    const authenticate = this.#authenticate
    class Client extends GatewayClient {
      onConnect(request) {
        return authenticate(request)
      }
    }
    const server = new GatewayServer(undefined, { protocol: Client })
    server.attachment = attachWS(server, this.#httpServer, { path })
    return server
  }

  bindClientConnect(server, callback) {
    server.whenConnected.push(callback)
  }

  bindClientDisconnect(client, callback) {
    client.whenClosed.push(callback)
  }

  bindMessageHandlers(client, handlers, transform) {
    client.handlers.push(...handlers.map(({ message, callback }) => ({ message, callback, transform })))
  }

  /** Closes a client that came while the application was still starting: 1013, try again later. */
  closeClient(client) {
    client.sendClose(1013)
  }

  close(server) {
    return server.attachment.close()
  }

  dispose() {}
}
