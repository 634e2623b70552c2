import { once } from 'node:events'
import * as http from 'node:http'
import * as net from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { attachWS, type ConnectionAccept, type ConnectionRequest, handleUpgrade } from '../../src/index.ts'
import { FakeClock } from '../../src/testing/fake-clock.ts'
import { upgradeRequest } from '../fixtures/echo.ts'
import { HttpServers } from '../fixtures/http-server.ts'
import { until } from '../fixtures/until.ts'
import { Attacker, frame } from './attacker.ts'
import { Victim, Watchful, WatchfulFactory } from './victim.ts'

const servers = new HttpServers()
afterEach(async () => {
  servers.end()
  Attacker.endAll()
  await Victim.endAll()
})

describe('against the opening handshake of a server', () => {
  it('sends so many headers that those of the handshake drown', async () => {
    const victim = await Victim.listening()
    const attacker = await Attacker.to(victim.port)
    attacker.socket.write(drowned)
    expect(await attacker.refused()).toMatch(/^HTTP\/1\.1 431 /)
    expect(await victim.ending()).toMatch(/^unclean 1006 refused with 431 more than 100 header/)
  })

  it('sends so many headers that an HTTP server drops those of the handshake', async () => {
    const { port, factory } = await attached({ maxHeadersCount: 20 })
    const attacker = await Attacker.to(port)
    attacker.socket.write(
      upgradeRequest(
        '/',
        Array.from({ length: 100 }, (_, at) => `X-${at}: ${at}`),
      ),
    )
    expect(await attacker.refused()).toMatch(/^HTTP\/1\.1 431 /)
    expect(factory.errors).toEqual([])
  })

  it('sends a header line without an end', async () => {
    const victim = await Victim.listening()
    const attacker = await Attacker.to(victim.port)
    attacker.socket.write(`GET / HTTP/1.1\r\nX: ${'x'.repeat(1024 * 1024)}`)
    expect(await attacker.refused()).toMatch(/^HTTP\/1\.1 431 /)
    expect(await victim.ending()).toContain('refused with 431')
  })

  it('begins a request and never ends it', async () => {
    const victim = await Victim.listening({ openHandshakeTimeout: 0.1 })
    const attacker = await Attacker.to(victim.port)
    attacker.socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n')
    await attacker.whole
    expect(await victim.ending()).toBe('unclean 1006 opening handshake not finished within 0.1 s')
    await until(() => victim.factory.connectionCount === 0)
  })

  it('connects and says nothing', async () => {
    const victim = await Victim.listening({ openHandshakeTimeout: 0.1 })
    const attacker = await Attacker.to(victim.port)
    await attacker.whole
    expect(await victim.ending()).toBe('unclean 1006 opening handshake not finished within 0.1 s')
  })

  it('trickles octet by octet, to wind the clock up again with each', async () => {
    const clock = new FakeClock()
    const victim = await Victim.listening({ openHandshakeTimeout: 1 }, { clock })
    const attacker = await Attacker.to(victim.port)
    await until(() => victim.factory.connectionCount === 1)
    const request = upgradeRequest()
    for (let sent = 0; sent < 10; sent++) {
      expect(victim.factory.endings).toEqual([])
      await new Promise(resolve => attacker.socket.write(request.charAt(sent), resolve))
      clock.advance(100)
    }
    expect(await victim.ending()).toBe('unclean 1006 opening handshake not finished within 1 s')
    await attacker.whole
  })

  for (const header of ['Content-Length: 5', 'Transfer-Encoding: chunked']) {
    it(`smuggles a body behind the request, with ${header}`, async () => {
      const victim = await Victim.listening()
      const attacker = await Attacker.to(victim.port)
      attacker.socket.write(`${upgradeRequest('/', [header])}hello`)
      expect(await attacker.refused()).toMatch(/^HTTP\/1\.1 400 /)
    })

    it(`smuggles a body through an HTTP server, with ${header}`, async () => {
      const { port } = await attached()
      const attacker = await Attacker.to(port)
      attacker.socket.write(`${upgradeRequest('/', [header])}hello`)
      expect(await attacker.refused()).toMatch(/^HTTP\/1\.1 400 /)
    })
  }

  it('sends frames behind a request that is refused', async () => {
    const victim = await Victim.listening()
    const attacker = await Attacker.to(victim.port)
    attacker.socket.write(upgradeRequest('/', ['Origin: https://elsewhere.example']))
    attacker.socket.write(frame(0x81, 'hello'))
    expect(await attacker.refused()).toMatch(/^HTTP\/1\.1 403 /)
    expect(victim.factory.messages).toEqual([])
    expect(await victim.ending()).toMatch(/^unclean 1006 refused with 403 /)
  })

  it('sends a good request behind one that is refused', async () => {
    const victim = await Victim.listening()
    const attacker = await Attacker.to(victim.port)
    attacker.socket.write(`GET / HTTP/1.1\r\nHost: localhost\r\n\r\n${upgradeRequest()}`)
    expect(await attacker.refused()).toMatch(/^HTTP\/1\.1 426 /)
    expect((await attacker.whole).toString('latin1').match(/HTTP\/1\.1 /g)).toHaveLength(1)
  })

  for (const [how, leave] of [
    ['ends its side', (socket: net.Socket) => socket.end()],
    ['resets', (socket: net.Socket) => socket.resetAndDestroy()],
  ] as const) {
    it(`${how} while the application makes up its mind`, async () => {
      const asked: ((answer: ConnectionAccept) => void)[] = []
      class Slow extends Watchful {
        override onConnect(): Promise<ConnectionAccept> {
          return new Promise(resolve => asked.push(resolve))
        }
      }
      const victim = await Victim.listening({ protocol: Slow })
      const attacker = await Attacker.to(victim.port)
      attacker.socket.write(upgradeRequest())
      await until(() => asked.length === 1)
      leave(attacker.socket)
      await until(() => victim.factory.endings.length === 1)
      asked[0]!(undefined)
      await attacker.whole
      expect(await victim.ending()).toMatch(/^unclean 1006 .*(during the opening handshake|was lost|ECONNRESET)/)
      expect(victim.factory.errors).toEqual([])
      expect(victim.factory.connectionCount).toBe(0)
    })
  }

  it('leaves, and the application refuses it after that', async () => {
    const asked: ((error: Error) => void)[] = []
    class Slow extends Watchful {
      override onConnect(): Promise<ConnectionAccept> {
        return new Promise((_, reject) => asked.push(reject))
      }
    }
    const victim = await Victim.listening({ protocol: Slow })
    const attacker = await Attacker.to(victim.port)
    attacker.socket.write(upgradeRequest())
    await until(() => asked.length === 1)
    attacker.socket.resetAndDestroy()
    await until(() => victim.factory.endings.length === 1)
    asked[0]!(new Error('too late'))
    await until(() => victim.factory.errors.length === 1)
    expect(victim.factory.errors[0]!.message).toBe('too late')
  })

  it('waits for an application that never decides', async () => {
    class Undecided extends Watchful {
      override onConnect(): Promise<ConnectionAccept> {
        return new Promise(() => {})
      }
    }
    const victim = await Victim.listening({ protocol: Undecided, openHandshakeTimeout: 0.1 })
    const attacker = await Attacker.to(victim.port)
    attacker.socket.write(upgradeRequest())
    await attacker.whole
    expect(await victim.ending()).toBe('unclean 1006 opening handshake not finished within 0.1 s')
  })

  for (const [how, onConnect] of [
    ['throw', () => thrown('secret')],
    ['reject', () => Promise.reject(new Error('secret'))],
    ['give an answer that cannot be sent', () => ({ headers: { 'X-Bad': 'a\r\nb' } })],
  ] as const) {
    it(`makes the application ${how}`, async () => {
      class Careless extends Watchful {
        override onConnect(_: ConnectionRequest): ConnectionAccept | Promise<ConnectionAccept> {
          return onConnect()
        }
      }
      const victim = await Victim.listening({ protocol: Careless })
      const attacker = await Attacker.to(victim.port)
      attacker.socket.write(upgradeRequest())
      expect(await attacker.refused()).toBe('HTTP/1.1 500 Internal Server Error')
      expect((await attacker.whole).includes('secret')).toBe(false)
      expect(victim.factory.errors).toHaveLength(1)
      expect(await victim.ending()).toBe('unclean 1006 refused with 500 Internal Server Error')
    })
  }

  it('is upgraded twice by a confused application', async () => {
    const factory = new WatchfulFactory(undefined, { protocol: Watchful })
    const web = http.createServer()
    const misuse: unknown[] = []
    web.on('upgrade', (request, socket, head) => {
      handleUpgrade(factory, request, socket, head)
      try {
        handleUpgrade(factory, request, socket, head)
      } catch (error) {
        misuse.push(error)
      }
    })
    const attacker = await Attacker.within(await servers.start(web), upgradeRequest())
    attacker.socket.write(frame(0x81, 'hello'))
    await until(() => factory.messages.length === 1)
    expect(misuse).toEqual([expect.objectContaining({ name: 'ApiMisuse' })])
  })

  it('goes on with its handshake after the server was closed', async () => {
    const victim = await Victim.listening()
    const attacker = await Attacker.to(victim.port)
    const request = upgradeRequest()
    attacker.socket.write(request.slice(0, 20))
    await until(() => victim.factory.connectionCount === 1)
    const closing = victim.listener.close()
    attacker.socket.write(request.slice(20))
    await closing
    expect((await attacker.whole).toString('latin1')).not.toContain(' 101 ')
    expect(await victim.ending()).toBe('unclean 1006 dropped by this side')
    await expect(once(net.connect(victim.port, '127.0.0.1'), 'connect')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })

  it('asks for an upgrade after the factory was detached', async () => {
    const { port, detach } = await attached()
    const attacker = await Attacker.to(port)
    attacker.socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await until(() => attacker.received.includes('page'))
    detach()
    attacker.socket.end(upgradeRequest())
    expect((await attacker.whole).toString('latin1')).not.toContain(' 101 ')
  })

  it('floods with connections', async () => {
    const victim = await Victim.listening({ maxConnections: 5 })
    const guests = await Promise.all(Array.from({ length: 5 }, () => Attacker.within(victim.port, upgradeRequest())))
    const flood = await Promise.all(Array.from({ length: 300 }, () => Attacker.to(victim.port)))
    for (const attacker of flood) attacker.socket.write(upgradeRequest())
    const answers = await Promise.all(flood.map(attacker => attacker.refused()))
    // The first hundred are told why, the others dropped.
    expect(answers.filter(answer => answer !== '' && answer !== 'HTTP/1.1 503 this server has reached its limit of 5 connections')).toEqual(
      [],
    )
    expect(answers).toContain('HTTP/1.1 503 this server has reached its limit of 5 connections')
    expect(victim.factory.connectionCount).toBe(5)
    guests[0]!.socket.destroy()
    await until(() => victim.factory.connectionCount === 4)
    const next = await Attacker.within(victim.port, upgradeRequest())
    next.socket.write(frame(0x81, 'hello'))
    await until(() => victim.factory.messages.length === 1)
  })
})

async function attached(options: { readonly maxHeadersCount?: number } = {}): Promise<{
  port: number
  factory: WatchfulFactory
  detach: () => void
}> {
  const { server, port } = await servers.make()
  if (options.maxHeadersCount !== undefined) server.maxHeadersCount = options.maxHeadersCount
  const factory = new WatchfulFactory(undefined, { protocol: Watchful })
  const { detach } = attachWS(factory, server)
  return { port, factory, detach }
}

function thrown(message: string): never {
  throw new Error(message)
}

const flooded = Array.from({ length: 1500 }, (_, at) => `X-${at}: 1`)
const drowned = `GET / HTTP/1.1\r\n${flooded.join('\r\n')}\r\n${upgradeRequest().slice('GET / HTTP/1.1\r\n'.length)}`
