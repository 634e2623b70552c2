import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import * as net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { connectWS } from '../../../src/node/edge/connect-ws.ts'
import { type ListenOptions, listenWS } from '../../../src/node/edge/listen-ws.ts'
import type { Listener } from '../../../src/node/edge/listener.ts'
import { ApiMisuse } from '../../../src/protocol/faults/errors.ts'
import { FakeClock } from '../../../src/testing/index.ts'
import { certificates } from '../../fixtures/certificates.ts'
import { Echo, EchoFactory, type Listening, listeningTo, upgradeRequest } from '../../fixtures/echo.ts'
import { until } from '../../fixtures/until.ts'

const listeners: Listener[] = []
afterEach(async () => {
  await Promise.all(listeners.splice(0).map(listener => listener.close({ timeout: 0 })))
})

describe('Listener.totals', () => {
  it('count the connections of this listener, and no others of the factory', async () => {
    const factory = new EchoFactory('ws://127.0.0.1:0')
    const [one, other] = [await listening(factory), await listening(factory)]
    const client = await connectWS<Listening>(listeningTo(one.url))
    client.sendMessage('hello')
    await client.next()
    expect(one.totals).toMatchObject({ open: 1, opened: 1, closed: {}, traffic: { incomingWebSocketMessages: 1 } })
    expect(other.totals).toMatchObject({ open: 0, opened: 0, traffic: { incomingWebSocketMessages: 0 } })
    const refused = await fetch(one.url.replace('ws:', 'http:'))
    expect(refused.status).toBe(426)
    await refused.text()
    await one.close()
    expect(one.totals).toMatchObject({ opening: 0, open: 0, opened: 1, refused: { 426: 1 }, failed: 0, closed: { 1001: 1 } })
    expect(one.totals.traffic).toMatchObject({ incomingWebSocketMessages: 1, outgoingOctetsAppLevel: 5 })
    expect(factory.totals).toEqual(one.totals)
  })
})

