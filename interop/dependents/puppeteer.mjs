// puppeteer-core: drives Chromium over its debugging protocol, with messages of megabytes.
import puppeteer from 'puppeteer-core'
import { chromium, chromiumArguments, did, provesDropIn } from './in-place.mjs'

const browser = await puppeteer.launch({ executablePath: chromium(), args: chromiumArguments, headless: true })
const page = await browser.newPage()
await page.setContent('<title>over the drop-in</title><button onclick="document.title = `clicked`">x</button>')
did('loads a page', await page.title(), 'over the drop-in')
await page.click('button')
did('clicks', await page.title(), 'clicked')
did('evaluates, with a large result', await page.evaluate(() => 'y'.repeat(3_000_000).length), 3_000_000)
did('gets a large result', (await page.evaluate(() => 'y'.repeat(3_000_000))).length, 3_000_000)
const picture = await page.screenshot()
did('takes a picture', Buffer.from(picture).subarray(1, 4).toString(), 'PNG')
await browser.close()
did('disconnects', browser.connected, false)
provesDropIn('puppeteer-core')
