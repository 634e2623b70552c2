import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { launchChromium, withoutFrames } from '../packages/autobahn-ts/test/fixtures/chromium.ts'
import { endPrograms, Program } from './program.ts'

const example = fileURLToPath(new URL('../examples/wamp-v1/browser/', import.meta.url))
const screenshots = fileURLToPath(new URL('../.reports/screenshots/', import.meta.url))
let browser: Browser | undefined
let server: Program
let url: string
const complaints: string[] = []

beforeEach(async () => {
  browser ??= await launchChromium()
  mkdirSync(screenshots, { recursive: true })
  await serve(0)
}, 60_000)

afterEach(async () => {
  await Promise.all((browser?.contexts() ?? []).map(context => context.close()))
  await endPrograms()
  expect(complaints.splice(0), 'the console, and errors of the page').toEqual([])
})

afterAll(() => browser?.close())

describe('the page of examples/wamp-v1/browser', { timeout: 60_000 }, () => {
  it('calculates on the server, with keys and with the mouse', async () => {
    const page = await opened()
    await page.keyboard.type('12*7')
    expect(await page.textContent('#pending')).toBe('12 ×')
    await page.keyboard.press('Enter')
    await shows(page, '#display', '84')
    await press(page, 'root')
    await shows(page, '#display', '9.16515138991')
    expect(await page.textContent('#note')).toMatch(/^√84, answered in [\d.]+ ms$/)
    for (const key of ['2', 'add', '3', 'add', '4', 'equals']) await press(page, key)
    await shows(page, '#display', '9')
  })

  it('shows errors with their details', async () => {
    const page = await opened()
    await page.keyboard.type('5/0=')
    await shows(page, '#note', 'nothing can be divided by 0 {"dividend":5}')
    expect(await page.getAttribute('#note', 'data-kind')).toBe('bad')
    await page.keyboard.press('Escape')
    await page.keyboard.type('2-6=')
    await shows(page, '#display', '−4')
    await press(page, 'root')
    await shows(page, '#note', 'a negative number has no real root {"operand":-4}')
  })

  it('shows calculations of others live', async () => {
    const [one, other] = [await opened(), await opened({ colorScheme: 'dark' })]
    await shows(one, '#visitors', '2 are here')
    await shows(other, '#visitors', '2 are here')
    await one.keyboard.type('6*7=')
    await shows(other, '#feed li', '6 × 742somebody')
    await shows(one, '#feed li', '6 × 742you')
    await new Program(join(example, 'client.mjs'), [new URL(url).port]).output()
    await other.waitForFunction(() => document.querySelectorAll('#feed li').length === 2, undefined, withoutFrames)
    await other.screenshot({ path: join(screenshots, 'wamp-page-dark.png') })
    await one.screenshot({ path: join(screenshots, 'wamp-page-light.png') })
    const late = await opened()
    expect(await late.locator('#feed li').count()).toBe(2)
    await late.context().close()
    await shows(one, '#visitors', '2 are here')
  })

  it('reconnects by itself when the server is back', async () => {
    const page = await opened()
    await server.terminate()
    await page.waitForSelector('#link[data-state=lost]')
    await press(page, 'root')
    await shows(page, '#note', 'ConnectionClosed: there is no session; the call was not sent')
    await serve(Number(new URL(url).port))
    await page.waitForSelector('#link[data-state=open]')
    await page.keyboard.type('9r')
    await shows(page, '#display', '3')
    await shows(page, '#visitors', 'You are alone here; open the page a second time')
    // Chromium logs attempts that no server answered.
    for (const line of complaints.splice(0)) expect(line).toContain('ERR_CONNECTION_REFUSED')
  })

  it('fits on a telephone', async () => {
    const page = await opened({ viewport: { width: 320, height: 900 } })
    await page.keyboard.type('123456789*987654321=')
    await page.waitForSelector('#feed li')
    await shows(page, '#display', '121932631113000000')
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320)
    expect(
      await page.evaluate(() => document.querySelector('#display')!.scrollWidth <= document.querySelector('#display')!.clientWidth),
    ).toBe(true)
    await page.screenshot({ path: join(screenshots, 'wamp-page-narrow.png'), fullPage: true })
  })

  it('works with the keyboard alone, button by button', async () => {
    const page = await opened()
    await page.focus('[data-key="7"]')
    await page.keyboard.press('Enter')
    await page.keyboard.press('Space')
    await shows(page, '#display', '77')
  })
})

async function serve(port: number): Promise<void> {
  server = new Program(join(example, 'server.mjs'), [port])
  url = (await server.printed(/^listening at (.*)$/m))[1]!
}

async function opened(options: BrowserContextOptions = {}): Promise<Page> {
  const page = await (await browser!.newContext(options)).newPage()
  page.on('console', message => complaints.push(message.text()))
  page.on('pageerror', error => complaints.push(String(error)))
  await page.goto(url)
  await page.waitForSelector('#link[data-state=open]')
  return page
}

async function press(page: Page, key: string): Promise<void> {
  await page.click(`[data-key="${key}"]`)
}

/** Waits until the first element of a selector has the text. */
async function shows(page: Page, selector: string, text: string): Promise<void> {
  await page.waitForFunction(([selector, text]) => document.querySelector(selector!)?.textContent === text, [selector, text], withoutFrames)
}
