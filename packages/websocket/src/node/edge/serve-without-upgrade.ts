import { type IncomingMessage, type Server, ServerResponse } from 'node:http'
import type { Server as SecureServer } from 'node:https'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { listContains } from '../../handshake/http/tokens.ts'
import { endWithLinger } from '../sockets/end-with-linger.ts'
import { refuseUpgrade } from './refuse-upgrade.ts'

/** Whether a request asks for a switch to other protocols than WebSocket: `h2c` of curl and of Java's client, `TLS/1.0`. */
export function asksForOtherProtocol({ headers }: IncomingMessage): boolean {
  return headers.upgrade !== undefined && !listContains(headers.upgrade, 'websocket')
}

/**
 * Hands an upgrade request to the server's `request` listeners as if it did not ask for an upgrade: a server may ignore `Upgrade`
 * (RFC 9110 §7.8), and clients that offer one to every server expect their page.
 *
 * `node:http` has stopped to read the connection, so it is closed behind the response, and a request with a body is answered 426. So is
 * one to a server that has no `request` listener.
 */
export function serveWithoutUpgrade(server: Server | SecureServer, request: IncomingMessage, socket: Duplex): void {
  if (hasBody(request) || server.listenerCount('request') === 0) return refuseUpgrade(socket, 426, 'Upgrade Required')
  const response = new ServerResponse(request)
  response.shouldKeepAlive = false
  // an HTTP server may be handed any duplex stream for a socket, and its responses take it
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
