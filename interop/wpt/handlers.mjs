import { createHash } from 'node:crypto'
import { HttpException, handleUpgrade, WebSocketServerFactory, WebSocketServerProtocol } from '@autobahn-ts/websocket'

/**
 * Answers the upgrade requests of a server as the handlers of the web-platform tests do. The name of a handler is the path: `/echo`. They are written from
 * what the tests expect of them.
 *
 * @param {import('node:http').Server} server
 */
export function attachHandlers(server) {
  server.on('upgrade', (request, socket, head) => {
    const { pathname, searchParams } = new URL(request.url, 'http://x')
    const name = pathname.slice(1)
    const raw = rawHandlers[name]
    if (raw !== undefined) {
      socket.on('error', () => undefined)
      raw(request, socket, searchParams)
      return
    }
    handleUpgrade(factory, request, socket, head)
  })
}

/**
 * The handlers by name. `accept` returns the subprotocol, or throws; `opened` begins to talk; `came` takes a message; `closing` is called with the client's
 * close frame, which is answered when its promise has resolved.
 */
const handlers = {
  echo: {
    accept: ({ protocols }) => (protocols.includes('echo') ? 'echo' : undefined),
    came: echo,
  },
  echo_raw: { came: echo },
  echo_close_data: { came: echo },
  echo_exit: {
    came: (ws, message) => {
      if (message === 'exit' || message === 'Goodbye') ws.sendClose(1000)
    },
  },
  'echo-query': { opened: sendQuery },
  'echo-query_v13': { opened: sendQuery },
  'echo-cookie': { opened: ws => ws.sendMessage(ws.request.headers.get('cookie') ?? '(none)') },
  'empty-message': { came: (ws, message) => ws.sendMessage(message === '' ? 'pass' : 'fail') },
  basic_auth: {
    accept: ({ headers }) => {
      if (headers.get('authorization') !== `Basic ${btoa('foo:bar')}`)
        throw new HttpException(401, 'who are you?', { 'WWW-Authenticate': 'Basic realm="camelot"' })
    },
  },
  'delayed-passive-close': { closing: () => later(1000) },
  handshake_no_extensions: {},
  handshake_sleep_2: { accept: () => later(2000) },
  origin: { opened: ws => ws.sendMessage(ws.request.origin ?? '') },
  'passive-close-abort': { closing: ws => ws.dropConnection({ abort: true }) },
  protocol: {
    accept: ({ protocols }) => protocols[0],
    opened: ws => ws.sendMessage(ws.subprotocol),
  },
  protocol_array: {
    accept: ({ protocols }) => protocols[0],
    opened: ws => ws.sendMessage(ws.subprotocol),
  },
  'receive-backpressure': {
    opened: async ws => {
      ws.pauseReceiving()
      await later(2000)
      ws.resumeReceiving()
    },
    came: ws => ws.sendClose(1000),
  },
  'receive-many-with-backpressure': {
    came: async (ws, message) => {
      await later(100)
      ws.sendMessage(String(message.length))
    },
  },
  referrer: { opened: ws => ws.sendMessage(ws.request.headers.get('referer') ?? 'MISSING AS PER FETCH') },
  'remote-close': {
    opened: ws => {
      const { searchParams } = new URL(ws.request.resource, 'http://x')
      if (searchParams.has('abrupt') && searchParams.get('abrupt') !== '0') {
        // octets behind the answer, so that the end is not taken for a failed handshake
        ws.sendPing()
        return ws.dropConnection()
      }
      const code = searchParams.get('code')
      ws.sendClose(code === null || code === '' ? undefined : Number(code), searchParams.get('reason') ?? '')
    },
  },
  'send-backpressure': {
    opened: async ws => {
      ws.sendMessage(new Uint8Array(0))
      const begun = performance.now()
      for (let i = 0; i < 16; i++) ws.sendMessage(new Uint8Array(1024 * 1024))
      await ws.drained()
      ws.sendMessage(String((performance.now() - begun) / 1000))
      ws.sendClose(1000)
    },
  },
  sleep_10_v13: {
    opened: async ws => {
      await later(10_000)
      ws.sendClose(1000)
    },
  },
}

