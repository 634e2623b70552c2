import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { attachWS, WebSocketServerFactory, WebSocketServerProtocol } from '@autobahn-ts/websocket'
import { build } from 'esbuild'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchChromium } from '../../../autobahn-ts/test/fixtures/chromium.ts'

// The names that a page has under `lib`; the functions below run in the page.
type Lib = typeof import('../../src/browser/index.ts')
declare const lib: Lib

let browser: Browser
let page: Page
let end: () => void

/** Echoes, and closes with a code where it is asked to. */
class Echo extends WebSocketServerProtocol {
  override onMessage(payload: Uint8Array, isBinary: boolean): void {
    const text = isBinary ? '' : new TextDecoder().decode(payload)
    if (text === 'close with 3001') this.sendClose(3001, 'as asked')
    else if (text === 'drop') this.dropConnection({ abort: true })
    else this.sendMessage(payload, isBinary)
  }

  override onClose(wasClean: boolean, code: number, reason: string): void {
    closes.push({ wasClean, code, reason })
  }
}

const closes: unknown[] = []

beforeAll(async () => {
  const bundle = await build({
    stdin: { contents: "export * from '@autobahn-ts/websocket/browser'", resolveDir: fileURLToPath(new URL('.', import.meta.url)) },
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'lib',
    platform: 'browser',
  })
  const files: Readonly<Record<string, [type: string, body: string]>> = {
    '/': ['text/html', '<!doctype html><title>test</title><link rel="icon" href="data:,"><script src="/lib.js"></script>'],
    '/lib.js': ['text/javascript', bundle.outputFiles[0]!.text],
  }
  const server = createServer((request, response) => {
    const [type, body] = files[request.url ?? ''] ?? ['text/plain', '']
    response.writeHead(200, { 'Content-Type': type }).end(body)
  })
  const factory = new WebSocketServerFactory(undefined, { protocol: Echo, protocols: ['echo'] })
  attachWS(factory, server, { path: '/echo' })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  browser = await launchChromium()
  page = await browser.newPage()
  await page.goto(`http://127.0.0.1:${port}/`)
  end = () => server.close()
}, 60_000)

afterAll(async () => {
  await browser?.close()
  end?.()
})

describe('the classes in Chromium', () => {
  it('have the response in onConnect, and send and receive text and binary', async () => {
    const seen = await page.evaluate(async () => {
      const seen: unknown[] = []
      let isDone: () => void = () => undefined
      const done = new Promise<void>(resolve => {
        isDone = resolve
      })
      class Client extends lib.WebSocketClientProtocol {
        override onConnect(): void {
          seen.push({ response: this.response })
        }
        override async onOpen(): Promise<void> {
          this.sendMessage('ä')
          this.sendMessage(Uint8Array.of(1, 2, 3))
        }
        override onTextMessage(text: string): void {
          seen.push({ text })
        }
        override onMessage(payload: Uint8Array, isBinary: boolean): void {
          seen.push({ payload: [...payload], isBinary })
          isDone()
        }
      }
      const factory = new lib.WebSocketClientFactory('/echo', { protocol: Client, protocols: ['echo'] })
      const client = await lib.connectWS(factory)
      await done
      client.sendClose(1001, 'leaving')
      const { code, wasClean, by, localCloseCode } = await client.closed
      return [...seen, { code, wasClean, by, localCloseCode }]
    })
    expect(seen).toEqual([
      { response: { protocol: 'echo' } },
      { text: 'ä' },
      { payload: [1, 2, 3], isBinary: true },
      { code: 4001, wasClean: true, by: 'self', localCloseCode: 4001 },
    ])
    await expect.poll(() => closes.at(-1)).toEqual({ wasClean: true, code: 4001, reason: 'leaving' })
  })

  it('close with 4011 where a hook throws, and go on where it returns a thenable', async () => {
    const seen = await page.evaluate(async () => {
      const heard: string[] = []
      class Client extends lib.WebSocketClientProtocol {
        override onTextMessage(text: string): Promise<void> {
          heard.push(text)
          if (text === 'throw') throw new Error('as asked')
          // biome-ignore lint/suspicious/noThenProperty: a thenable of another library
          return { then: (resolve: () => void) => resolve() } as Promise<void>
        }
      }
      const factory = new lib.WebSocketClientFactory('/echo', { protocol: Client, protocols: ['echo'] })
      factory.onError = error => heard.push(`onError ${error.message}`)
      const client = await lib.connectWS(factory)
      for (const text of ['one', 'two', 'throw']) client.sendMessage(text)
      const { code, reason, localCloseCode } = await client.closed
      return { heard, code, reason, localCloseCode }
    })
    expect(seen).toEqual({
      heard: ['one', 'two', 'throw', 'onError as asked'],
      code: 1006,
      reason: 'failed with 1011: internal error',
      localCloseCode: 4011,
    })
  })

  it('reject where the server does not accept, and have no response then', async () => {
    const seen = await page.evaluate(async () => {
      let inOnClose: unknown = 'not called'
      class Client extends lib.WebSocketClientProtocol {
        override onClose(): void {
          inOnClose = { response: this.response }
        }
      }
      const error = await lib
        .connectWS(new lib.WebSocketClientFactory('/nothing-here', { protocol: Client }))
        .catch((error: Error) => error)
      return { name: (error as Error).name, inOnClose }
    })
    expect(seen).toEqual({ name: 'HandshakeFailed', inOnClose: { response: undefined } })
  })
})

