import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'

/** Refuses an upgrade request with an HTTP response, and ends the socket. The body is the message, or the text of the status. */
export function refuse(socket: Duplex, status: number, message?: string, headers: Readonly<Record<string, unknown>> = {}): void {
  const body = message || STATUS_CODES[status] || ''
  const fields = { Connection: 'close', 'Content-Type': 'text/html', 'Content-Length': Buffer.byteLength(body), ...headers }
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}`)
  socket.once('finish', () => socket.destroy())
  socket.end([`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines, '', body].join('\r\n'))
}
