import { afterEach, describe, expect, it } from 'vitest'
import {
  ApiMisuse,
  connectWS,
  listenWS,
  type Octets,
  permessageDeflate,
  WebSocketClientFactory,
  WebSocketClientProtocol,
  WebSocketServerFactory,
  WebSocketServerProtocol,
} from '../../src/index.ts'
import { certificates } from '../fixtures/certificates.ts'
import { goneOctets, notOctets, unusualOctets } from '../fixtures/lying-octets.ts'
import { until } from '../fixtures/until.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const clean of cleanups.splice(0)) await clean()
})

/** Every way in which a server is given octets to send. */
const entrances: Record<string, (server: Server, octets: Octets) => unknown> = {
  sendMessage: (server, octets) => server.sendMessage(octets, true),
  'sendMessage in fragments': (server, octets) => server.sendMessage(octets, true, { fragmentSize: 8192 }),
  sendMessageFrame: (server, octets) => {
    server.beginMessage(true)
    server.sendMessageFrame(octets, { final: true })
  },
  sendMessageFrameData: (server, octets) => {
    server.beginMessage(true)
    server.beginMessageFrame(length)
    server.sendMessageFrameData(octets)
    server.endMessage()
  },
  sendPreparedMessage: (server, octets) => server.sendPreparedMessage(server.factory.prepareMessage(octets)),
  broadcast: (server, octets) => server.factory.broadcast(octets),
}
const controls: Record<string, (server: Server, octets: Octets) => unknown> = {
  sendPing: (server, octets) => server.sendPing(octets),
  sendPong: (server, octets) => server.sendPong(octets),
}
const length = 20_000

for (const [transport, { isSecure = false, isCompressed = false }] of Object.entries({
  TCP: {},
  TLS: { isSecure: true },
  'TCP with compression': { isCompressed: true },
})) {
  describe(`A server over ${transport}`, () => {
    for (const [entrance, send] of Object.entries(entrances)) {
      it(`sends what is really there, by ${entrance}`, async () => {
        const { server, client } = await connected(isSecure, isCompressed)
        for (const octets of Object.values(unusualOctets(length))) {
          send(server, octets)
          await until(() => client.messages.length > 0)
          const [received] = client.messages.splice(0)
          expect([received!.length, received!.every(octet => octet === 7)]).toEqual([length, true])
        }
      })
    }

    for (const [entrance, send] of Object.entries(controls)) {
      it(`sends what is really there, by ${entrance}`, async () => {
        const { server, client } = await connected(isSecure, isCompressed)
        for (const octets of Object.values(unusualOctets(100))) {
          send(server, octets)
          await until(() => client.controls.length > 0)
          expect([...client.controls.splice(0)[0]!]).toEqual(Array(100).fill(7))
        }
      })
    }

    it('refuses everything else at once, and the connection stays as it was', async () => {
      const { server, client } = await connected(isSecure, isCompressed)
      for (const [size, sends] of [
        [length, entrances],
        [100, controls],
      ] as const) {
        for (const [entrance, send] of Object.entries(sends)) {
          if (entrance.startsWith('sendMessageFrame')) continue
          for (const [what, value] of [...Object.entries(notOctets(size)), ...Object.entries(goneOctets(size))]) {
            expect(() => send(server, value as Octets), `${entrance} of ${what}`).toThrow(ApiMisuse)
          }
        }
      }
      server.beginMessage(true)
      for (const value of [...Object.values(notOctets(length)), ...Object.values(goneOctets(length))]) {
        expect(() => server.sendMessageFrame(value as Octets)).toThrow(ApiMisuse)
      }
      server.beginMessageFrame(3)
      for (const value of [...Object.values(notOctets(length)), ...Object.values(goneOctets(length))]) {
        expect(() => server.sendMessageFrameData(value as Octets)).toThrow(ApiMisuse)
      }
      server.sendMessageFrameData(Uint8Array.of(1, 2, 3))
      server.endMessage()
      await until(() => client.messages.length > 0)
      expect([client.messages.map(octets => [...octets]), client.controls]).toEqual([[[1, 2, 3]], []])
    })
  })
}

class Server extends WebSocketServerProtocol {
  override onOpen(): void {
    opened = this
  }
}

let opened: Server | undefined

class Client extends WebSocketClientProtocol {
  readonly messages: Octets[] = []
  readonly controls: Octets[] = []

  override onMessage(payload: Octets): void {
    this.messages.push(payload)
  }

  override onPing(payload: Octets): void {
    this.controls.push(payload)
  }

  override onPong(payload: Octets): void {
    this.controls.push(payload)
  }
}

async function connected(isSecure: boolean, isCompressed: boolean): Promise<{ server: Server; client: Client }> {
  const extensions = isCompressed ? [permessageDeflate()] : []
  const listening = new WebSocketServerFactory(`${isSecure ? 'wss' : 'ws'}://localhost:0`, { protocol: Server, extensions })
  const listener = await listenWS(listening, isSecure ? { tls: certificates().server } : {})
  cleanups.push(() => listener.close({ timeout: 0 }))
  const factory = new WebSocketClientFactory(`${isSecure ? 'wss' : 'ws'}://localhost:${listener.port}`, { protocol: Client, extensions })
  const client = await connectWS<Client>(factory, isSecure ? { tls: { ca: certificates().ca } } : {})
  await until(() => opened !== undefined)
  const server = opened!
  opened = undefined
  return { server, client }
}
