import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { attach } from '@autobahn-ts/websocket'
import { build } from 'esbuild'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchChromium } from '../../../autobahn-ts/test/fixtures/chromium.ts'

// The names that a page has under `lib`; the functions below run in the page.
declare const lib: typeof import('../../src/browser/whatwg/index.ts')

let browser: Browser
let url: string
let end: () => void

beforeAll(async () => {
  const bundle = await build({
    stdin: { contents: "export * from '@autobahn-ts/websocket/whatwg'", resolveDir: fileURLToPath(new URL('.', import.meta.url)) },
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'lib',
    platform: 'browser',
  })
  const server = createServer((request, response) => {
    const isScript = request.url === '/lib.js'
    response.setHeader('Content-Type', isScript ? 'text/javascript' : 'text/html')
    response.end(isScript ? bundle.outputFiles[0]!.text : '<!doctype html><title>test</title><script src="/lib.js"></script>')
  })
  attach(
    server,
    {
      '/echo': async ws => {
        for await (const message of ws) {
          if (message === 'close') await ws.close(4000, 'as asked')
          else await ws.send(message)
        }
      },
    },
    { protocols: ['echo'] },
  )
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  browser = await launchChromium()
  end = () => server.close()
}, 60_000)

afterAll(async () => {
  await browser?.close()
  end?.()
})

describe('@autobahn-ts/websocket/whatwg in a bundle for pages', { timeout: 60_000 }, () => {
  it('is the platform’s own, where the platform has the classes', async () => {
    const page = await opened(false)
    expect(
      await page.evaluate(() => {
        const names = ['WebSocket', 'CloseEvent', 'ErrorEvent', 'WebSocketStream', 'WebSocketError'] as const
        return names.filter(name => lib[name] !== (globalThis as Record<string, unknown>)[name])
      }),
    ).toEqual([])
  })

  for (const [whose, isMissing] of [
    ['the platform', false],
    ['this library, where the platform has none', true],
  ] as const) {
    it(`streams by the class of ${whose}`, async () => {
      const page = await opened(isMissing)
      expect(
        await page.evaluate(async () => {
          const stream = new lib.WebSocketStream(`ws://${location.host}/echo`, { protocols: ['echo'] })
          const { readable, writable, protocol } = await stream.opened
          const [reader, writer] = [readable.getReader(), writable.getWriter()]
          await writer.write('grüß')
          await writer.write(Uint8Array.of(1, 2))
          const text = (await reader.read()).value
          const octets = new Uint8Array((await reader.read()).value as unknown as ArrayBuffer)
          await writer.write('close')
          const last = await reader.read()
          return {
            isPlatforms: /native code/.test(String(lib.WebSocketStream)),
            protocol,
            text,
            octets: [...octets],
            last,
            end: await stream.closed,
          }
        }),
      ).toEqual({
        isPlatforms: !isMissing,
        protocol: 'echo',
        text: 'grüß',
        octets: [1, 2],
        last: { done: true, value: undefined },
        end: { closeCode: 4000, reason: 'as asked' },
      })
    })

    it(`rejects with its WebSocketError by the class of ${whose}`, async () => {
      const page = await opened(isMissing)
      expect(
        await page.evaluate(async () => {
          const stream = new lib.WebSocketStream(`ws://${location.host}/nothing`)
          const errors = await Promise.all([stream.opened, stream.closed].map(promise => promise.catch((error: unknown) => error)))
          return errors.map(error => error instanceof lib.WebSocketError)
        }),
      ).toEqual([true, true])
    })
  }
})

async function opened(isMissing: boolean): Promise<Page> {
  const page = await browser.newPage()
  if (isMissing) {
    await page.addInitScript(() => {
      for (const name of ['WebSocketStream', 'WebSocketError']) Reflect.deleteProperty(globalThis, name)
    })
  }
  await page.goto(url)
  return page
}
