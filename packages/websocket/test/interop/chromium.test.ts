import { existsSync } from 'node:fs'
import * as http from 'node:http'
import { delimiter, join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  attachWS,
  type Listener,
  listenWS,
  type ServerFactoryOptions,
  type TransportDetails,
  WebSocketServerFactory,
  type WebSocketServerProtocol,
} from '../../src/index.ts'
import { HttpServers } from '../fixtures/http-server.ts'
import { RecordingServer } from './recording.ts'

const servers = new HttpServers()
const listeners: Listener[] = []
let browser: Browser
let page: Page
let origin: string
let factory: WatchedFactory

beforeAll(async () => {
  browser = await chromium.launch({ executablePath: executable(), headless: true, args: quietly })
  factory = new WatchedFactory(undefined, { protocol: RecordingServer, protocols: ['second'] })
  const web = http.createServer((_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<title>page</title>'))
  attachWS(factory, web)
  origin = `http://localhost:${await servers.start(web)}`
  page = await browser.newPage()
  await page.goto(origin)
}, 60_000)

afterAll(async () => {
  servers.end()
  for (const listener of listeners) await listener.close({ timeout: 0 })
  await browser?.close()
})

describe('Chromium against this server', () => {
  it('gets its text back', async () => {
    expect(await echoed('Grüße, 世界 🌍')).toBe('Grüße, 世界 🌍')
  })

  it('gets a long text back', async () => {
    const text = 'All work and no play. '.repeat(50_000)
    expect((await echoed(text)) === text).toBe(true)
  })

  it('gets its binary back', async () => {
    const isEqual = await page.evaluate(async url => {
      const socket = new WebSocket(url)
      socket.binaryType = 'arraybuffer'
      const sent = Uint8Array.from({ length: 1024 * 1024 }, (_, at) => at ^ (at >> 8))
      socket.onopen = () => socket.send(sent)
      const event = await new Promise<{ readonly data: ArrayBuffer }>(resolve => {
        socket.onmessage = resolve
      })
      socket.close()
      const got = new Uint8Array(event.data)
      return got.length === sent.length && got.every((octet, at) => octet === sent[at])
    }, wsOf(origin))
    expect(isEqual).toBe(true)
  })

  it('closes with a code and a reason', async () => {
    const closing = factory.next().then(protocol => protocol.closed)
    const seen = await page.evaluate(async url => {
      const socket = new WebSocket(url)
      socket.onopen = () => socket.close(4321, 'so long')
      const { code, wasClean } = await new Promise<Closed>(resolve => {
        socket.onclose = resolve
      })
      return { code, wasClean }
    }, wsOf(origin))
    expect(seen).toEqual({ code: 4321, wasClean: true })
    expect(await closing).toMatchObject({ code: 4321, reason: 'so long', wasClean: true, by: 'peer' })
  })

  it('is closed with a code and a reason', async () => {
    void factory.next().then(protocol => protocol.opened.then(() => protocol.sendClose(3000, 'enough')))
    const seen = await page.evaluate(async url => {
      const socket = new WebSocket(url)
      const { code, reason, wasClean } = await new Promise<Closed>(resolve => {
        socket.onclose = resolve
      })
      return { code, reason, wasClean }
    }, wsOf(origin))
    expect(seen).toEqual({ code: 3000, reason: 'enough', wasClean: true })
  })

  it('gets a subprotocol of those it offered, and no extension', async () => {
    const seen = await page.evaluate(async url => {
      const socket = new WebSocket(url, ['first', 'second'])
      await new Promise(resolve => {
        socket.onopen = resolve
      })
      socket.close()
      return [socket.protocol, socket.extensions]
    }, wsOf(origin))
    expect(seen).toEqual(['second', ''])
  })

  it('is refused from a page of another origin', async () => {
    const [url, other] = await elsewhere()
    const refused = other.next().then(protocol => protocol.closed)
    expect(await opens(url)).toBe(false)
    expect(await refused).toMatchObject({ by: 'self', cause: { name: 'HandshakeFailed', status: 403 } })
  })

  it('is let in from another origin that is allowed', async () => {
    const [url] = await elsewhere({ allowedOrigins: [origin] })
    expect(await opens(url)).toBe(true)
  })
})

function echoed(text: string): Promise<string> {
  return page.evaluate(
    async ({ url, text }) => {
      const socket = new WebSocket(url)
      socket.onopen = () => socket.send(text)
      const { data } = await new Promise<{ readonly data: string }>(resolve => {
        socket.onmessage = resolve
      })
      socket.close()
      return data
    },
    { url: wsOf(origin), text },
  )
}

function opens(url: string): Promise<boolean> {
  return page.evaluate(async url => {
    const socket = new WebSocket(url)
    const { type } = await new Promise<Event>(resolve => {
      socket.onopen = socket.onerror = resolve
    })
    socket.close()
    return type === 'open'
  }, url)
}

/** The close event that a page gets; the types of the browser are not available here. */
interface Closed {
  readonly code: number
  readonly reason: string
  readonly wasClean: boolean
}

/** A server on another port, which is another origin. */
async function elsewhere(options: ServerFactoryOptions = {}): Promise<[url: string, factory: WatchedFactory]> {
  const other = new WatchedFactory('ws://localhost:0', { protocol: RecordingServer, ...options })
  const listener = await listenWS(other)
  listeners.push(listener)
  return [listener.url, other]
}

function wsOf(url: string): string {
  return url.replace(/^http/, 'ws')
}

/** Tells which connection comes next. */
class WatchedFactory extends WebSocketServerFactory {
  #waiting: ((protocol: WebSocketServerProtocol) => void)[] = []

  next(): Promise<WebSocketServerProtocol> {
    return new Promise(resolve => this.#waiting.push(resolve))
  }

  override buildProtocol(transport: TransportDetails): WebSocketServerProtocol {
    const protocol = super.buildProtocol(transport)
    const waiting = this.#waiting.splice(0)
    // The protocol is connected once this has returned.
    queueMicrotask(() => {
      for (const resolve of waiting) resolve(protocol)
    })
    return protocol
  }
}

function executable(): string {
  const named = process.env.CHROMIUM_PATH
  const folders = (process.env.PATH ?? '').split(delimiter)
  const candidates = ['chromium', 'chromium-browser', 'google-chrome'].flatMap(name => folders.map(folder => join(folder, name)))
  const found = [...(named === undefined ? [] : [named]), '/usr/bin/chromium', ...candidates].find(path => existsSync(path))
  if (found === undefined) throw new Error('the tests with a browser need Chromium; `npm run setup` brings it, CHROMIUM_PATH names one')
  return found
}

const quietly = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
