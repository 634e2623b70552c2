import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { launchChromium } from '../../../autobahn-ts/test/fixtures/chromium.ts'
import { createRouter } from '../../src/node/create-router.ts'
import { listen } from '../../src/node/listening/listen.ts'
import type { RouterListener } from '../../src/node/listening/router-listener.ts'

let browser: Browser
let listener: RouterListener

beforeAll(async () => {
  browser = await launchChromium()
  const auth = { ticket: { users: { joe: { ticket: 't', role: 'user' } } }, cookie: {} }
  listener = await listen(createRouter({ realms: { realm1: { auth } } }), { port: 0, host: 'localhost' })
}, 60_000)
afterAll(async () => {
  await browser?.close()
  await listener?.close({ timeout: 0 })
})

it('a page in Chromium joins again by its cookie, which its scripts cannot see', { timeout: 60_000 }, async () => {
  const http = `http://localhost:${listener.port}/`
  const context = await browser.newContext()
  const page = await context.newPage()
  await page.goto(http)
  const join = (hello: object, secret?: string) =>
    page.evaluate(
      ([url, details, answer]) =>
        new Promise<unknown[]>((resolve, reject) => {
          const socket = new WebSocket(url!.replace('http:', 'ws:'), ['wamp.2.json'])
          socket.onopen = () => socket.send(JSON.stringify([1, 'realm1', details]))
          socket.onerror = () => reject(new Error('the connection has failed'))
          socket.onmessage = ({ data }) => {
            const message = JSON.parse(data) as unknown[]
            if (message[0] === 4) socket.send(JSON.stringify([5, answer, {}]))
            else resolve(message)
          }
        }),
      [http, hello, secret] as const,
    )
  const roles = { caller: {} }
  expect((await join({ roles, authmethods: ['cookie'] }))[2]).toBe('wamp.error.no_matching_auth_method')
  const first = await join({ roles, authmethods: ['cookie', 'ticket'], authid: 'joe' }, 't')
  expect(first[2]).toMatchObject({ authid: 'joe', authmethod: 'ticket' })
  const second = await join({ roles, authmethods: ['cookie', 'ticket'], authid: 'joe' }, 'wrong')
  expect(second[2]).toMatchObject({ authid: 'joe', authmethod: 'cookie' })
  expect(await page.evaluate(() => document.cookie)).toBe('')
  const [cookie] = await context.cookies()
  expect(cookie).toMatchObject({ name: 'wamp', httpOnly: true, sameSite: 'Strict', path: '/' })
})
