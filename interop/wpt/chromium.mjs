import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { chromium } from 'playwright-core'

/**
 * Starts Chromium, whose own classes show whether a test agrees with what browsers do. Returns `undefined` where there is none.
 *
 * @returns {Promise<{ version: string, run(url: string, timeout: number): Promise<import('./run.mjs').RunResult>, close(): Promise<void> } | undefined>}
 */
export async function startChromium() {
  const executablePath = pathOfChromium()
  if (executablePath === undefined) return undefined
  const browser = await chromium.launch({
    executablePath,
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--ignore-certificate-errors'],
  })
  return { version: browser.version(), run: (url, timeout) => runIn(browser, url, timeout), close: () => browser.close() }
}

async function runIn(browser, url, timeout) {
  const page = await browser.newPage({ ignoreHTTPSErrors: true })
  try {
    await page.goto(url)
    // looks every 20 ms, because a page that is not shown gets no frames
    const handle = await page.waitForFunction(() => globalThis.completed, undefined, { polling: 20, timeout: timeout + 2000 })
    const { tests, status, message } = await handle.jsonValue()
    return { results: tests, harnessError: status === 0 ? undefined : (message ?? `harness status ${status}`) }
  } catch (error) {
    return { results: [], harnessError: error.message.split('\n')[0] }
  } finally {
    await page.close()
  }
}

function pathOfChromium() {
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
  const found = (process.env.PATH ?? '').split(delimiter).flatMap(folder => names.map(name => join(folder, name)))
  return [process.env.CHROMIUM_PATH, ...found].find(path => path !== undefined && existsSync(path))
}
