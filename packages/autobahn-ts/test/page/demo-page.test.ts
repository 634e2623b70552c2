import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { launchChromium } from '../fixtures/chromium.ts'
import { CliProcess, endAll } from '../fixtures/cli-process.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'

const screenshots = fileURLToPath(new URL('../../../../.reports/screenshots/', import.meta.url))
let browser: Browser | undefined
let server: CliProcess
let url: string
const folder = temporaryFolder()
const contexts: BrowserContext[] = []
const complaints: string[] = []

// The browser is started before each test: if it is missing every test fails, where a failure before all would skip them.
beforeEach(async () => {
  if (browser !== undefined) return
  browser = await launchChromium()
  mkdirSync(screenshots, { recursive: true })
  await startServer()
}, 60_000)

afterEach(async () => {
  await Promise.all(contexts.splice(0).map(context => context.close()))
  expect(complaints.splice(0), 'the console, and violations of the policy').toEqual([])
})

afterAll(async () => {
  await endAll()
  await browser?.close()
  folder.remove()
})

describe('the page of the demo', { timeout: 60_000 }, () => {
  it('sends the text at every keystroke, and shows the round trip time', async () => {
    const page = await opened()
    const before = await count(page)
    await page.locator('#echo-text').pressSequentially('Grüße <b>')
    await page.locator('#echo-back', { hasText: /^Grüße <b>$/ }).waitFor()
    expect(await count(page)).toBeGreaterThanOrEqual(before + 9)
    expect(Number(await page.locator('#echo-last').textContent())).toBeGreaterThan(0)
    expect(await page.locator('#echo-median').textContent()).toMatch(/^\d+(\.\d+)? ms$/)
    expect(await page.locator('#echo-stroke').getAttribute('d')).toMatch(/^M.*L/)
    expect(await page.locator('#echo-line').getAttribute('aria-label')).toMatch(/round trips took .* ms/)
    await page.locator('#echo-said', { hasText: /^Came back after .*: Grüße <b>$/ }).waitFor({ state: 'attached' })
  })

  it('marks the echoes of what the page has sent by itself', async () => {
    const page = await opened()
    await page.locator('#echo-probes', { hasText: /^\([1-9]\d* by the page itself\)$/ }).waitFor()
  })

  it('shows the few lines behind each card, and links to the program', async () => {
    const page = await opened()
    for (const [name, line] of [
      ['echo', 'for await (const message of ws) await ws.send(message)'],
      ['chat', 'room.broadcast(text)'],
      ['upload', 'hash.update(octets)'],
    ] as const) {
      const card = page.locator(`.card.${name}`)
      await card.locator('summary').click()
      await card.locator('pre', { hasText: line }).waitFor()
      const address = new URL(String(await card.locator('details a').getAttribute('href')), url)
      expect(await (await fetch(address)).text()).toContain(line)
    }
    await page.screenshot({ path: `${screenshots}programs.png`, fullPage: true })
    expect(await overflow(page)).toBe(0)
  })

  it('says that a hash was not verified, and why', async () => {
    const page = await opened()
    await page.evaluate(() => Object.defineProperty(crypto, 'subtle', { value: undefined }))
    const path = join(folder.path, 'small.txt')
    writeFileSync(path, 'small')
    await page.locator('#upload-file').setInputFiles(path)
    await page.locator('#upload-verdict', { hasText: 'Not verified: this browser has no cryptography on pages without TLS.' }).waitFor()
  })

  it('sends only at Enter if that is chosen', async () => {
    const page = await opened()
    await page.locator('#echo-each').uncheck()
    await page.locator('#echo-text').pressSequentially('once')
    expect(await page.locator('#echo-back').textContent()).toBe('Nothing yet')
    await page.keyboard.press('Enter')
    await page.locator('#echo-back', { hasText: /^once$/ }).waitFor()
  })

  it('lets two tabs chat, and shows names and messages as text', async () => {
    const context = await newContext()
    const [ada, bob] = [await opened(context), await opened(context)]
    await ada.locator('#chat-present', { hasText: /^\d+ people are here\.$/ }).waitFor()
    await ada.locator('#chat-name').fill('<i>Ada</i>')
    await ada.locator('#chat-text').fill('<img src=x onerror=alert(1)> hello')
    await ada.locator('#chat-text').press('Enter')
    for (const [page, kind] of [
      [ada, 'mine'],
      [bob, ''],
    ] as const) {
      const line = page.locator('#chat-lines li', { hasText: 'hello' })
      await line.waitFor()
      expect(await line.locator('.text').textContent()).toBe('<img src=x onerror=alert(1)> hello')
      expect(await line.locator('.who bdi').textContent()).toBe('<i>Ada</i>')
      expect(await line.getAttribute('class')).toBe(kind)
      expect(await line.locator('img, i').count()).toBe(0)
    }
    expect(await ada.locator('#chat-text').inputValue()).toBe('')
  })

  it('shows why the chat refused a message', async () => {
    const page = await opened()
    await page.locator('#chat-text').press('Enter')
    expect(await page.locator('#chat-problem').textContent()).toBe('Write something first.')
    // in one turn of the page: a busy machine would let the rate fall below the limit
    await page.evaluate(() => {
      const field = document.querySelector<HTMLInputElement>('#chat-text')!
      for (let i = 0; i < 12; i++) {
        field.value = `quick ${i}`
        field.form!.requestSubmit()
      }
    })
    await page.locator('#chat-problem', { hasText: 'too fast' }).waitFor()
  })

  it('hashes a file of 20 MiB, and shows progress', async () => {
    const file = Buffer.alloc(20 * 1024 * 1024, 'some octets that repeat ')
    const path = join(folder.path, 'recording.bin')
    writeFileSync(path, file)
    const page = await opened()
    await page.evaluate(watchProgress)
    await page.locator('#upload-file').setInputFiles(path)
    await page.locator('#upload-verdict', { hasText: 'It matches what this browser computed itself.' }).waitFor()
    expect(await page.locator('#upload-hex').textContent()).toBe(sha256(file))
    expect(await page.locator('#upload-outcome').textContent()).toBe('Done. The connection ended: code 1000, a normal end (done).')
    expect(await page.locator('#upload-amount').textContent()).toBe('20.0 MiB of 20.0 MiB')
    expect(await page.locator('#upload-speed').textContent()).toMatch(/^\d+\.\d [KMG]iB\/s$/)
    const { values, buffered } = await page.evaluate(() => (window as unknown as Watched).watched)
    expect(values.filter(value => value > 0 && value < 1).length).toBeGreaterThan(0)
    expect(values).toEqual([...values].sort((a, b) => a - b))
    // The browser's memory is bounded too: the file is never queued as a whole.
    expect(buffered).toBeGreaterThan(0)
    expect(buffered).toBeLessThan(6 * 1024 * 1024)
  })

  it('hashes a file that is dropped on the page', async () => {
    const page = await opened()
    const data = await page.evaluateHandle(() => {
      const transfer = new DataTransfer()
      transfer.items.add(new File(['dropped'], 'a note.txt'))
      return transfer
    })
    await page.locator('#upload-drop').dispatchEvent('drop', { dataTransfer: data })
    await page.locator('#upload-hex', { hasText: sha256('dropped') }).waitFor()
    expect(await page.locator('#upload-name').textContent()).toBe('a note.txt')
  })

  it('hashes an empty file', async () => {
    const page = await opened()
    await choose(page, Buffer.alloc(0))
    await page.locator('#upload-hex', { hasText: sha256('') }).waitFor()
  })

  it('cancels, and accepts the next file', async () => {
    const page = await opened()
    // A link so slow that the button is found before this file has arrived.
    await page.evaluate(() => {
      Object.defineProperty(WebSocket.prototype, 'bufferedAmount', { get: () => Number.POSITIVE_INFINITY, configurable: true })
    })
    await choose(page, Buffer.alloc(1024 * 1024))
    await page.screenshot({ path: `${screenshots}uploading.png`, fullPage: true })
    await page.locator('#upload-cancel').click()
    await page.locator('#upload-problem', { hasText: 'Cancelled.' }).waitFor()
    expect(await page.locator('#upload-cancel').isVisible()).toBe(false)
    await choose(page, Buffer.alloc(0))
    await page.locator('#upload-hex', { hasText: sha256('') }).waitFor()
    expect(await page.locator('#upload-problem').textContent()).toBe('')
  })

  it('works with the keyboard alone, forwards and backwards, and always shows the focus', async () => {
    const page = await opened()
    // The event is awaited before the key is pressed, so that the browser already reports dialogs.
    const choosing = page.waitForEvent('filechooser')
    const walk: string[] = []
    while (walk.at(-1) !== 'upload-file' && walk.length < 12) {
      await page.keyboard.press('Tab')
      walk.push(await focused(page))
      expect(await hasVisibleFocus(page), walk.at(-1)).toBe(true)
    }
    const fields = [
      'link-button',
      'echo-text',
      'Send',
      'echo-each',
      'The lines behind it',
      'chat-name',
      'chat-text',
      'Send',
      'The lines behind it',
      'upload-file',
    ]
    expect(walk.filter(name => name !== 'chat-log')).toEqual(fields)
    for (const back of walk.slice(0, -1).reverse()) {
      await page.keyboard.press('Shift+Tab')
      expect(await focused(page)).toBe(back)
    }

    await tabTo(page, 'echo-text')
    await page.keyboard.type('by keyboard')
    await page.locator('#echo-back', { hasText: /^by keyboard$/ }).waitFor()
    await tabTo(page, 'chat-text')
    await page.keyboard.type('no mouse')
    await page.keyboard.press('Enter')
    await page.locator('#chat-lines li', { hasText: 'no mouse' }).waitFor()
    await tabTo(page, 'upload-file')
    await page.bringToFront()
    await page.keyboard.press('Enter')
    const chooser = await choosing
    await chooser.setFiles({ name: 'keys.txt', mimeType: 'text/plain', buffer: Buffer.from('keys') })
    await page.locator('#upload-hex', { hasText: sha256('keys') }).waitFor()
    expect(await focused(page)).toBe('upload-file')
  })

  it('has a name for every field and a live region for every result', async () => {
    const page = await opened()
    for (const [role, name] of [
      ['textbox', 'Your text'],
      ['checkbox', 'Send at every keystroke'],
      ['textbox', 'Name'],
      ['textbox', 'Message'],
      ['button', 'Disconnect'],
      ['region', 'Echo'],
      ['region', 'Chat'],
      ['region', 'Hash a file'],
      ['log', 'What was said'],
    ] as const) {
      expect(await page.getByRole(role, { name, exact: true }).count(), `${role} ${name}`).toBe(1)
    }
    expect(await page.getByLabel('Choose a file').count()).toBe(1)
    for (const id of ['link-words', 'echo-said', 'upload-outcome']) expect(await page.locator(`#${id}`).getAttribute('role')).toBe('status')
    for (const id of ['chat-problem', 'upload-problem']) expect(await page.locator(`#${id}`).getAttribute('role')).toBe('alert')
  })

  it('shows how a connection ended, and connects again on request', async () => {
    const page = await opened()
    await page.locator('#link-button').click()
    await page.locator('#link-words', { hasText: 'Disconnected' }).waitFor()
    expect(await page.locator('#link-reason').textContent()).toContain('code 1000, a normal end (ended by the person at the page)')
    await page.locator('#chat-text').fill('lost?')
    await page.locator('#chat-text').press('Enter')
    expect(await page.locator('#chat-problem').textContent()).toBe('Not connected: the message was not sent.')
    await page.locator('#link-button').click()
    await connected(page)
    expect(await page.locator('#link-end').isVisible()).toBe(false)
  })

  it('reconnects by itself when the server is back, and shows the state meanwhile', async () => {
    const page = await opened()
    await page.locator('#chat-text').fill('before the restart')
    await page.locator('#chat-text').press('Enter')
    await page.locator('#chat-lines li', { hasText: 'before the restart' }).waitFor()
    // somebody goes on typing: Chromium complains of what is sent after the server's close frame
    await page.evaluate(() => {
      setInterval(() => document.getElementById('echo-text')!.dispatchEvent(new Event('input')))
    })
    server.signal('SIGTERM')
    await page.locator('#link-words', { hasText: 'Not connected' }).waitFor()
    expect(await page.locator('#link-reason').textContent()).toContain('code 1001, the other side is going away (the server is stopping).')
    await page.locator('#link-retry', { hasText: /The page tries again in \d+ s\./ }).waitFor()
    expect(await server.end()).toBe(0)
    // The banner is visible from the bottom of the page, too.
    expect(await page.locator('#link-reason').evaluate(isInSight)).toBe(true)
    await page.screenshot({ path: `${screenshots}waiting.png` })
    // tries that fail meanwhile do not replace the reason that the server gave
    await expect.poll(() => complaints.some(text => text.includes('ERR_CONNECTION_REFUSED')), { timeout: 30_000 }).toBe(true)
    expect(await page.locator('#link-reason').textContent()).toContain('code 1001, the other side is going away (the server is stopping).')
    await startServer(new URL(url).port)
    await connected(page)
    await page.locator('#chat-text').fill('after the restart')
    await page.locator('#chat-text').press('Enter')
    await page.locator('#chat-lines li', { hasText: 'after the restart' }).waitFor()
    // Chromium logs refused connections to the console; here they are the page's attempts to reconnect.
    const others = complaints.splice(0).filter(text => !text.includes('ERR_CONNECTION_REFUSED'))
    expect(others).toEqual([])
  })

  for (const [name, options] of [
    ['desktop-light', { viewport: { width: 1280, height: 900 }, colorScheme: 'light' }],
    ['desktop-dark', { viewport: { width: 1280, height: 900 }, colorScheme: 'dark' }],
    ['phone-light', { viewport: { width: 360, height: 740 }, colorScheme: 'light', isMobile: true, hasTouch: true, deviceScaleFactor: 2 }],
    ['phone-dark', { viewport: { width: 360, height: 740 }, colorScheme: 'dark', isMobile: true, hasTouch: true, deviceScaleFactor: 2 }],
  ] as const) {
    it(`fits, empty and full: ${name}`, async () => {
      await restart()
      const page = await opened(await newContext(options))
      await page.locator('#echo-count', { hasText: /[1-9]/ }).waitFor()
      await page.screenshot({ path: `${screenshots}${name}-empty.png`, fullPage: true })
      expect(await overflow(page)).toBe(0)
      await fill(page)
      await page.screenshot({ path: `${screenshots}${name}-full.png`, fullPage: true })
      expect(await overflow(page)).toBe(0)
      for (const height of await page.locator('button:visible').evaluateAll(buttons => buttons.map(button => button.clientHeight)))
        expect(height).toBeGreaterThanOrEqual(36)
    })
  }

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`has colours that contrast: ${colorScheme}`, async () => {
      const page = await opened(await newContext({ colorScheme }))
      const colours = await page.evaluate(namedColours)
      expect(luminance(colours['--ground']!) > 0.5).toBe(colorScheme === 'light')
      for (const [ink, ground] of [
        ['--ink', '--ground'],
        ['--ink', '--card'],
        ['--ink', '--wash'],
        ['--soft', '--ground'],
        ['--soft', '--card'],
        ['--soft', '--sunken'],
        ['--soft', '--wash'],
        ['--accent', '--card'],
        ['--accent', '--wash'],
        ['--on-accent', '--accent'],
        ['--on-accent', '--accent-strong'],
        ['--good', '--sunken'],
        ['--bad', '--card'],
      ] as const) {
        expect(contrast(colours[ink]!, colours[ground]!), `${ink} on ${ground}`).toBeGreaterThanOrEqual(4.5)
      }
      // WCAG 1.4.11 asks for this contrast of the borders of fields.
      expect(contrast(colours['--edge']!, colours['--field']!)).toBeGreaterThanOrEqual(3)
    })
  }

  it('shows no animations to people who turn them off', async () => {
    const page = await opened(await newContext({ reducedMotion: 'reduce' }))
    await page.evaluate(() => document.getElementById('link-state')!.setAttribute('data-state', 'connecting'))
    const moving = await page.evaluate(
      () =>
        [...document.querySelectorAll('*')].map(element => getComputedStyle(element)).filter(style => style.animationName !== 'none')
          .length,
    )
    expect(moving).toBe(0)
    expect(await page.evaluate(() => document.getAnimations().length)).toBe(0)
  })
})

