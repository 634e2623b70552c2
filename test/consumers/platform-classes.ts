// A consumer of the platform's classes and of streams, compiled against the packed tarballs by the oldest and the newest TypeScript.

import type { Duplex } from 'node:stream'
import { connect, type DuplexOptions, toDuplex } from '@autobahn-ts/websocket'
import {
  CloseEvent,
  ErrorEvent,
  WebSocket,
  type WebSocketClass,
  WebSocketError,
  type WebSocketOptions,
  WebSocketStream,
} from '@autobahn-ts/websocket/whatwg'

const options: WebSocketOptions = { headers: { A: 'b' }, perMessageDeflate: true, proxy: 'env', maxMessagePayloadSize: 1 }
const ws: WebSocket = new WebSocket('wss://example.com', ['chat'], options)
ws.onmessage = ({ data }) => void data
ws.onclose = ({ code, reason, wasClean }) => void [code, reason, wasClean]
ws.addEventListener('error', ({ message, error }) => void [message, error])
ws.addEventListener('close', event => void (event.code + 1), { once: true })
const state: 0 | 1 | 2 | 3 = ws.readyState
// @ts-expect-error there is no such type of binary messages
ws.binaryType = 'nodebuffer'
// @ts-expect-error an option that does not exist
new WebSocket('wss://example.com', [], { header: {} })

class Own extends WebSocket {
  constructor(url: string) {
    super(url, [], { proxy: 'env' })
  }
}
const Class: WebSocketClass<WebSocketOptions> = WebSocket

const stream: WebSocketStream = new WebSocketStream('wss://example.com', { protocols: ['a'], headers: { A: 'b' } })
async function read(): Promise<void> {
  const { readable, writable, protocol } = await stream.opened
  const { value } = await readable.getReader().read()
  const text: string | Uint8Array | undefined = value
  await writable.getWriter().write(Uint8Array.of(1))
  const { closeCode, reason } = await stream.closed
  void [protocol, text, closeCode, reason, state]
  stream.close({ closeCode: 4000 })
  await writable.abort(new WebSocketError('', { closeCode: 4000 }))
}

async function streams(): Promise<void> {
  const connection = await connect('ws://localhost:9000')
  await connection.readable.pipeTo(connection.writable)
  const duplexOptions: DuplexOptions = { objectMode: true }
  const duplex: Duplex = toDuplex(connection, duplexOptions)
  duplex.end()
}

void [Own, Class, read, streams, new CloseEvent('close', { code: 1000 }), new ErrorEvent('error', { message: 'm' })]