describe('connect in Chromium', () => {
  it('sends and receives text and binary, in loops and streams, and closes', async () => {
    const seen = await page.evaluate(async () => {
      const ws = await lib.connect('/echo', { protocols: ['echo'] })
      await ws.send('ä')
      await ws.send(Uint8Array.of(1, 2))
      const seen: unknown[] = [ws.subprotocol, await ws.receive(), [...((await ws.receive()) as Uint8Array)]]
      await ws.send('in a stream')
      for await (const message of ws.streams()) {
        for await (const piece of message) seen.push(new TextDecoder().decode(piece))
        break
      }
      await ws.send('close with 3001')
      for await (const message of ws) seen.push(message)
      const { code, reason, wasClean, by } = await ws.closed
      return [...seen, { code, reason, wasClean, by }]
    })
    expect(seen).toEqual(['echo', 'ä', [1, 2], 'in a stream', { code: 3001, reason: 'as asked', wasClean: true, by: 'peer' }])
  })

  it('waits until a message of 8 MiB has gone out', async () => {
    const seen = await page.evaluate(async () => {
      const ws = await lib.connect('/echo', { protocols: ['echo'] })
      // waits from before: 8 MiB that nobody waits for are too much
      const echo = ws.receive() as Promise<Uint8Array>
      await ws.send(new Uint8Array(8 * 1024 * 1024))
      const unsent = ws.bufferedAmount
      const echoed = await echo
      await ws.close()
      return { unsent, length: echoed.length }
    })
    expect(seen).toEqual({ unsent: 0, length: 8 * 1024 * 1024 })
  })

  it('throws ConnectionClosed where the connection is lost', async () => {
    const seen = await page.evaluate(async () => {
      const ws = await lib.connect('/echo', { protocols: ['echo'] })
      await ws.send('drop')
      const error = await ws.receive().catch((error: unknown) => error)
      const { code, wasClean } = await ws.closed
      return { name: (error as Error).name, code, wasClean }
    })
    expect(seen).toEqual({ name: 'ConnectionClosed', code: 1006, wasClean: false })
  })
})

describe('messages of the function style in Chromium', () => {
  it('are octets in every form, Blobs, text in octets, and JSON', async () => {
    const seen = await page.evaluate(async () => {
      const ws = await lib.connect('/echo')
      const sent = [
        ws.send(new Uint16Array([0x0101])),
        ws.send(new Blob(['bl', 'ob'])),
        ws.send(new DataView(new ArrayBuffer(2))),
        ws.send(new TextEncoder().encode('ä'), { binary: false }),
        ws.sendJson({ a: [1] }),
      ]
      await Promise.all(sent)
      const octets: number[][] = []
      for (let count = 0; count < 3; count++) octets.push([...((await ws.receive()) as Uint8Array)])
      const values = [await ws.receiveText(), await ws.receiveJson()]
      await ws[Symbol.asyncDispose]()
      return { octets, values, info: await ws.closed }
    })
    expect(seen).toEqual({
      octets: [
        [1, 1],
        [98, 108, 111, 98],
        [0, 0],
      ],
      values: ['ä', { a: [1] }],
      info: { code: 1000, reason: '', wasClean: true, by: 'self', localCloseCode: 1000 },
    })
  })

  it('are octets in memory that can be resized too, as binary and as text', async () => {
    const seen = await page.evaluate(async () => {
      const ws = await lib.connect('/echo')
      const resizable: ArrayBuffer = Reflect.construct(ArrayBuffer, [2, { maxByteLength: 4 }])
      new Uint8Array(resizable).fill(65)
      for (const memory of [resizable, new Uint8Array(resizable), new DataView(resizable, 1)]) {
        await ws.send(memory)
        await ws.send(memory, { binary: false })
      }
      const received: unknown[] = []
      for (let count = 0; count < 6; count++) {
        const message = await ws.receive()
        received.push(typeof message === 'string' ? message : [...message])
      }
      await ws.close()
      class Client extends lib.WebSocketClientProtocol {
        override onMessage(payload: Uint8Array, isBinary: boolean): void {
          received.push([...payload], isBinary)
          if (!isBinary) this.sendClose(1000)
        }
      }
      const client = await lib.connectWS(new lib.WebSocketClientFactory('/echo', { protocol: Client }))
      client.sendMessage(new Uint8Array(resizable))
      client.sendMessage(new Uint8Array(resizable), false)
      await client.closed
      return received
    })
    expect(seen).toEqual([[65, 65], 'AA', [65, 65], 'AA', [65], 'A', [65, 65], true, [65, 65], false])
  })

  it('go where every relative URL of a page with a base goes', async () => {
    const urls = await page.evaluate(async () => {
      const base = document.head.appendChild(document.createElement('base'))
      base.href = '/deep/er/'
      const dialled: string[] = []
      class Noted extends WebSocket {
        constructor(url: string) {
          super(url)
          dialled.push(url)
        }
      }
      await lib.connect('chat', { socketClass: Noted as never }).catch(() => {})
      const own = new URL('chat', document.baseURI).href.replace('http', 'ws')
      base.remove()
      return { dialled, own }
    })
    expect(urls.dialled).toEqual([urls.own])
  })

  it('close with 4007 where they are not JSON, and end at once by terminate()', async () => {
    const seen = await page.evaluate(async () => {
      const ws = await lib.connect('/echo')
      await ws.send('{')
      const error = await ws.receiveJson().catch((error: unknown) => error as Error & { cause: Error })
      const { localCloseCode } = await ws.closed
      const other = await lib.connect('/echo')
      const waiting = other.receive().catch((error: unknown) => (error as Error).name)
      other.terminate()
      return { name: (error as Error).name, cause: String((error as Error).cause), localCloseCode, waiting: await waiting }
    })
    expect(seen).toEqual({
      name: 'ConnectionClosed',
      cause: 'MessageRefused: the message is not JSON',
      localCloseCode: 4007,
      waiting: 'ConnectionClosed',
    })
  })
})
