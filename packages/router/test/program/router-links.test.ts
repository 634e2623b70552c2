import { Writable } from 'node:stream'
import { FakeClock } from '@autobahn-ts/websocket/testing'
import { type Logger, pino } from 'pino'
import { afterEach, describe, expect, it } from 'vitest'
import type { LinkConfig } from '../../src/config/router-config.ts'
import { createRouter } from '../../src/node/create-router.ts'
import { listen } from '../../src/node/listening/listen.ts'
import { RouterLinks } from '../../src/program/router-links.ts'
import type { RealmOptions, Router } from '../../src/router/router.ts'

const events = [{ uri: 'com.example.t' }]
const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

describe('the links of a program', () => {
  it('are made, stay where the config stays, and end', async () => {
    const [here, there] = [created(), created()]
    const url = await listening(there)
    const { links, messages } = linksOf(here)
    links.set('realm1', [{ url, events }])
    await expect.poll(() => sizes(here, there)).toEqual([1, 1])
    const [session] = sessionsOf(there)
    links.set('realm1', [{ url, events }])
    links.set('realm1', [
      { url, events },
      { url, events: [{ uri: 'com.example.other' }] },
    ])
    await expect.poll(() => sizes(here, there)).toEqual([2, 2])
    expect(sessionsOf(there)[0]).toBe(session)
    links.set('realm1', [{ url, events }])
    await expect.poll(() => sizes(here, there)).toEqual([1, 1])
    expect(sessionsOf(there)).toEqual([session])
    await links.close()
    await expect.poll(() => sizes(here, there)).toEqual([0, 0])
    expect(messages()).toEqual(['the link is up', 'the link is up'])
  })

  it('wait for a router that is not there yet', async () => {
    const [here, there] = [created(), created()]
    const first = await listen(there, { port: 0 })
    const { url, port } = first
    await first.close()
    const { links, log } = linksOf(here)
    links.set('realm1', [{ url: `${url}?token=secret`, events }])
    await expect.poll(() => log.length).toBeGreaterThan(0)
    expect(log[0]).toMatchObject({ msg: 'the link is down', realm: 'realm1', link: url })
    const again = await listen(there, { port: port! })
    closing.push(() => again.close({ timeout: 0 }))
    await expect.poll(() => sizes(here, there), { timeout: 10_000 }).toEqual([1, 1])
  })

  it('are made again after a pause where they are refused', async () => {
    const [here, there] = [created(), created({ roles: {} })]
    const url = await listening(there)
    const { links, log, clock } = linksOf(here)
    links.set('realm1', [{ url, events }])
    const refused = () => log.filter(({ msg }) => msg === 'the link could not be made').length
    await expect.poll(refused).toBe(1)
    await expect.poll(() => sizes(here, there)).toEqual([0, 0])
    clock.advance(9_999)
    expect(sizes(here, there)).toEqual([0, 0])
    there.updateRealm('realm1', {})
    clock.advance(1)
    await expect.poll(() => sizes(here, there)).toEqual([1, 1])
    expect(refused()).toBe(1)
  })

  it('are given up while they wait', async () => {
    const here = created()
    const { links, log } = linksOf(here)
    const there = created({ roles: {} })
    links.set('realm1', [{ url: await listening(there), events }])
    await expect.poll(() => log.map(({ msg }) => msg)).toContain('the link could not be made')
    await links.close()
    links.set('realm1', [{ url: 'ws://127.0.0.1:1', events }])
    await links.close()
    expect(sizes(here, there)).toEqual([0, 0])
  })

  it('are not changed by a config that cannot be used', async () => {
    const [here, there] = [created(), created()]
    const url = await listening(there)
    const { links } = linksOf(here)
    links.set('realm1', [{ url, events }])
    await expect.poll(() => sizes(here, there)).toEqual([1, 1])
    const wrong: LinkConfig[] = [{ url, calls: [{ uri: 'com..add' }] }]
    expect(() => links.set('realm1', wrong)).toThrow('calls of a link must have a uri and a match that go together')
    expect(sizes(here, there)).toEqual([1, 1])
  })
})

function linksOf(router: Router) {
  const log: Record<string, unknown>[] = []
  const lines = new Writable({
    write(line, _, done) {
      log.push(JSON.parse(String(line)) as Record<string, unknown>)
      done()
    },
  })
  const clock = new FakeClock()
  const links = new RouterLinks(router, pino({ level: 'info' }, lines) as Logger, clock)
  closing.push(() => links.close())
  return { links, log, clock, messages: () => log.map(({ msg }) => msg) }
}

function created(realm: RealmOptions = {}): Router {
  const router = createRouter({ realms: { realm1: realm } })
  closing.push(() => router.close())
  return router
}

async function listening(router: Router): Promise<string> {
  const listener = await listen(router, { port: 0 })
  closing.push(() => listener.close({ timeout: 0 }))
  return listener.url
}

function sessionsOf(router: Router): readonly number[] {
  return [...(router.realms.get('realm1')?.sessions.keys() ?? [])]
}

function sizes(...routers: readonly Router[]): readonly number[] {
  return routers.map(router => sessionsOf(router).length)
}
