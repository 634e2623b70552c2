import type { IncomingMessage, Server } from 'node:http'
import type { Http2SecureServer } from 'node:http2'
import type { Server as SecureServer } from 'node:https'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { listContains } from '../../handshake/http/tokens.ts'
import { endWithLinger } from '../sockets/end-with-linger.ts'
import { nodeHttp } from './http-modules.ts'
import { refuseUpgrade } from './refuse-upgrade.ts'

/** A server of `node:http` or `node:https`, or one of `node:http2` with the option `allowHTTP1`. */
export type HttpServer = Server | SecureServer | Http2SecureServer

/** Tells whether a request asks for other protocols than WebSocket, such as `h2c` of curl and of Java's client, or `TLS/1.0`. */
export function asksForOtherProtocol({ headers }: IncomingMessage): boolean {
  return headers.upgrade !== undefined && !listContains(headers.upgrade, 'websocket')
}

/**
 * Passes an upgrade request to the server's `request` listeners as if it did not ask for an upgrade: a server may ignore `Upgrade` (RFC
 * 9110 §7.8), and clients that offer an upgrade to every server expect their page.
 *
 * `node:http` has stopped reading the connection, so it is closed after the response. A request with a body is answered 426, and so is one
 * to a server without `request` listeners.
 */
export function serveWithoutUpgrade(server: HttpServer, request: IncomingMessage, socket: Duplex): void {
  if (hasBody(request) || server.listenerCount('request') === 0) return refuseUpgrade(socket, 426, 'Upgrade Required')
  const response = new (nodeHttp().ServerResponse)(request)
  response.shouldKeepAlive = false
  // the socket may be any duplex stream that was handed to the HTTP server, and its responses accept it
  response.assignSocket(socket as Socket)
  socket.on('drain', () => {
    if (response.writableNeedDrain) response.emit('drain')
  })
  response.on('finish', () => endWithLinger(socket))
  server.emit('request', request, response)
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) !== 0
}
