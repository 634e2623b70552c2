import { CborSerializer, JsonSerializer, MsgpackSerializer } from '@autobahn-ts/wamp/protocol'
import { dialTransport } from '../../../../wamp/src/node/dial-transport.ts'
import { relayTo } from '../../../../wamp/test/fixtures/relay.ts'
import { testMessageTransport } from '../../../../wamp/test/transports/transport-suite.ts'
import { certificates } from '../../../../websocket/test/fixtures/certificates.ts'
import { listening, socketPath } from '../../fixtures/listening.ts'

const serializers = [new JsonSerializer(), new MsgpackSerializer(), new CborSerializer()]

for (const serializer of serializers)
  for (const [scheme, garbage] of [
    ['rs', (): number[] => [0, 0, 0, 2, ...wrong(serializer)]],
    ['ws', (): number[] => [0x80 | (serializer.isBinary ? 2 : 1), 0x82, 0, 0, 0, 0, ...wrong(serializer)]],
    ['http', undefined],
  ] as const)
    testMessageTransport(
      `${scheme}: on the port of a router, ${serializer.name}`,
      async ({ client, server, clock, onError }) => {
        const listener = await listening({ serializers, ...server, clock, onError })
        const relay = await relayTo(listener.port)
        const url = `${scheme}://127.0.0.1:${relay.port}${scheme === 'http' ? '/lp' : ''}`
        const dialled = await dialTransport(url, { serializers: [serializer], ...client, clock, onError })
        return {
          client: dialled,
          server: await listener.next(),
          ...(garbage !== undefined && { sendGarbage: () => relay.inject(Uint8Array.from(garbage())) }),
          cutOff: () => relay.cut(),
          dispose: async () => {
            relay.close()
            await listener.listener.close({ timeout: 0 })
          },
        }
      },
      { isBounded: scheme === 'rs', ...(scheme === 'http' && { findsLostPeerIn: 60 }) },
    )

for (const scheme of ['rss', 'wss', 'https'] as const)
  testMessageTransport(
    `${scheme}: on the port of a router`,
    async ({ client, server, clock, onError }) => {
      const { ca, server: own } = certificates()
      const listener = await listening({ serializers, tls: own, ...server, clock, onError })
      const relay = await relayTo(listener.port)
      const url = `${scheme}://localhost:${relay.port}${scheme === 'https' ? '/lp' : ''}`
      const dialled = await dialTransport(url, { serializers: [serializers[0]!], tls: { ca }, ...client, clock, onError })
      return {
        client: dialled,
        server: await listener.next(),
        cutOff: () => relay.cut(),
        dispose: async () => {
          relay.close()
          await listener.listener.close({ timeout: 0 })
        },
      }
    },
    { isBounded: scheme === 'rss', looksClosed: scheme === 'rss', ...(scheme === 'https' && { findsLostPeerIn: 60 }) },
  )

for (const scheme of ['unix', 'ws+unix'] as const)
  testMessageTransport(
    `${scheme}: of a router`,
    async ({ client, server, clock, onError }) => {
      const path = socketPath()
      const listener = await listening({ serializers, socketPath: path, ...server, clock, onError })
      const dialled = await dialTransport(`${scheme}:${path}`, { serializers: [serializers[1]!], ...client, clock, onError })
      return { client: dialled, server: await listener.next(), dispose: () => listener.listener.close({ timeout: 0 }) }
    },
    { isBounded: scheme === 'unix', looksClosed: scheme === 'unix' },
  )

/** Two octets that are not a message. */
function wrong({ isBinary }: { readonly isBinary: boolean }): number[] {
  return isBinary ? [0xc1, 0xff] : [0x5b, 0x5b]
}
