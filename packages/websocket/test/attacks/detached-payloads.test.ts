import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import type * as Library from '../../src/index.ts'
import { certificates } from '../fixtures/certificates.ts'
import { until } from '../fixtures/until.ts'

type Fast = 'on' | 'off'

/** The library as two processes would have it, one with the fast paths and one without. */
const libraries: Readonly<Record<Fast, typeof Library>> = { on: await loaded('on'), off: await loaded('off') }

const closing: (() => unknown)[] = []

afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})
afterAll(() => vi.resetModules())

/** Sends the octets, in one of the ways that take them by reference. They are detached right afterwards. */
type Send = (protocol: Library.WebSocketServerProtocol, octets: Uint8Array) => unknown

const ways: readonly (readonly [string, Send])[] = [
  ['a message', (protocol, octets) => protocol.sendMessage(octets)],
  ['a frame', (protocol, octets) => [protocol.beginMessage(true), protocol.sendMessageFrame(octets, { final: true })]],
  [
    'octets of a frame',
    (protocol, octets) => [protocol.beginMessage(true), protocol.beginMessageFrame(octets.length), protocol.sendMessageFrameData(octets)],
  ],
  ['a message behind others', (protocol, octets) => [protocol.sendMessage('first'), protocol.sendMessage(octets)]],
  ['a message in fragments', (protocol, octets) => protocol.sendMessage(octets, true, { fragmentSize: 10_000 })],
]

for (const fast of ['on', 'off'] as const) {
  for (const secure of [false, true]) {
    describe(`a payload that is detached after it was sent, over ${secure ? 'TLS' : 'TCP'}, fast paths ${fast}`, () => {
      for (const [what, send] of ways) {
        it(`fails its own connection, and no header goes out without it: ${what}`, async () => {
          const { server, errors, first, other, broadcast } = await served(fast, secure)
          const octets = new Uint8Array(20_000).fill(7)
          send(server, octets)
          structuredClone(octets, { transfer: [octets.buffer] })
          broadcast('still there')
          await until(() => other.got.length === 1 && first.hasEnded && server.closeInfo !== undefined)
          expect(other.got).toEqual(['still there'])
          expect(errors).toEqual([expect.objectContaining({ name: 'ApiMisuse', message: expect.stringContaining('was detached') })])
          expect(server.closeInfo).toMatchObject({ by: 'self', cause: errors[0] })
          // whole messages that were sent before it, at most, and no octet of what came behind it
          expect(first.got.filter(message => message !== 'first')).toEqual([])
        })
      }

      it('fails its connection also where it waited behind what the peer did not take', async () => {
        const { server, errors, first, other, broadcast } = await served(fast, secure)
        first.pause()
        while (server.bufferedAmount < 4 * 2 ** 20) {
          server.sendMessage(new Uint8Array(2 ** 20).fill(1))
          await new Promise(resolve => setImmediate(resolve))
        }
        const octets = new Uint8Array(20_000).fill(7)
        server.sendMessage(octets)
        await new Promise(resolve => setImmediate(resolve))
        structuredClone(octets, { transfer: [octets.buffer] })
        server.sendMessage('behind it')
        first.resume()
        await until(() => first.hasEnded)
        expect(errors).toEqual([expect.objectContaining({ name: 'ApiMisuse', message: expect.stringContaining('was detached') })])
        expect(first.got.every(message => message instanceof Uint8Array && message.length === 2 ** 20)).toBe(true)
        broadcast('still there')
        await until(() => other.got.length === 1)
      })

      it('is not a fault where it was prepared or broadcast, because those have a copy', async () => {
        const { server, errors, first, other, broadcast } = await served(fast, secure)
        const octets = new Uint8Array(20_000).fill(7)
        const prepared = server.factory.prepareMessage(octets)
        broadcast(octets)
        structuredClone(octets, { transfer: [octets.buffer] })
        server.sendPreparedMessage(prepared)
        await until(() => first.got.length === 2 && other.got.length === 1)
        const wanted = new Uint8Array(20_000).fill(7)
        expect({ first: first.got, other: other.got, errors }).toEqual({ first: [wanted, wanted], other: [wanted], errors: [] })
      })

      it('is not a fault once `bufferedAmount` is 0', async () => {
        const { server, errors, first } = await served(fast, secure)
        const octets = new Uint8Array(20_000).fill(7)
        server.sendMessage(octets)
        await until(() => server.bufferedAmount === 0)
        structuredClone(octets, { transfer: [octets.buffer] })
        server.sendMessage('behind it')
        await until(() => first.got.length === 2)
        expect([first.got, errors]).toEqual([[new Uint8Array(20_000).fill(7), 'behind it'], []])
      })
    })
  }
}

interface Reader {
  readonly got: (string | Uint8Array)[]
  readonly hasEnded: boolean
  pause(): void
  resume(): void
}

/** A server with two clients: one whose connection the test uses, and another one. */
async function served(fast: Fast, secure: boolean) {
  const { connectWS, listenWS, WebSocketClientFactory, WebSocketClientProtocol, WebSocketServerFactory, WebSocketServerProtocol } =
    libraries[fast]
  const { ca, server: pem } = certificates()
  const opened: Library.WebSocketServerProtocol[] = []
  class Serving extends WebSocketServerProtocol {
    override onOpen(): void {
      opened.push(this)
    }
  }
  const errors: Error[] = []
  const scheme = secure ? 'wss' : 'ws'
  const factory = new WebSocketServerFactory(`${scheme}://127.0.0.1:0`, { protocol: Serving, failLingerTimeout: 0.1 })
  factory.onError = error => void errors.push(error)
  const listener = await listenWS(factory, secure ? { tls: pem } : {})
  closing.push(() => listener.close({ timeout: 0 }))

  const connect = async (): Promise<Reader> => {
    const got: (string | Uint8Array)[] = []
    let hasEnded = false
    class Reading extends WebSocketClientProtocol {
      override onMessage(payload: Uint8Array, isBinary: boolean): void {
        got.push(isBinary ? Uint8Array.from(payload) : new TextDecoder().decode(payload))
      }
      override onClose(): void {
        hasEnded = true
      }
    }
    const url = `${scheme}://127.0.0.1:${listener.port}`
    const client = await connectWS(new WebSocketClientFactory(url, { protocol: Reading }), secure ? { tls: { ca } } : {})
    await client.opened
    return {
      got,
      pause: () => client.pauseReceiving(),
      resume: () => client.resumeReceiving(),
      get hasEnded() {
        return hasEnded
      },
    }
  }
  const first = await connect()
  await until(() => opened.length === 1)
  const other = await connect()
  await until(() => opened.length === 2)
  const broadcast = (message: string | Uint8Array): void => void factory.broadcast(message)
  return { server: opened[0]!, errors, first, other, broadcast }
}

async function loaded(fast: Fast): Promise<typeof Library> {
  vi.stubEnv('AUTOBAHN_TS_FAST_PATHS', fast)
  vi.resetModules()
  const library = await import('../../src/index.ts')
  vi.unstubAllEnvs()
  return library
}
