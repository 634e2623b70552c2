import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { launchChromium, withoutFrames } from '../packages/autobahn-ts/test/fixtures/chromium.ts'
import { endPrograms, Program } from './program.ts'

const example = fileURLToPath(new URL('../examples/wamp/chat-page/', import.meta.url))
let browser: Browser | undefined
let server: Program
let url: string

beforeEach(async () => {
  browser ??= await launchChromium()
  await serve(0)
}, 60_000)

afterEach(async () => {
  await Promise.all((browser?.contexts() ?? []).map(context => context.close()))
  await endPrograms()
})

afterAll(() => browser?.close())

describe('the page of examples/wamp/chat-page', { timeout: 60_000 }, () => {
  it('says what others say and have said, and who has left', async () => {
    const ada = await opened('Ada')
    await says(ada, 'hello')
    await shows(ada, 'Ada: hello')
    const grace = await opened('Grace')
    expect(await lines(grace)).toEqual(['Ada is here', 'Ada: hello', 'Grace is here'])
    await says(grace, 'good morning')
    await shows(ada, 'Grace: good morning')
    // No GOODBYE: the router says the last word of the page.
    await grace.context().close()
    await shows(ada, 'Grace has left')
    expect(await lines(ada)).toEqual(['Ada is here', 'Ada: hello', 'Grace is here', 'Grace: good morning', 'Grace has left'])
  })

  it('stays while the router restarts, and sends what was typed meanwhile', async () => {
    const ada = await opened('Ada')
    expect(await server.terminate()).toBe(0)
    await ada.waitForSelector('#state[data-state=lost]')
    await says(ada, 'meanwhile')
    await serve(Number(new URL(url).port))
    await shows(ada, 'Ada: meanwhile')
    await ada.waitForSelector('#state[data-state=open]')
    expect((await lines(ada)).filter(line => line === 'Ada is here')).toHaveLength(2)
    await says(ada, 'after')
    await shows(ada, 'Ada: after')
  })
})

async function serve(port: number): Promise<void> {
  server = new Program(join(example, 'server.mjs'), [port])
  url = (await server.printed(/^listening at (.*)$/m))[1]!
}

async function opened(name: string): Promise<Page> {
  const page = await (await browser!.newContext()).newPage()
  await page.goto(`${url}?name=${name}`)
  await page.waitForSelector('#state[data-state=open]')
  await shows(page, `${name} is here`)
  return page
}

async function says(page: Page, text: string): Promise<void> {
  await page.fill('#text', text)
  await page.keyboard.press('Enter')
}

function lines(page: Page): Promise<string[]> {
  return page.locator('#said li').allTextContents()
}

/** Waits until a line of the chat has the text. */
async function shows(page: Page, text: string): Promise<void> {
  await page.waitForFunction(
    text => [...document.querySelectorAll('#said li')].some(line => line.textContent === text),
    text,
    withoutFrames,
  )
}
