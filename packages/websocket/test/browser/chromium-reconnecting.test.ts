import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { type Handler, type Listener, serve } from '@autobahn-ts/websocket'
import { build } from 'esbuild'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { launchChromium, withoutFrames } from '../../../autobahn-ts/test/fixtures/chromium.ts'

// The names that a page has under `lib`; the functions below run in the page.
type Lib = typeof import('../../src/browser/index.ts')
declare const lib: Lib
/** Set by the functions in the page. */
declare const kept: { readonly ws: Awaited<ReturnType<Lib['connect']>> & { readonly isOpen: boolean }; readonly seen: unknown[] }

let browser: Browser
let context: BrowserContext
let page: Page
let pageUrl: string
let end: () => void
let chat: Listener | undefined
/** Files that the page has loaded. */
const loaded: string[] = []

beforeAll(async () => {
  const { outputFiles } = await build({
    stdin: {
      contents: "export { connect } from '@autobahn-ts/websocket/browser'",
      resolveDir: fileURLToPath(new URL('.', import.meta.url)),
    },
    bundle: true,
    splitting: true,
    write: false,
    format: 'esm',
    outdir: '/',
    platform: 'browser',
  })
  const files = new Map(outputFiles.map(({ path, text }) => [path, text]))
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://page')
    loaded.push(pathname)
    const script = files.get(pathname)
    response
      .writeHead(200, { 'Content-Type': script === undefined ? 'text/html' : 'text/javascript' })
      .end(
        script ??
          '<!doctype html><title>test</title><link rel="icon" href="data:,"><script type="module">import * as lib from "/stdin.js"; globalThis.lib = lib</script>',
      )
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  // a name, because a page needs no network to reach its own machine
  pageUrl = `http://page.test:${(server.address() as AddressInfo).port}/`
  browser = await launchChromium('--host-resolver-rules=MAP *.test 127.0.0.1')
  end = () => server.close()
}, 60_000)

afterAll(async () => {
  await browser?.close()
  end?.()
})

beforeEach(async () => {
  context = await browser.newContext()
  page = await context.newPage()
  await page.goto(pageUrl)
})

afterEach(async () => {
  await context.close()
  await chat?.close({ timeout: 0 })
  chat = undefined
})

describe('a reconnecting connection in Chromium', () => {
  it('goes on over a server that restarts, in the loop of before, and loads its part when it is used', async () => {
    const port = await started()
    const before = loaded.filter(file => file.endsWith('.js')).length
    await connectIn(page, port)
    expect(loaded.filter(file => file.endsWith('.js')).length).toBeGreaterThan(before)
    await page.evaluate(() => kept.ws.send('one'))
    await seenIn(page, ['welcome', 'one'])
    await chat!.close({ timeout: 0 })
    await page.waitForFunction(() => !kept.ws.isOpen, undefined, withoutFrames)
    const offline = await page.evaluate(() => kept.ws.send('lost').catch((error: Error) => error.name))
    await started(port)
    await page.waitForFunction(() => kept.ws.isOpen, undefined, withoutFrames)
    await page.evaluate(() => kept.ws.send('two'))
    await seenIn(page, ['welcome', 'one', 'welcome', 'two'])
    expect({ offline, logins }).toEqual({ offline: 'ConnectionClosed', logins: ['log in', 'log in'] })
  })

  it('notices that the browser is offline, and tries at once when that is over', async () => {
    const port = await started()
    await connectIn(page, port)
    await context.setOffline(true)
    await page.waitForFunction(() => !kept.ws.isOpen, undefined, withoutFrames)
    await context.setOffline(false)
    await page.waitForFunction(() => kept.ws.isOpen, undefined, withoutFrames)
    await seenIn(page, ['welcome', 'welcome'])
    expect(await page.evaluate(() => (kept as unknown as { losses: unknown[] }).losses)).toEqual([
      { reason: 'the browser is offline', retryIn: 'Infinity' },
    ])
  })

  it('ends where the server closes for good, and where the page closes', async () => {
    const port = await started()
    await connectIn(page, port)
    await page.evaluate(() => kept.ws.send('close with 1008'))
    const closed = await page.evaluate(async () => {
      const { code, reason, by } = await kept.ws.closed
      return { code, reason, by }
    })
    expect(closed).toEqual({ code: 1008, reason: 'as asked', by: 'peer' })
    await connectIn(page, port)
    const info = await page.evaluate(async () => {
      const { code, wasClean, by } = await kept.ws.close()
      return { code, wasClean, by }
    })
    expect(info).toEqual({ code: 1000, wasClean: true, by: 'self' })
  })
})

const logins: unknown[] = []

/** Echoes, greets those who log in, and closes with a code where it is asked to. */
const echo: Handler = async ws => {
  for await (const message of ws) {
    if (message === 'log in') {
      logins.push(message)
      await ws.send('welcome')
    } else if (message === 'close with 1008') await ws.close(1008, 'as asked')
    else await ws.send(message)
  }
}

async function started(port = 0): Promise<number> {
  chat = await serve({ host: '127.0.0.1', port, allowedOrigins: '*', allowedHosts: '*' }, echo)
  return Number(new URL(chat.url).port)
}

/** Connects in the page, and keeps the connection and what it receives there. */
async function connectIn(page: Page, port: number): Promise<void> {
  await page.evaluate(async port => {
    const seen: unknown[] = []
    const losses: unknown[] = []
    const ws = await lib.connect(`ws://chat.test:${port}/`, {
      reconnect: {
        initialDelay: 0.05,
        maxDelay: 0.1,
        onOpen: connection => connection.send('log in'),
        onLost: ({ reason, retryIn }) => losses.push({ reason, retryIn: String(retryIn) }),
      },
    })
    Object.assign(globalThis, { kept: { ws, seen, losses } })
    void (async () => {
      for await (const message of ws) seen.push(message)
    })()
  }, port)
}

async function seenIn(page: Page, expected: readonly unknown[]): Promise<void> {
  await page.waitForFunction(count => kept.seen.length >= count, expected.length, withoutFrames)
  expect(await page.evaluate(() => kept.seen)).toEqual(expected)
}
