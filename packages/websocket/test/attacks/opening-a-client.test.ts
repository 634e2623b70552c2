import { createHash } from 'node:crypto'
import { once } from 'node:events'
import * as net from 'node:net'
import * as tls from 'node:tls'
import { afterEach, describe, expect, it } from 'vitest'
import { type ClientFactoryOptions, connectWS, createWsUrl, WebSocketClientFactory, WebSocketClientProtocol } from '../../src/index.ts'
import { certificates } from '../fixtures/certificates.ts'
import { portOf } from '../fixtures/socket-pair.ts'

const servers: { readonly server: net.Server; readonly sockets: Set<net.Socket> }[] = []
afterEach(() => {
  for (const { server, sockets } of servers.splice(0)) {
    for (const socket of sockets) socket.destroy()
    server.close()
  }
})

describe('against the opening handshake of a client', () => {
  it('answers with the accept value of another key', async () => {
    const url = await answering(() => accepting('s3pPLMBiTxaQ9kYGzzhZRbK+xOo='))
    await fails(url, /Sec-WebSocket-Accept/)
  })

  it('answers without an accept value', async () => {
    const url = await answering(() => 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n')
    await fails(url, /Sec-WebSocket-Accept/)
  })

  it('answers with huge headers', async () => {
    const url = await answering(key => accepting(acceptFor(key), `X: ${'x'.repeat(1024 * 1024)}`))
    await fails(url, /16384/)
  })

  it('answers with too many headers', async () => {
    const url = await answering(key => accepting(acceptFor(key), ...Array.from({ length: 1000 }, (_, at) => `X-${at}: 1`)))
    await fails(url, /more than 100 header/)
  })

  it('answers with interim responses without end', async () => {
    const url = await speaking((socket, request) => {
      request.then(() => repeatedly(socket, 'HTTP/1.1 100 Continue\r\n\r\n'))
    })
    await fails(url, /more than 3 interim responses/)
  })

  it('answers octet by octet, to wind the clock up again with each', async () => {
    const url = await speaking((socket, request) => {
      request.then(() => repeatedly(socket, 'H', 5))
    })
    await fails(url, 'opening handshake not finished within 0.2 s', { openHandshakeTimeout: 0.2 })
  })

  it('says nothing', async () => {
    const url = await speaking(() => {})
    await fails(url, 'opening handshake not finished within 0.1 s', { openHandshakeTimeout: 0.1 })
  })

  it('answers 401 with a body that never ends', async () => {
    const { length } = await receivedFrom('HTTP/1.1 401 Unauthorized\r\nContent-Type: text/plain\r\n\r\n', 'all your memory '.repeat(64))
    // the kernel takes some octets before it learns that they are not read any more
    expect(length).toBeLessThan(32 * 1024 * 1024)
  })

  it('answers with something other than HTTP', async () => {
    const url = await answering(() => 'SSH-2.0-OpenSSH_9.2\r\n\r\n')
    await fails(url, /\S/)
  })

  it('hangs up in the middle of its answer', async () => {
    const url = await speaking((socket, request) => {
      request.then(() => socket.end('HTTP/1.1 101 Swit'))
    })
    await expect(connectWS(clientOf(url))).rejects.toThrow('the peer ended the transport during the opening handshake')
  })

  it('chooses a subprotocol that was not offered', async () => {
    const url = await answering(key => accepting(acceptFor(key), 'Sec-WebSocket-Protocol: mine'))
    await fails(url, /mine/)
  })

  it('sends the client elsewhere', async () => {
    let asked = 0
    const url = await answering(() => {
      asked++
      return 'HTTP/1.1 302 Found\r\nLocation: ws://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n'
    })
    await fails(url, /302/)
    expect(asked).toBe(1)
  })
})

describe('against the TLS of a client', () => {
  it('shows a certificate for another name', async () => {
    const { url } = await secured()
    const options = { tls: { ca: certificates().ca, lookup: loopback } }
    await expect(connectWS(clientOf(url.replace('localhost', 'other.test')), options)).rejects.toMatchObject({
      name: 'HandshakeFailed',
      cause: { code: 'ERR_TLS_CERT_ALTNAME_INVALID' },
    })
  })

  it('shows a certificate of its own making', async () => {
    const { url } = await secured(certificates().stranger)
    await expect(connectWS(clientOf(url))).rejects.toMatchObject({ cause: { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' } })
  })

  it('is told the name in the URL, and never an address', async () => {
    const { url, names } = await secured()
    await connectWS(clientOf(url), { tls: { ca: certificates().ca } }).catch(() => {})
    await connectWS(clientOf(url.replace('localhost', '127.0.0.1')), { tls: { ca: certificates().ca } }).catch(() => {})
    expect(names).toEqual(['localhost', false])
  })
})

describe('against the URL of a client', () => {
  for (const [why, url] of [
    ['credentials', 'ws://user:secret@localhost/'],
    ['a line break', 'ws://localhost/\r\nX-Injected: 1'],
    ['a line break in the host', 'ws://local\r\nhost/'],
    ['a space', 'ws://localhost/a b'],
    ['a fragment', 'ws://localhost/#fragment'],
    ['an empty fragment', 'ws://localhost/#'],
    ['a backslash', 'ws://localhost\\@elsewhere.example/'],
    ['a letter beyond ASCII', 'ws://localhost/ü'],
    ['another scheme', 'http://localhost/'],
    ['a port that is none', 'ws://localhost:65536/'],
  ] as const) {
    it(`slips in ${why}`, () => {
      expect(() => new WebSocketClientFactory(url)).toThrow(expect.objectContaining({ name: 'ApiMisuse' }))
    })
  }

  it('slips a line break into a path, where it is escaped', () => {
    expect(createWsUrl('localhost', 80, false, '/a\r\nX-Injected: 1')).toBe('ws://localhost:80/a%0D%0AX-Injected%3A%201')
  })

  it('does not repeat the secret in the error', () => {
    expect(() => new WebSocketClientFactory('ws://user:secret@localhost/')).toThrow(/^(?!.*secret)/)
  })
})

/** A server that lets each connection be spoken to by hand; `request` gives the key once the request is there. */
async function speaking(speak: (socket: net.Socket, request: Promise<string>) => void): Promise<string> {
  const server = net.createServer(socket => speak(socket, keyFrom(socket)))
  return `ws://127.0.0.1:${await started(server)}`
}

function answering(answer: (key: string) => string): Promise<string> {
  return speaking((socket, request) => {
    request.then(key => socket.write(answer(key)))
  })
}

async function secured(pem = certificates().server): Promise<{ url: string; names: unknown[] }> {
  const names: unknown[] = []
  const server = tls.createServer(pem, socket => {
    names.push(socket.servername)
    socket.on('error', () => {})
    socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n')
  })
  return { url: `wss://localhost:${await started(server)}`, names }
}

async function started(server: net.Server): Promise<number> {
  const sockets = new Set<net.Socket>()
  server.on('connection', (socket: net.Socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
  })
  server.on('tlsClientError', () => {})
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  servers.push({ server, sockets })
  return portOf(server)
}

async function keyFrom(socket: net.Socket): Promise<string> {
  let request = ''
  while (!request.endsWith('\r\n\r\n')) request += (await once(socket, 'data'))[0]
  return /Sec-WebSocket-Key: (.*)\r\n/.exec(request)![1]!
}

/** Every name is this machine. */
const loopback: net.LookupFunction = (_, options, found) => {
  if (options.all) found(null, [{ address: '127.0.0.1', family: 4 }])
  else found(null, '127.0.0.1', 4)
}

function accepting(accept: string, ...headers: string[]): string {
  const lines = ['Upgrade: websocket', 'Connection: Upgrade', `Sec-WebSocket-Accept: ${accept}`, ...headers]
  return `HTTP/1.1 101 Switching Protocols\r\n${lines.join('\r\n')}\r\n\r\n`
}

function acceptFor(key: string): string {
  return createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
}

/** As fast as it is taken, or every so many milliseconds, until nobody listens. */
function repeatedly(socket: net.Socket, text: string, milliseconds?: number): void {
  const write = (): void => {
    while (socket.writable && socket.write(text) && milliseconds === undefined);
  }
  socket.on('drain', write)
  const timer = setInterval(write, milliseconds ?? 1)
  socket.on('close', () => clearInterval(timer))
  write()
}

/** Returns the octets that a client takes of a response that refuses it. */
async function receivedFrom(head: string, body: string): Promise<{ length: number }> {
  let sent = 0
  const url = await speaking((socket, request) => {
    request.then(() => {
      socket.write(head)
      repeatedly(socket, body)
      socket.on('close', () => {
        sent = socket.bytesWritten
      })
    })
  })
  await fails(url, /401/)
  return { length: sent }
}

function clientOf(url: string, options: ClientFactoryOptions = {}): WebSocketClientFactory {
  return new WebSocketClientFactory(url, { protocol: Client, ...options })
}

/** The attempt is given up with a reason, and `onClose` is told the same. */
async function fails(url: string, why: string | RegExp, options: ClientFactoryOptions = {}): Promise<void> {
  closings.length = 0
  const failure = connectWS(clientOf(url, options))
  await expect(failure).rejects.toThrow(why)
  await expect(failure).rejects.toMatchObject({ name: 'HandshakeFailed' })
  expect(closings).toEqual([[false, 1006, expect.stringMatching(why)]])
}

const closings: [boolean, number, string][] = []

class Client extends WebSocketClientProtocol {
  override onClose(wasClean: boolean, code: number, reason: string): void {
    closings.push([wasClean, code, reason])
  }
}
