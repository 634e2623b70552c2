import { JsonSerializer, LongPollServer, resolveTransportOptions } from '@autobahn-ts/wamp/protocol'
import { FakeClock } from '@autobahn-ts/websocket/testing'
import { afterEach, describe, expect, it } from 'vitest'
import { createRouter } from '../../src/node/create-router.ts'
import { listen } from '../../src/node/listening/listen.ts'
import type { RouterListener } from '../../src/node/listening/router-listener.ts'
import { createCoreRouter } from '../../src/router/core-router.ts'
import { rawConnection } from '../fixtures/listening.ts'
import { RawSession } from '../fixtures/raw-session.ts'

const open: RouterListener[] = []
afterEach(async () => {
  for (const listener of open.splice(0)) await listener.close({ timeout: 0 })
})

async function routerPort(): Promise<number> {
  const listener = await listen(createRouter(), { port: 0 })
  open.push(listener)
  return listener.port!
}

describe('long-poll', () => {
  it('opens no more transports than it may, and drops those that never join', async () => {
    const clock = new FakeClock()
    const router = createCoreRouter({}, { clock, today: () => 0, random: crypto })
    const server = new LongPollServer({
      spoken: { serializers: [new JsonSerializer()], isBatched: true },
      limits: resolveTransportOptions({}),
      clock,
      maxTransports: 5000,
      accept: transport => router.accept(transport),
      onError: error => expect.unreachable(error.message),
    })
    const body = new TextEncoder().encode('{"protocols":["wamp.2.json"]}')
    const details = { kind: 'longpoll', peer: '', isSecure: false, headers: {} } as const
    const count: Record<number, number> = {}
    for (let n = 0; n < 10_000; n++) {
      const { status } = await server.answer('/open', body, details)
      count[status] = (count[status] ?? 0) + 1
    }
    expect([count, server.size]).toEqual([{ 200: 5000, 503: 5000 }, 5000])
    await clock.settle(10_000)
    await clock.settle(5_000)
    expect(server.size).toBe(0)
  })
})

describe('RawSocket', () => {
  for (const octets of [
    [0x7f, 0xf0, 0, 0],
    [0x7f, 0xff, 0, 0],
    [0x7f, 0xf1, 1, 0],
    [0x7f, 0, 0, 0],
  ]) {
    it(`refuses a client that begins with ${octets.map(octet => octet.toString(16)).join(' ')}`, async () => {
      const { socket, received } = await rawConnection(await routerPort())
      socket.write(Buffer.from(octets))
      const answer = Buffer.from(await received, 'latin1')
      expect([answer[0], answer[1]! & 0x0f, answer.length]).toEqual([0x7f, 0, 4])
    })
  }

  it('keeps no memory for lengths that are announced without octets', async () => {
    const port = await routerPort()
    const sessions = await Promise.all(Array.from({ length: 100 }, () => RawSession.join(port)))
    const before = process.memoryUsage().arrayBuffers
    for (const { socket } of sessions) socket.write(Buffer.from([0, 0xff, 0xff, 0xff, 0x5b]))
    const other = await RawSession.join(port)
    other.send([48, 1, {}, 'wamp.session.count'])
    expect((await other.next(50))![3]).toEqual([101])
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100 * 1024 * 1024)
    for (const { socket } of [...sessions, other]) socket.destroy()
  })

  it('drops a client that sends PINGs and reads no PONG, and keeps no more than its bound for it', async () => {
    const port = await routerPort()
    const flood = await RawSession.join(port)
    flood.socket.pause()
    const ping = Buffer.concat([Buffer.from([1, 0x0f, 0xff, 0xff]), Buffer.alloc(0x0f_ffff)])
    const write = (): void => {
      while (!flood.socket.destroyed && flood.socket.write(ping)) {}
    }
    flood.socket.on('drain', write)
    write()
    await flood.closed
    const other = await RawSession.join(port)
    other.send([48, 1, {}, 'wamp.session.count'])
    expect((await other.next(50))![3]).toEqual([1])
    other.socket.destroy()
  })
})
