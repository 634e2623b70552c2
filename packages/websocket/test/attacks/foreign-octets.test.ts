import { afterEach, describe, expect, it } from 'vitest'
import {
  connectWS,
  listenWS,
  type Octets,
  type ServerFactoryOptions,
  WebSocketClientFactory,
  WebSocketClientProtocol,
  WebSocketServerFactory,
  WebSocketServerProtocol,
} from '../../src/index.ts'
import { certificates } from '../fixtures/certificates.ts'
import { until } from '../fixtures/until.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const clean of cleanups.splice(0)) await clean()
})

/** Lengths on both sides of each border at which memory is made in another way. */
const lengths = [14, 64, 65, 66, 100, 125, 126, 512, 513, 1000, 2048, 2049, 4096, 8192, 20_000, 70_000]
const secret = 'VICTIM-SECRET-'

for (const isSecure of [false, true]) {
  describe(`What an application is given, over ${isSecure ? 'TLS' : 'TCP'}`, () => {
    for (const [tier, protocol] of Object.entries(tiers())) {
      it(`has no octets of another connection behind it: ${tier}`, async () => {
        const buffers: ArrayBufferLike[] = []
        const { connect } = await listening(
          isSecure,
          protocol(octets => void buffers.push(octets.buffer)),
        )
        const victim = await connect()
        const other = await connect()
        for (const length of lengths) {
          await sendEverything(victim, Buffer.alloc(length, secret))
          buffers.length = 0
          await sendEverything(other, Buffer.alloc(length, 'x'))
          const shown = buffers.filter(buffer => Buffer.from(buffer).includes(secret))
          expect({ length, hasBuffers: buffers.length > 0, shown }).toEqual({ length, hasBuffers: true, shown: [] })
        }
      })

      it(`can be transferred, and what follows still arrives: ${tier}`, async () => {
        const moved: Octets[] = []
        const { connect } = await listening(
          isSecure,
          protocol(octets => void moved.push(structuredClone(octets, { transfer: [octets.buffer as ArrayBuffer] }))),
        )
        const client = await connect()
        const wanted = lengths.map((length, i) => Buffer.alloc(length, i + 1))
        for (const payload of wanted) await sendEverything(client, payload)
        for (const payload of wanted) client.sendMessage(payload, true)
        await roundTrip(client)
        const whole = Buffer.concat(moved)
        for (const [i, { length }] of wanted.entries()) {
          const times = length <= 125 ? 4 : 2
          expect(whole.filter(octet => octet === i + 1).length).toBe(times * length)
        }
      })
    }

    it('has no octets of another connection behind it where a tap looks at the wire', async () => {
      const buffers: ArrayBufferLike[] = []
      const keep = (octets: Octets): void => void buffers.push(octets.buffer)
      const { connect } = await listening(isSecure, Echo, { wireTap: { octetsReceived: keep, octetsSent: keep } })
      const victim = await connect()
      const other = await connect()
      for (const length of lengths) {
        await sendEverything(victim, Buffer.alloc(length, secret))
        buffers.length = 0
        await sendEverything(other, Buffer.alloc(length, 'x'))
        expect({ length, hasBuffers: buffers.length > 0, showing: buffers.filter(buffer => Buffer.from(buffer).includes(secret)) }).toEqual(
          { length, hasBuffers: true, showing: [] },
        )
      }
    })
  })
}

type Take = (octets: Octets) => void

class Echo extends WebSocketServerProtocol {
  override onMessage(payload: Octets, isBinary: boolean): void {
    this.sendMessage(payload, isBinary)
  }
}

/** Protocols that hand to `take` everything that they are given, one for each way in which messages come. */
function tiers(): Record<string, (take: Take) => new () => WebSocketServerProtocol> {
  return {
    'whole messages, pings and pongs': take =>
      class extends Controls {
        readonly take = take
        override onMessage(payload: Octets): void {
          take(payload)
        }
      },
    frames: take =>
      class extends Controls {
        readonly take = take
        override onMessageFrame(payload: Octets): void {
          take(payload)
        }
      },
    'pieces of frames': take =>
      class extends Controls {
        readonly take = take
        override onMessageFrameData(payload: Octets): void {
          take(payload)
        }
      },
    'whole messages beside a frame hook': take =>
      class extends Controls {
        readonly take = take
        override onMessageFrameBegin(): void {}
        override onMessage(payload: Octets): void {
          take(payload)
        }
      },
    'binary messages beside texts': take =>
      class extends Controls {
        readonly take = take
        override onTextMessage(): void {}
        override onMessage(payload: Octets): void {
          take(payload)
        }
      },
  }
}

abstract class Controls extends WebSocketServerProtocol {
  abstract readonly take: Take

  override onPing(payload: Octets): void {
    super.onPing(payload)
    if (payload.length > 1) this.take(payload)
  }

  override onPong(payload: Octets): void {
    this.take(payload)
  }
}

class Client extends WebSocketClientProtocol {
  roundTrips = 0

  override onPong(payload: Octets): void {
    if (payload.length === 1) this.roundTrips++
  }
}

/** A message in one frame, as a ping and a pong where it is short enough, and waits until all of it was worked off. */
async function sendEverything(client: Client, payload: Octets): Promise<void> {
  client.sendMessage(payload, true)
  if (payload.length <= 125) {
    client.sendPing(payload)
    client.sendPong(payload)
  }
  await roundTrip(client)
}

async function roundTrip(client: Client): Promise<void> {
  const before = client.roundTrips
  client.sendPing(Uint8Array.of(0))
  await until(() => client.roundTrips > before)
}

async function listening(isSecure: boolean, protocol: new () => WebSocketServerProtocol, options: ServerFactoryOptions = {}) {
  const server = new WebSocketServerFactory(`${isSecure ? 'wss' : 'ws'}://localhost:0`, { protocol, ...options })
  const errors: Error[] = []
  server.onError = error => void errors.push(error)
  const listener = await listenWS(server, isSecure ? { tls: certificates().server } : {})
  cleanups.push(() => listener.close({ timeout: 0 }))
  cleanups.push(() => expect(errors).toEqual([]))
  const connect = (): Promise<Client> => {
    const factory = new WebSocketClientFactory(`${isSecure ? 'wss' : 'ws'}://localhost:${listener.port}`, { protocol: Client })
    return connectWS<Client>(factory, isSecure ? { tls: { ca: certificates().ca } } : {})
  }
  return { connect }
}