interface Watched {
  watched: { values: number[]; buffered: number }
}

async function startServer(port = '0'): Promise<void> {
  server = new CliProcess('demo', '--port', port)
  url = await server.said(/http:\/\/127\.0\.0\.1:\d+\//)
}

/** Restarts the server, which empties the chat. */
async function restart(): Promise<void> {
  server.signal('SIGTERM')
  await server.end()
  await startServer()
}

async function newContext(options: BrowserContextOptions = {}): Promise<BrowserContext> {
  const context = await browser!.newContext(options)
  contexts.push(context)
  return context
}

async function opened(context?: BrowserContext): Promise<Page> {
  const page = await (context ?? (await newContext())).newPage()
  page.on('pageerror', error => complaints.push(String(error)))
  page.on('console', message => complaints.push(`${message.type()}: ${message.text()}`))
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
      console.error(`violation of ${violatedDirective}: ${blockedURI}`)
    })
  })
  await page.goto(url)
  await connected(page)
  return page
}

async function connected(page: Page): Promise<void> {
  await page.locator('#link-words', { hasText: /^Connected$/ }).waitFor()
  await page.locator('#chat-present', { hasText: 'here' }).waitFor()
}

async function count(page: Page): Promise<number> {
  return Number(await page.locator('#echo-count').textContent())
}

