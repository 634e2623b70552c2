import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { request } from 'node:http'
import { type Connection, connect } from '@autobahn-ts/websocket'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mostLines } from '../../src/demo/chat-room.ts'
import { type Demo, startDemo } from '../../src/demo/demo-server.ts'
import { nextEvent, nextOf } from '../fixtures/events.ts'

let demo: Demo
beforeAll(async () => {
  demo = await startDemo({ host: '127.0.0.1', port: 0 })
})
afterAll(() => demo.close())

const page = new URL('../../page/', import.meta.url)

/** Lists the files of a folder, without those of folders in it. */
function filesOf(folder: URL): string[] {
  return readdirSync(folder).filter(name => name.includes('.'))
}

describe('the page', () => {
  it('comes with headers that allow no other content', async () => {
    const { status, headers } = await fetch(demo.url)
    expect(status).toBe(200)
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    const policy = headers.get('content-security-policy')
    expect(policy).toMatch(/^default-src 'none'/)
    expect(policy).not.toContain('unsafe')
  })

  for (const name of filesOf(page)) {
    it(`serves ${name} with its type`, async () => {
      const response = await fetch(new URL(name === 'index.html' ? '/' : name, demo.url))
      expect(response.status).toBe(200)
      expect(response.headers.get('content-type')).toBe(types.get(name.slice(name.lastIndexOf('.'))))
      expect(await response.text()).toBe(readFileSync(new URL(name, page), 'utf8'))
    })
  }

  it('serves the programs that it shows as text', async () => {
    for (const name of filesOf(new URL('programs/', page))) {
      const response = await fetch(new URL(`programs/${name}`, demo.url))
      expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8')
      expect(await response.text()).toBe(readFileSync(new URL(`programs/${name}`, page), 'utf8'))
    }
  })

  it('has no inline code, and nothing from other servers', () => {
    const html = readFileSync(new URL('index.html', page), 'utf8')
    expect(html).not.toMatch(/<style|\sstyle=|\son\w+=|<script(?![^>]*src=)|javascript:/i)
    for (const name of filesOf(page)) {
      const text = readFileSync(new URL(name, page), 'utf8').replace('http://www.w3.org/2000/svg', '')
      expect(text, name).not.toMatch(/https?:\/\/|url\(|@import/)
    }
  })

  it('never shows received text as markup', () => {
    for (const name of filesOf(page)) {
      expect(readFileSync(new URL(name, page), 'utf8'), name).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(/)
    }
  })

  it('answers HEAD with the length and no content', async () => {
    const response = await fetch(demo.url, { method: 'HEAD' })
    expect(response.headers.get('content-length')).toBe(String(readFileSync(new URL('index.html', page)).length))
    expect(await response.text()).toBe('')
  })

  it('ignores the query', async () => {
    expect((await fetch(`${demo.url}?x=1`)).status).toBe(200)
  })

  for (const path of ['/nothing', '/index.html', '/../package.json', '/%2e%2e/package.json', '//style.css', '/style.css/', '/__proto__']) {
    it(`answers 404 to ${path}`, async () => {
      expect(await statusOf(path)).toBe(404)
    })
  }

  it('answers 405 to other methods, and names the allowed ones', async () => {
    const response = await fetch(demo.url, { method: 'POST', body: 'x' })
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
  })
})

describe('the WebSocket paths', () => {
  it('answer 404 to upgrades on other paths', async () => {
    await expect(open('/nowhere')).rejects.toThrow('404')
  })

  it('accept pages of this server only', async () => {
    await expect(connect(`${wsUrl()}/chat`, { origin: 'https://evil.test' })).rejects.toThrow('403')
  })
})

describe('/echo', () => {
  it('sends back each message', async () => {
    const ws = await open('/echo')
    await ws.send('hello')
    expect(await ws.receive()).toBe('hello')
    await ws.close()
  })

  it('refuses long messages', async () => {
    const ws = await open('/echo')
    await ws.send('x'.repeat(64 * 1024 + 1))
    expect(await ws.closed).toMatchObject({ code: 1009 })
  })
})

describe('/chat', () => {
  it('sends each line to everybody, with the name', async () => {
    const [ada, bob] = await Promise.all([open('/chat'), open('/chat')])
    const { you } = await nextOf(ada, 'welcome')
    await ask(ada, { type: 'enter', name: 'Ada <b>' })
    expect(await nextOf(ada, 'named')).toEqual({ type: 'named', name: 'Ada <b>' })
    await ask(ada, { type: 'say', text: '<i>hello</i>' })
    for (const ws of [ada, bob])
      expect(await nextOf(ws, 'said')).toMatchObject({ line: { from: you, name: 'Ada <b>', text: '<i>hello</i>' } })
    await Promise.all([ada.close(), bob.close()])
  })

  it('counts the visitors', async () => {
    const first = await open('/chat')
    const { present } = await nextOf(first, 'welcome')
    const second = await open('/chat')
    await countReaches(first, Number(present) + 1)
    await second.close()
    await countReaches(first, Number(present))
    await first.close()
  })

  it('sends the latest lines to a new visitor', async () => {
    const speakers = await Promise.all(Array.from({ length: 10 }, () => open('/chat')))
    for (const ws of speakers) for (let i = 0; i < 6; i++) await ask(ws, { type: 'say', text: `line ${i}` })
    const ends = speakers.map(async ws => {
      for (let own = 0; own < 60; own++) await nextOf(ws, 'said')
    })
    await Promise.all(ends)
    const late = await open('/chat')
    const { history } = await nextOf(late, 'welcome')
    expect(history).toHaveLength(mostLines)
    await Promise.all([late, ...speakers].map(ws => ws.close()))
  })

  it('refuses a bad request with a sentence, and stays open', async () => {
    const ws = await open('/chat')
    await ask(ws, { type: 'say', text: 'x'.repeat(501) })
    expect(await nextOf(ws, 'refused')).toEqual({ type: 'refused', reason: 'The message is longer than 500 characters.' })
    await ask(ws, { type: 'say', text: 'short' })
    expect(await nextOf(ws, 'said')).toMatchObject({ line: { text: 'short' } })
    await ws.close()
  })

  it('refuses requests that come too fast, and closes if they do not stop', async () => {
    const ws = await open('/chat')
    for (let i = 0; i < 40; i++) await ask(ws, { type: 'say', text: `${i}` }).catch(() => {})
    expect(await nextOf(ws, 'refused')).toMatchObject({ reason: expect.stringContaining('too fast') })
    ws.ignoreMessages()
    expect(await ws.closed).toMatchObject({ code: 1008 })
  })

  it('refuses binary messages', async () => {
    const ws = await open('/chat')
    await ws.send(new Uint8Array(1))
    expect(await ws.closed).toMatchObject({ code: 1003, reason: 'the chat accepts text messages only' })
  })
})

describe('/upload', () => {
  const file = Buffer.alloc(3_000_000, 'autobahn')
  const expected = createHash('sha256').update(file).digest('hex')

  it('hashes a file that comes in slices', async () => {
    const ws = await started(file.length)
    for (let at = 0; at < file.length; at += 100_000) await ws.send(file.subarray(at, at + 100_000))
    expect(await nextOf(ws, 'digest')).toMatchObject({ algorithm: 'SHA-256', hex: expected, received: file.length })
    expect(await ws.closed).toMatchObject({ code: 1000, reason: 'done', wasClean: true })
  })

  it('hashes a file that comes as one message, longer than the default limit', async () => {
    const size = 32 * 1024 * 1024
    const piece = Buffer.alloc(1024 * 1024, 1)
    const hash = createHash('sha256')
    const ws = await started(size)
    const pieces = (function* () {
      for (let at = 0; at < size; at += piece.length) {
        hash.update(piece)
        yield piece
      }
    })()
    const sent = ws.send(pieces).catch(() => {})
    expect(await nextOf(ws, 'digest')).toMatchObject({ hex: hash.digest('hex'), received: size })
    await sent
    await ws.closed
  })

  it('reports progress while octets arrive, but not too often', async () => {
    const ws = await started(file.length)
    const received: number[] = []
    const began = performance.now()
    const sent = (async () => {
      for (let at = 0; at < file.length; at += 1000) await ws.send(file.subarray(at, at + 1000))
    })()
    for (let event = await nextEvent(ws); event.type === 'progress'; event = await nextEvent(ws)) received.push(Number(event.received))
    await sent
    expect(received[0]).toBe(0)
    expect(received).toEqual([...received].sort((a, b) => a - b))
    expect(received.length).toBeLessThanOrEqual(3 + (performance.now() - began) / 50)
  })

  it('hashes an empty file', async () => {
    const ws = await started(0)
    expect(await nextOf(ws, 'digest')).toMatchObject({ hex: createHash('sha256').digest('hex'), received: 0 })
    await ws.closed
  })

  it('ignores octets after the end of the file', async () => {
    const ws = await started(1)
    for (const octets of [new Uint8Array(1), new Uint8Array(0), new Uint8Array(9)]) void ws.send(octets).catch(() => {})
    expect(await ws.closed).toMatchObject({ code: 1000, wasClean: true })
  })

  for (const [why, messages, code, reason] of [
    ['octets before the start', [new Uint8Array(1)], 1008, 'octets came before the start message'],
    ['a start without a size', ['{"type":"start"}'], 1008, 'this is not a start message with a size'],
    ['a negative size', ['{"type":"start","size":-1}'], 1008, 'this is not a start message with a size'],
    ['a text that is not JSON', ['hello'], 1008, 'this is not a start message with a size'],
    ['a second start', ['{"type":"start","size":1}', '{"type":"start","size":1}'], 1008, 'a connection accepts one file'],
    ['more than was announced', ['{"type":"start","size":1}', new Uint8Array(2)], 1008, 'more octets came than the announced 1'],
    ['a text without end', ['x'.repeat(257)], 1009, 'a text message is longer than 256 octets'],
  ] as const) {
    it(`refuses ${why}`, async () => {
      const ws = await open('/upload')
      for (const message of messages) await ws.send(message)
      expect(await ws.closed).toMatchObject({ code, reason })
    })
  }
})

describe('Demo.close', () => {
  it('closes connections with 1001 and resolves when they have ended', async () => {
    const own = await startDemo({ host: '127.0.0.1', port: 0 })
    const ws = await connect(`ws://127.0.0.1:${own.port}/chat`)
    expect(own.connectionCount).toBe(1)
    await own.close()
    expect(await ws.closed).toMatchObject({ code: 1001, reason: 'the server is stopping' })
    expect(own.connectionCount).toBe(0)
  })

  it('does not wait for connections that browsers opened in advance', async () => {
    const own = await startDemo({ host: '127.0.0.1', port: 0 })
    const { connect: dial } = await import('node:net')
    const idle = dial(own.port, '127.0.0.1')
    await once(idle, 'connect')
    const gone = once(idle, 'close')
    await fetch(own.url).then(response => response.text())
    // Without help, the HTTP server would wait a minute for the first request of this connection, longer than a test may take.
    await own.close()
    await gone
  })
})

const types: ReadonlyMap<string, string> = new Map([
  ['.html', 'text/html; charset=utf-8'],
  ['.css', 'text/css; charset=utf-8'],
  ['.js', 'text/javascript; charset=utf-8'],
  ['.svg', 'image/svg+xml'],
])

function wsUrl(): string {
  return `ws://127.0.0.1:${demo.port}`
}

function open(path: string): Promise<Connection> {
  return connect(`${wsUrl()}${path}`)
}

async function started(size: number): Promise<Connection> {
  const ws = await open('/upload')
  await ask(ws, { type: 'start', size })
  return ws
}

function ask(ws: Connection, message: object): Promise<void> {
  return ws.send(JSON.stringify(message))
}

async function countReaches(ws: Connection, count: number): Promise<void> {
  for (;;) if ((await nextOf(ws, 'present')).count === count) return
}

/** Requests a path without the normalization that `fetch` does. */
async function statusOf(path: string): Promise<number | undefined> {
  const asked = request({ port: demo.port, host: '127.0.0.1', path }).end()
  const [response] = await once(asked, 'response')
  response.resume()
  return response.statusCode
}
