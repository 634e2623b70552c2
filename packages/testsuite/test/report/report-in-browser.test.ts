import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { catalogue } from '../../src/cases/catalogue.ts'
import { HtmlReport } from '../../src/report/html-report.ts'
import { ReportBook } from '../../src/report/report-book.ts'
import type { CaseRecord } from '../../src/run/case-record.ts'
import { shown } from '../../src/run/exchange.ts'
import { caseRecord } from '../fixtures/case-record.ts'
import { launchChromium } from '../fixtures/chromium.ts'

const hostile = '<script>document.title = "mine"</script><img src=x onerror="document.title=1">\u0000\u202e'
const agents = ['one', 'two', 'three', 'four', 'five', hostile]
const folder = mkdtempSync(join(tmpdir(), 'autobahn-report-'))
const index = pathToFileURL(join(folder, 'index.html')).href
let browser: Browser
let page: Page
let told: string[] = []

beforeAll(async () => {
  const book = new ReportBook({ fuzzer: 'client', writers: [new HtmlReport(folder)] })
  for (const agent of agents) for (const { id, title } of catalogue) await book.add(record(agent, id, title))
  await book.finish()
  browser = await launchChromium()
}, 120_000)

afterAll(async () => {
  await browser?.close()
  rmSync(folder, { recursive: true, force: true })
})

beforeEach(async () => {
  told = []
  page = await browser.newPage()
  page.on('console', message => told.push(`console: ${message.text()}`))
  page.on('pageerror', error => told.push(`error: ${error.message}`))
  page.on('request', request => {
    if (!request.url().startsWith('file:') || request.resourceType() !== 'document') told.push(`request: ${request.url()}`)
  })
  await page.goto(index)
})

afterEach(async () => {
  expect(told).toEqual([])
  await page.close()
})

describe('the matrix as a local file', () => {
  it('shows all agents and cases, and opens the groups that are not all OK', async () => {
    expect(await page.title()).toBe('WebSocket conformance')
    expect(await page.locator('thead th').count()).toBe(1 + agents.length)
    expect(await page.locator('tr[id]').count()).toBe(catalogue.length)
    expect(await page.locator('output').innerText()).toBe(`${catalogue.length} cases`)
    expect(await expanded()).toEqual(['6', '7'])
    expect(await page.locator('.card').first().innerText()).toContain(`${catalogue.length - 3} of ${catalogue.length} OK`)
  })

  it('shows the legend on the first visit, and not again once it was closed', async () => {
    const legend = page.locator('.legend')
    expect(await legend.isVisible()).toBe(true)
    await page.getByText('Legend').click()
    expect(await legend.isVisible()).toBe(false)
    await page.reload()
    expect(await legend.isVisible()).toBe(false)
    await page.getByText('Legend').click()
    await page.reload()
    expect(await legend.isVisible()).toBe(true)
  })

  it('filters by verdict, by agent and by group', async () => {
    await page.getByRole('checkbox', { name: /non-strict/ }).check({ force: true })
    expect(await shownIds()).toEqual(['6.4.1', '6.4.2'])
    await page.getByRole('combobox', { name: 'Agent' }).selectOption('three')
    expect(await shownIds()).toEqual([])
    expect(await page.locator('.empty').isVisible()).toBe(true)
    await page.locator('[data-clear]').click()
    await page.getByRole('combobox', { name: 'Group' }).selectOption('7')
    expect((await shownIds()).every(id => id.startsWith('7.'))).toBe(true)
    expect(await page.locator('output').innerText()).toMatch(/^37 of /)
  })

  it('searches words, ids, reasons and close reasons', async () => {
    for (const [words, ids] of [
      ['7.1.6', ['7.1.6']],
      ['CODE POINT beyond 6.4.1', ['6.4.1']],
      ['too many', ['7.1.6']],
      ['nothing of this', []],
    ] as const) {
      await page.getByRole('searchbox').fill(words)
      expect(await shownIds()).toEqual(ids)
    }
  })

  it('finds cases in which agents differ', async () => {
    await page.getByRole('checkbox', { name: 'agents differ' }).check({ force: true })
    expect(await shownIds()).toEqual(['6.4.1', '6.4.2', '7.1.6'])
  })

  it('keeps the filter in the address, also on the way back from a case', async () => {
    await page.getByRole('searchbox').fill('7.1.6')
    await page.locator('#case-7\\.1\\.6 a').first().click()
    await page.waitForURL(/one_case_7_1_6\.html$/)
    await page.goBack()
    expect(await page.getByRole('searchbox').inputValue()).toBe('7.1.6')
    expect(await shownIds()).toEqual(['7.1.6'])
  })

  it('opens and closes groups', async () => {
    await page.getByRole('button', { name: 'close all' }).click()
    expect(await expanded()).toEqual([])
    await page.getByRole('button', { name: /Framing/ }).click()
    expect(await expanded()).toEqual(['1'])
    expect(await page.locator('#case-1\\.1\\.1').isVisible()).toBe(true)
    expect(await page.locator('#case-2\\.1').isVisible()).toBe(false)
  })

  it('supports keys: slash for the search, arrows from cell to cell, escape to show all', async () => {
    await page.keyboard.press('/')
    await page.keyboard.type('6.4.')
    await page.locator('#case-6\\.4\\.1 a').first().focus()
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('ArrowDown')
    expect(await page.evaluate(() => document.activeElement?.getAttribute('href'))).toBe('two_case_6_4_2.html')
    await page.keyboard.press('Escape')
    expect(await page.locator('output').innerText()).toBe(`${catalogue.length} cases`)
  })

  it('keeps its head and its first column visible', async () => {
    await page.setViewportSize({ width: 700, height: 600 })
    await page.getByRole('button', { name: 'open all' }).click()
    const box = await page.locator('.scroll').evaluate(region => {
      region.scrollTo(200, 3000)
      const at = region.getBoundingClientRect()
      const head = region.querySelector('thead th:nth-child(2)')!.getBoundingClientRect()
      const first = region.querySelector('#case-2\\.1 th')!.getBoundingClientRect()
      return { top: head.top - at.top, left: first.left - at.left, scrolled: region.scrollTop > 1000 && region.scrollLeft > 0 }
    })
    expect(box.scrolled).toBe(true)
    expect(box.top).toBeLessThan(3)
    expect(box.left).toBeLessThan(3)
  })

  it('lays the page out once for a key press, with all cases of six agents', async () => {
    const devtools = await page.context().newCDPSession(page)
    await devtools.send('Performance.enable')
    const layouts = async () => (await devtools.send('Performance.getMetrics')).metrics.find(({ name }) => name === 'LayoutCount')!.value
    const press = () =>
      page.evaluate(() => {
        const search = document.querySelector<HTMLInputElement>('input[type=search]')!
        // All of it happens in one task, because a frame that the browser shows meanwhile would be one more layout.
        for (const words of ['6', '6.', '6.4', '']) {
          search.value = words
          search.dispatchEvent(new Event('input', { bubbles: true }))
          document.body.getBoundingClientRect()
        }
      })
    // This lays out what the page has not laid out since it was loaded.
    await press()
    await page.evaluate(() => new Promise(resolve => requestAnimationFrame(() => setTimeout(resolve, 0))))
    const before = await layouts()
    await press()
    expect((await layouts()) - before).toBe(4)
  })
})