function choose(page: Page, buffer: Buffer, name = 'recording.bin'): Promise<void> {
  return page.locator('#upload-file').setInputFiles({ name, mimeType: 'application/octet-stream', buffer })
}

/** Runs in the page. */
function watchProgress(): void {
  const watched: Watched['watched'] = { values: [], buffered: 0 }
  Object.assign(window, { watched })
  const bar = document.querySelector('progress')!
  new MutationObserver(() => watched.values.push(bar.value)).observe(bar, { attributes: true })
  const { send } = WebSocket.prototype
  WebSocket.prototype.send = function (...args) {
    send.apply(this, args)
    watched.buffered = Math.max(watched.buffered, this.bufferedAmount)
  }
}

async function fill(page: Page): Promise<void> {
  await page.locator('#echo-text').pressSequentially('Hello from the browser, äöü €', { delay: 15 })
  const other = await opened(await newContext())
  await say(other, 'Ada', 'Is anybody on this road?')
  await say(page, 'Konrad', 'Yes, two tabs of us.')
  await say(page, 'Konrad', 'A longer message, to see how lines wrap when somebody has more to say than fits into one line of the chat.')
  await say(other, 'Ada', `<b>Text</b> only. ${'averylongword'.repeat(7)}`)
  await page.locator('#chat-lines li', { hasText: 'averylongword' }).waitFor()
  await choose(page, Buffer.alloc(1024 * 1024, 7), 'a recording with quite a long name, of a drive from Hamburg to Munich.bin')
  await page.locator('#upload-verdict', { hasText: 'matches' }).waitFor()
}