describe('Listener.close', () => {
  it('sends 1001 to open connections and resolves when they are gone', async () => {
    const factory = new EchoFactory('ws://127.0.0.1:0')
    const listener = await listening(factory)
    const clients = await Promise.all([connectWS(listeningTo(listener.url)), connectWS(listeningTo(listener.url))])
    expect(listener.connectionCount).toBe(2)
    await listener.close()
    expect(listener.connectionCount).toBe(0)
    expect(factory.connectionCount).toBe(0)
    for (const client of clients) expect(await client.closed).toMatchObject({ code: 1001, wasClean: true, by: 'peer' })
  })

  it('sends the code and the reason it is given', async () => {
    const listener = await listening(new EchoFactory('ws://127.0.0.1:0'))
    const client = await connectWS(listeningTo(listener.url))
    await Promise.all([listener.close({ code: 1012, reason: 'back soon' }), listener.close()])
    expect(await client.closed).toMatchObject({ code: 1012, reason: 'back soon' })
  })

  it('refuses a code or reason that may not be sent, and goes on', async () => {
    const listener = await listening(new EchoFactory('ws://127.0.0.1:0'))
    await expect(listener.close({ code: 1005 })).rejects.toThrow(ApiMisuse)
    await expect(listener.close({ reason: 'x'.repeat(124) })).rejects.toThrow(ApiMisuse)
    expect((await connectWS(listeningTo(listener.url))).isOpen).toBe(true)
  })

  it('takes no new connections', async () => {
    const listener = await listening(new EchoFactory('ws://127.0.0.1:0'))
    await listener.close()
    await expect(connectWS(listeningTo(listener.url))).rejects.toThrow('ECONNREFUSED')
  })

  it('drops connections in the opening handshake at once', async () => {
    const listener = await listening(new EchoFactory('ws://127.0.0.1:0'))
    const socket = net.connect(listener.port!, '127.0.0.1')
    await until(() => listener.connectionCount === 1)
    await Promise.all([listener.close({ timeout: 60 }), once(socket, 'close')])
  })

  it('drops connections whose onConnect has not decided', async () => {
    let ask: () => void = () => {}
    const asked = new Promise<void>(resolve => {
      ask = resolve
    })
    class Undecided extends Echo {
      override onConnect(): Promise<void> {
        ask()
        return new Promise(() => {})
      }
    }
    const listener = await listening(new EchoFactory('ws://127.0.0.1:0', { protocol: Undecided }))
    const socket = net.connect(listener.port!, '127.0.0.1')
    const closed = new Promise(resolve => socket.on('error', () => {}).on('close', resolve))
    socket.write(upgradeRequest().replace('Host: localhost', `Host: 127.0.0.1:${listener.port}`))
    await asked
    await Promise.all([listener.close({ timeout: 60 }), closed])
  })

  it('drops connections in the TLS handshake at once', async () => {
    const listener = await listening(new EchoFactory('wss://127.0.0.1:0'), { tls: certificates().server })
    const socket = net.connect(listener.port!, '127.0.0.1')
    await once(socket, 'connect')
    socket.resume()
    // Accepted before: the server takes clients in their order.
    await connectWS(listeningTo(listener.url), { tls: { ca: certificates().ca } })
    await Promise.all([listener.close({ timeout: 60 }), once(socket, 'close')])
  })

  describe('with drop', () => {
    it('ends TCP behind what was sent before, without a close frame', async () => {
      const factory = new EchoFactory('ws://127.0.0.1:0')
      const listener = await listening(factory)
      const socket = await openedRaw(listener)
      const received: Buffer[] = []
      socket.on('data', chunk => received.push(chunk))
      const ended = once(socket, 'end')
      for (const protocol of factory.connections) protocol.sendMessage('last')
      const closing = listener.close({ drop: true })
      await ended
      socket.end()
      await closing
      expect([...Buffer.concat(received)]).toEqual([0x81, 4, ...Buffer.from('last')])
    })

    for (const scheme of ['ws', 'wss']) {
      it(`clients of ${scheme} see 1006, and the server that it was this side`, async () => {
        const ends: unknown[] = []
        class Told extends Echo {
          override onClose(wasClean: boolean, code: number): void {
            ends.push([wasClean, code, this.closeInfo?.by])
          }
        }
        const factory = new EchoFactory(`${scheme}://127.0.0.1:0`, { protocol: Told })
        const listener = await listening(factory, scheme === 'wss' ? { tls: certificates().server } : {})
        const client = await connectWS(listeningTo(listener.url), { tls: { ca: certificates().ca } })
        await listener.close({ drop: true })
        expect(await client.closed).toMatchObject({ code: 1006, wasClean: false })
        expect(ends).toEqual([[false, 1006, 'self']])
      })
    }

    it('drops at the deadline a client that takes nothing', async () => {
      const factory = new EchoFactory('ws://127.0.0.1:0', { maxUnsentSize: 0 })
      const listener = await listening(factory)
      const socket = await openedRaw(listener)
      socket.pause()
      for (const protocol of factory.connections) protocol.sendMessage(new Uint8Array(32 * 1024 * 1024))
      await listener.close({ drop: true, timeout: 0.05 })
      socket.destroy()
    })

    for (const options of [{ code: 1001 }, { reason: 'bye' }, { code: 1001, reason: '' }]) {
      it(`excludes ${Object.keys(options).join(' and ')}, and closes nothing then`, async () => {
        const listener = await listening(new EchoFactory('ws://127.0.0.1:0'))
        await expect(listener.close({ drop: true, ...options })).rejects.toThrow('the option drop sends no close frame')
        expect((await connectWS(listeningTo(listener.url))).isOpen).toBe(true)
      })
    }

    it('is true or false', async () => {
      const listener = await listening(new EchoFactory('ws://127.0.0.1:0'))
      await expect(listener.close({ drop: 1 as unknown as boolean })).rejects.toThrow('drop must be true or false, and not 1')
    })
  })

  it('drops at the deadline who does not answer', async () => {
    const clock = new FakeClock()
    const listener = await listening(new EchoFactory('ws://127.0.0.1:0', { closeHandshakeTimeout: 0 }), { clock })
    const socket = await openedRaw(listener)
    const closing = listener.close({ timeout: 0.1 })
    clock.advance(99)
    await new Promise(resolve => setImmediate(resolve))
    expect(listener.connectionCount).toBe(1)
    clock.advance(1)
    await closing
    expect(listener.connectionCount).toBe(0)
    socket.destroy()
  })

  it('drops at the deadline who is in the TLS handshake on a Unix socket, where nobody has an address', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'autobahn-ts-listener-'))
    const path = join(folder, 'tls.sock')
    const factory = new EchoFactory(undefined, { openHandshakeTimeout: 60 })
    const listener = await listening(factory, { path, tls: certificates().server })
    const sockets = [net.connect(path), net.connect(path)]
    await Promise.all(sockets.map(socket => once(socket, 'connect')))
    await connectWS(listeningTo(listener.url), { tls: { ca: certificates().ca } })
    await listener.close({ timeout: 0.05 })
    rmSync(folder, { recursive: true })
    for (const socket of sockets) socket.destroy()
  })

  it('leaves the other connections of the factory alone', async () => {
    const factory = new EchoFactory('ws://127.0.0.1:0')
    const [one, other] = [await listening(factory), await listening(factory)]
    const client = await connectWS<Listening>(listeningTo(other.url))
    await connectWS(listeningTo(one.url))
    await one.close()
    client.sendMessage('still there')
    expect(await client.next()).toBe('still there')
  })

  it('goes on when an application has overridden something that throws', async () => {
    class Stubborn extends Echo {
      override sendClose(): boolean {
        throw new Error('not me')
      }
    }
    const factory = new EchoFactory('ws://127.0.0.1:0', { protocol: Stubborn })
    const listener = await listening(factory)
    await Promise.all([connectWS(listeningTo(listener.url)), connectWS(listeningTo(listener.url))])
    await until(() => factory.connections.size === 2)
    await listener.close({ timeout: 0.05 })
    expect(factory.errors.map(error => error.message)).toEqual(['not me', 'not me'])
  })

  it('leaves nothing that would keep the process alive', async () => {
    const before = process.getActiveResourcesInfo().filter(isOurs).length
    const listener = await listening(new EchoFactory('wss://127.0.0.1:0'), { tls: certificates().server })
    const clients = Array.from({ length: 20 }, () => connectWS(listeningTo(listener.url), { tls: { ca: certificates().ca } }))
    const opened = await Promise.all(clients)
    await listener.close()
    await Promise.all(opened.map(client => client.closed))
    await until(() => process.getActiveResourcesInfo().filter(isOurs).length <= before)
  })

  it('is what `await using` calls', async () => {
    const listener = await listening(new EchoFactory('ws://127.0.0.1:0'))
    await listener[Symbol.asyncDispose]()
    await listener.closed
  })
})

async function listening(factory: EchoFactory, options?: ListenOptions): Promise<Listener> {
  const listener = await listenWS(factory, options)
  listeners.push(listener)
  return listener
}

/** A client through the handshake that then says nothing and hears nothing. */
async function openedRaw(listener: Listener): Promise<net.Socket> {
  const socket = net.connect({ port: listener.port!, host: '127.0.0.1', allowHalfOpen: true })
  socket.on('error', () => {})
  socket.write(upgradeRequest().replace('Host: localhost', `Host: 127.0.0.1:${listener.port}`))
  await once(socket, 'data')
  return socket
}

function isOurs(resource: string): boolean {
  return /^(TCP|TLS)/.test(resource)
}
