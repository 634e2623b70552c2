import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { connect } from '@autobahn-ts/wamp'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchChromium } from '../../../autobahn-ts/test/fixtures/chromium.ts'
import { closePrograms, type RunningProgram, runningProgram } from '../fixtures/running-program.ts'

const screenshots = fileURLToPath(new URL('../../../../.reports/screenshots/', import.meta.url))
let browser: Browser
let running: RunningProgram

beforeAll(async () => {
  browser = await launchChromium()
  running = await runningProgram()
  mkdirSync(screenshots, { recursive: true })
}, 60_000)
afterAll(async () => {
  await browser?.close()
  await closePrograms()
})

describe('the page of a router in Chromium', { timeout: 60_000 }, () => {
  it('shows who is there, as text alone, and follows what changes', async () => {
    const page = await browser.newPage()
    const complaints: string[] = []
    page.on('console', message => void complaints.push(message.text()))
    page.on('pageerror', error => void complaints.push(error.message))
    const client = await connect(running.url, { realm: 'realm1' })
    await client.subscribe('com.example.<img/onerror=alert(1)>', () => {})
    await client.register('com.example.add', () => 1)
    await page.goto(`${running.http}/`)
    await page.locator('td', { hasText: 'com.example.<img/onerror=alert(1)>' }).waitFor()
    await page.locator('td', { hasText: 'com.example.add' }).waitFor()
    expect(await page.locator('img').count()).toBe(0)
    expect(await page.locator('h2').textContent()).toBe('realm1')
    await page.screenshot({ path: `${screenshots}router.png`, fullPage: true })
    await client.close()
    await page.locator('td', { hasText: 'com.example.add' }).waitFor({ state: 'detached' })
    expect(complaints).toEqual([])
    await page.close()
  })

  it('shows how many messages there are in a second, by type', async () => {
    const page = await browser.newPage()
    const client = await connect(running.url, { realm: 'realm1' })
    await page.goto(`${running.http}/`)
    await page.locator('h2').waitFor()
    const row = page.locator('tr', { has: page.locator('td', { hasText: /^PUBLISH$/ }) })
    const isSeen = (async () => {
      // 0 until it was asked twice, and again when nothing more is published
      for (;;) {
        const cells = await row.locator('td').allTextContents()
        if (cells[1] !== undefined && cells[1] !== '0') return cells
        await client.publish('com.tick', [], {}, { acknowledge: true })
      }
    })()
    const [, fromClients, toClients] = await isSeen
    expect(fromClients).toMatch(/^[\d.,]+$/)
    expect(toClients).toBe('0')
    await client.close()
    await page.close()
  })

  it('says that the router does not answer, and goes on when it does', async () => {
    const page = await browser.newPage()
    await page.goto(`${running.http}/`)
    await page.locator('h2').waitFor()
    await page.route('**/status.json', route => route.abort())
    await page.locator('#lost').waitFor({ state: 'visible' })
    await page.unroute('**/status.json')
    await page.locator('#lost').waitFor({ state: 'hidden' })
    await page.close()
  })
})