async function say(page: Page, name: string, text: string): Promise<void> {
  await page.locator('#chat-name').fill(name)
  await page.locator('#chat-text').fill(text)
  await page.locator('#chat-text').press('Enter')
  await page.locator('#chat-lines li.mine', { hasText: text }).waitFor()
}

async function tabTo(page: Page, id: string): Promise<void> {
  for (let i = 0; i < 20 && (await focused(page)) !== id; i++) await page.keyboard.press('Tab')
  expect(await focused(page)).toBe(id)
}

function focused(page: Page): Promise<string> {
  return page.evaluate(() => document.activeElement!.id || document.activeElement!.textContent!.trim())
}

/** Whether the focus is visible, on the element itself or, for the hidden field of the file, on its label. */
function hasVisibleFocus(page: Page): Promise<boolean> {
  return page.evaluate(() => {
    const element = document.activeElement!
    const shown = element.id === 'upload-file' ? element.nextElementSibling! : element
    const { outlineStyle, outlineWidth } = getComputedStyle(shown)
    return outlineStyle === 'solid' && Number.parseFloat(outlineWidth) >= 2
  })
}

/** Runs in the page. */
function isInSight(element: Element): boolean {
  const { top, bottom } = element.getBoundingClientRect()
  return top >= 0 && bottom <= innerHeight
}

function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
}

function sha256(octets: string | Uint8Array): string {
  return createHash('sha256').update(octets).digest('hex')
}

/** Runs in the page. */
function namedColours(): Record<string, string> {
  const style = getComputedStyle(document.documentElement)
  const names = ['ground', 'card', 'field', 'sunken', 'ink', 'soft', 'edge', 'accent', 'accent-strong', 'on-accent', 'wash', 'good', 'bad']
  return Object.fromEntries(names.map(name => [`--${name}`, style.getPropertyValue(`--${name}`).trim()]))
}

/** Computes the relative luminance of a colour, which WCAG 2 uses for contrast ratios. */
function luminance(colour: string): number {
  const digits = colour.length === 4 ? colour.replaceAll(/[^#]/g, '$&$&') : colour
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map(at => {
    const part = Number.parseInt(digits.slice(at, at + 2), 16) / 255
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function contrast(one: string, other: string): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number]
  return (light + 0.05) / (dark + 0.05)
}