describe('the page of a case as a local file', () => {
  it('shows the exchange, opens octets, and leads back to its row', async () => {
    await page.goto(pathToFileURL(join(folder, 'one_case_7_1_6.html')).href)
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toContain('7.1.6')
    await page.locator('.exchange summary').first().click()
    expect(await page.locator('.exchange pre').first().innerText()).toContain('00000000  3c 73 63 72')
    await page.getByRole('link', { name: 'all cases' }).click()
    // The browser sets the target when the page is loaded, which may be after the row is there.
    await page.locator('#case-7\\.1\\.6:target').waitFor({ state: 'visible' })
  })

  it('runs no code that a testee sent', async () => {
    const file = (await page.locator('#case-1\\.1\\.1 a').last().getAttribute('href')) ?? ''
    await page.goto(pathToFileURL(join(folder, file)).href)
    expect(await page.title()).toContain('1.1.1 <script>')
    expect(await page.locator('img').count()).toBe(0)
    expect(await page.locator('.lead bdi').innerText()).toContain('<script>document.title = "mine"</script>')
  })
})

/** Makes a record: two of six agents are late in 6.4; one reaches a limit in 7.1.6. */
function record(agent: string, id: string, title: string): CaseRecord {
  const parts = { agent, id, title, exchange: exchangeOf(id) }
  if (agent === 'one' && id === '7.1.6')
    return caseRecord({
      ...parts,
      behavior: { verdict: 'FAILED', reason: 'It came not.' },
      ending: { wasClean: false, received: { code: 1008, reason: 'Too many' } },
    })
  if (['one', 'two'].includes(agent) && ['6.4.1', '6.4.2'].includes(id))
    return caseRecord({ ...parts, behavior: { verdict: 'NON-STRICT', reason: 'It came late.' } })
  return caseRecord(parts)
}

function exchangeOf(id: string): CaseRecord['exchange'] {
  const payload = shown(Buffer.from(`${hostile} ${id}`))
  const frame = { kind: 'frame', opcode: 1, fin: true, rsv: 0, mask: '01020304', lengthForm: 7, payload } as const
  return { entries: [{ at: 0.5, by: 'testee', ...frame }], omitted: 0, omittedAfter: 1 }
}

async function shownIds(): Promise<string[]> {
  const rows = await page.locator('tr[id]').evaluateAll(all => all.filter(row => row.checkVisibility()).map(row => row.id))
  return rows.map(id => id.replace('case-', ''))
}

async function expanded(): Promise<(string | null)[]> {
  return page.locator('tbody:has(button[aria-expanded=true])').evaluateAll(all => all.map(body => body.getAttribute('data-group')))
}