/** The handlers that answer with octets of their own. */
const rawHandlers = {
  invalid: (_request, socket) => socket.end('FOO BAR BAZ\r\n\r\n'),
  wrong_accept_key: (request, socket) => socket.write(head(request, { accept: 'thisisawrongacceptkey' })),
  handshake_no_protocol: (request, socket) => socket.end(Buffer.concat([Buffer.from(head(request)), closeFrame])),
  handshake_protocol: (request, socket) => socket.end(Buffer.concat([Buffer.from(head(request, { protocol: 'foobar' })), closeFrame])),
  simple_handshake: (request, socket) => {
    socket.write(Buffer.concat([Buffer.from(head(request, { cookie: 'ws_test=test' })), closeFrame]))
    // the client's close frame
    socket.once('data', () => socket.end())
  },
  'set-cookie': (request, socket, query) => {
    socket.end(Buffer.concat([Buffer.from(head(request, { cookie: `ws_test_${query}=test; Path=/` })), closeFrame]))
  },
  'set-cookie-secure': (request, socket, query) => {
    socket.end(Buffer.concat([Buffer.from(head(request, { cookie: `ws_test_${query}=test; Secure; Path=/` })), closeFrame]))
  },
  'set-cookie_http': (request, socket, query) => {
    socket.end(Buffer.concat([Buffer.from(head(request, { cookie: `ws_test_${query}=test; HttpOnly; Path=/` })), closeFrame]))
  },
}

/** A close frame with the code 1000. */
const closeFrame = Buffer.from([0x88, 2, 0x03, 0xe8])

function head(request, { accept = acceptOf(request), protocol, cookie } = {}) {
  const lines = ['HTTP/1.1 101 Switching Protocols', 'Connection: Upgrade', 'Upgrade: WebSocket']
  if (protocol !== undefined) lines.push(`Sec-WebSocket-Protocol: ${protocol}`)
  if (cookie !== undefined) lines.push(`Set-Cookie: ${cookie}`)
  return `${[...lines, `Sec-WebSocket-Accept: ${accept}`].join('\r\n')}\r\n\r\n`
}

/** Returns the answer to a client's key, RFC 6455 §4.2.2. */
function acceptOf(request) {
  return createHash('sha1').update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
}

/** A connection that is served by a handler. */
class HandlerConnection extends WebSocketServerProtocol {
  #handler
  #drained

  onConnect(request) {
    this.#handler = Object.hasOwn(handlers, request.path.slice(1)) ? handlers[request.path.slice(1)] : undefined
    if (this.#handler === undefined) throw new HttpException(404, 'there is no such handler')
    return this.#handler.accept?.(request)
  }

  onOpen() {
    // later messages must not wait for it
    void Promise.resolve(this.#handler.opened?.(this)).catch(error => console.error(error))
  }

  onMessage(payload, isBinary) {
    return this.#handler.came?.(this, isBinary ? payload : new TextDecoder('utf-8', { ignoreBOM: true }).decode(payload))
  }

  onCloseFrame(code) {
    return this.#handler.closing?.(this, code)
  }

  onDrain() {
    this.#drained?.()
  }

  /** Waits until everything that was sent has left. */
  drained() {
    return new Promise(resolve => {
      this.#drained = resolve
      if (this.bufferedAmount === 0) resolve()
    })
  }
}

const factory = new WebSocketServerFactory(undefined, {
  protocol: HandlerConnection,
  allowedOrigins: '*',
  allowNullOrigin: true,
  echoCloseCodeReason: true,
  maxMessagePayloadSize: 0,
  maxFramePayloadSize: 0,
  maxUnsentSize: 0,
  autoPingInterval: 0,
  closeHandshakeTimeout: 30,
})

function echo(ws, message) {
  ws.sendMessage(message)
  if (message === 'Goodbye') ws.sendClose(1000)
}

function sendQuery(ws) {
  ws.sendMessage(ws.request.resource.split('?')[1] ?? '')
}

function later(milliseconds) {
  return new Promise(resolve => setTimeout(resolve, milliseconds))
}
