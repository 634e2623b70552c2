import type { Socket } from 'node:net'
import { connect as connectTcp } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocketServerFactory } from '../../src/application/server-factory.ts'
import { listenWS } from '../../src/node/edge/listen-ws.ts'
import type { Listener } from '../../src/node/edge/listener.ts'
import { serve } from '../../src/node/edge/serve.ts'
import type { CloseInfo } from '../../src/protocol/life/close-info.ts'
import { FakeClock } from '../../src/testing/fake-clock.ts'
import { certificates } from '../fixtures/certificates.ts'
import { Echo, upgradeRequest } from '../fixtures/echo.ts'
import { until } from '../fixtures/until.ts'

const size = 24 * 1024 * 1024
const listeners: Listener[] = []
afterEach(async () => {
  await Promise.all(listeners.splice(0).map(listener => listener.close({ timeout: 0 })))
})

for (const isSecure of [false, true]) {
  for (const style of ['class', 'function'] as const) {
    describe(`a client that reads slowly, ${isSecure ? 'TLS' : 'TCP'}, ${style} style`, () => {
      it('gets everything that was sent before the close frame, and the close frame', async () => {
        const { peer, clock, ended } = await sending(isSecure, style)
        await readInSteps(peer, clock)
        const [header, code] = [peer.received.at(-4), peer.received.subarray(-2).readUInt16BE()]
        expect([header, code]).toEqual([0x88, 1000])
        peer.socket.write(Uint8Array.of(0x88, 0x82, 0, 0, 0, 0, 3, 232))
        expect(await ended).toMatchObject({ code: 1000, wasClean: true })
      })

      it('is ended when it reads nothing any more', async () => {
        const { clock, ended, peer } = await sending(isSecure, style)
        peer.socket.pause()
        for (let second = 0; second < 200; second++) {
          clock.advance(1000)
          await new Promise(resolve => setImmediate(resolve))
        }
        expect(await ended).toMatchObject({ code: 1006, wasClean: false })
        peer.socket.destroy()
      })
    })
  }
}

interface Peer {
  readonly socket: Socket
  /** The last octets that came. */
  received: Buffer
  count: number
}

/** A server sends a large message and closes; its deadlines run by the clock. */
async function sending(isSecure: boolean, style: 'class' | 'function') {
  const clock = new FakeClock()
  const { server: certificate } = certificates()
  const options = { host: '127.0.0.1', port: 0, clock, ...(isSecure && { tls: certificate }) }
  const ended = promised<CloseInfo>()
  class Server extends Echo {
    override onOpen(): void {
      this.sendMessage(new Uint8Array(size))
      this.sendClose(1000)
    }
    override onClose(): void {
      ended.resolve(this.closeInfo!)
    }
  }
  const listener =
    style === 'class'
      ? await listenWS(new WebSocketServerFactory(undefined, { protocol: Server }), options)
      : await serve(options, async ws => {
          void ws.closed.then(ended.resolve)
          void ws.send(new Uint8Array(size))
          void ws.close()
          await ws.closed
        })
  listeners.push(listener)
  const to = { host: '127.0.0.1', port: listener.port! }
  const socket = isSecure ? connectTls({ ...to, rejectUnauthorized: false }) : connectTcp(to)
  const peer: Peer = { socket, received: Buffer.alloc(0), count: 0 }
  socket.on('error', () => undefined)
  socket.on('data', chunk => {
    peer.count += chunk.length
    peer.received = Buffer.concat([peer.received, chunk]).subarray(-64)
  })
  socket.write(upgradeRequest())
  await until(() => peer.count > 0)
  return { clock, peer, ended: ended.promise }
}

/** Reads a few MiB, then nothing for two seconds of the server's time, until everything is there. */
async function readInSteps(peer: Peer, clock: FakeClock): Promise<void> {
  while (peer.count < size) {
    const before = peer.count
    peer.socket.resume()
    await until(() => peer.count >= Math.min(before + 4 * 1024 * 1024, size))
    peer.socket.pause()
    clock.advance(2000)
  }
  peer.socket.resume()
  await until(() => peer.received.at(-4) === 0x88)
}

function promised<T>(): { readonly promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined
  const promise = new Promise<T>(settle => {
    resolve = settle
  })
  return { promise, resolve }
}
