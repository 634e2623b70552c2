import { once } from 'node:events'
import * as http from 'node:http'
import * as net from 'node:net'
import type { Duplex } from 'node:stream'
import { afterEach, describe, expect, it } from 'vitest'
import { asksForOtherProtocol, serveWithoutUpgrade } from '../../../src/node/edge/serve-without-upgrade.ts'
import { HttpServers } from '../../fixtures/http-server.ts'

const servers = new HttpServers()
afterEach(() => servers.end())

describe('asksForOtherProtocol', () => {
  for (const [upgrade, is] of [
    [undefined, false],
    ['websocket', false],
    ['WebSocket', false],
    ['h2c, websocket', false],
    ['h2c', true],
    ['TLS/1.0, HTTP/1.1', true],
  ] as const) {
    it(`${is ? 'holds' : 'does not hold'} for Upgrade: ${upgrade}`, () => {
      expect(asksForOtherProtocol({ headers: { upgrade } } as http.IncomingMessage)).toBe(is)
    })
  }
})

describe('serveWithoutUpgrade', () => {
  it('gives the page that the server has, and closes behind it', async () => {
    const port = await serving((request, response) => response.end(`${request.method} ${request.url}`))
    expect(await answerTo(port, asking('GET /page'))).toMatch(
      /^HTTP\/1\.1 200 OK\r\n(.*\r\n)*Connection: close\r\n(.*\r\n)*\r\nGET \/page$/,
    )
  })

  it('closes also behind a response that wants to keep the connection', async () => {
    const port = await serving((_, response) => response.writeHead(200, { Connection: 'keep-alive', 'Content-Length': 4 }).end('page'))
    expect(await answerTo(port, asking('GET /'))).toMatch(/page$/)
  })

  it('answers a HEAD without content', async () => {
    const port = await serving((_, response) => response.setHeader('Content-Length', 4).end('page'))
    expect(await answerTo(port, asking('HEAD /'))).toMatch(/\r\nContent-Length: 4\r\n(.*\r\n)*\r\n$/)
  })

  it('sends a large page at the pace of its client', async () => {
    const page = Buffer.alloc(8 * 1024 * 1024, 'p')
    const port = await serving(async (_, response) => {
      for (let at = 0; at < page.length; at += 64 * 1024) {
        if (!response.write(page.subarray(at, at + 64 * 1024))) await once(response, 'drain')
      }
      response.end()
    })
    const answer = await answerTo(port, asking('GET / ', 'HTTP/1.0'))
    expect(answer.length - answer.indexOf('\r\n\r\n') - 4).toBe(page.length)
  })

  it('lets the listener see the end of the request, and of the connection', async () => {
    const seen: string[] = []
    let closed: Promise<unknown> | undefined
    const port = await serving(async (request, response) => {
      closed = once(response, 'close')
      for await (const chunk of request) seen.push(String(chunk))
      seen.push('end')
      response.end('page')
    })
    await answerTo(port, asking('GET /'))
    await closed
    expect(seen).toEqual(['end'])
  })

  it('survives a client that resets while the page is made', async () => {
    let isAsked: (closed: Promise<unknown>) => void = () => {}
    const asked = new Promise<{ closed: Promise<unknown> }>(wake => {
      isAsked = closed => wake({ closed })
    })
    const port = await serving((_, response) => isAsked(once(response, 'close')))
    const client = net.connect(port, '127.0.0.1')
    client.write(asking('GET /'))
    const { closed } = await asked
    client.resetAndDestroy()
    await closed
  })

  for (const [what, header] of [
    ['a length', 'Content-Length: 3'],
    ['chunks', 'Transfer-Encoding: chunked'],
  ] as const) {
    it(`answers 426 to a request with a body, told by ${what}`, async () => {
      const port = await serving((_, response) => response.end('page'))
      const answer = await answerTo(port, asking('POST /', 'HTTP/1.1', header))
      expect(answer).toMatch(/^HTTP\/1\.1 426 Upgrade Required\r\nConnection: close, Upgrade\r\nUpgrade: websocket\r\n/)
    })
  }

  it('serves a request whose body is empty', async () => {
    const port = await serving((_, response) => response.end('page'))
    expect(await answerTo(port, asking('POST /', 'HTTP/1.1', 'Content-Length: 0'))).toMatch(/^HTTP\/1\.1 200 /)
  })

  it('answers 426 where the server has no pages', async () => {
    const port = await serving(undefined)
    expect(await answerTo(port, asking('GET /'))).toMatch(/^HTTP\/1\.1 426 /)
  })
})

/** A server that hands every upgrade request to what is tested, with an ear for errors as `attachWS` has it. */
function serving(listener: http.RequestListener | undefined): Promise<number> {
  const server = http.createServer()
  if (listener !== undefined) server.on('request', listener)
  server.on('upgrade', (request, socket: Duplex) => {
    socket.on('error', () => socket.destroy())
    serveWithoutUpgrade(server, request, socket)
  })
  return servers.start(server)
}

function asking(start: string, version = 'HTTP/1.1', header = 'X-Other: 1'): string {
  return `${start.trim()} ${version}\r\nHost: localhost\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n${header}\r\n\r\n`
}

/** Everything that the server sends until it ends. */
async function answerTo(port: number, request: string): Promise<string> {
  const client = net.connect(port, '127.0.0.1')
  client.write(request)
  const chunks: Buffer[] = []
  for await (const chunk of client) chunks.push(chunk)
  return Buffer.concat(chunks).toString('latin1')
}
