import { defaultsOf } from '@autobahn-ts/websocket/portable'
import { FakeClock, listenInMemory } from '@autobahn-ts/websocket/testing'
import { expect, it } from 'vitest'
import { JsonSerializer } from '../../src/serializers/json.ts'
import type { MessageTransport } from '../../src/transports/message-transport.ts'
import { transportOptions } from '../../src/transports/transport-options.ts'
import { webSocketServerFactory } from '../../src/transports/websocket-server.ts'
import { webSocketPair } from '../fixtures/transport-pairs.ts'

it('accepts the first subprotocol of the client that the router speaks', async () => {
  const { server } = await webSocketPair({ clock: new FakeClock(), onError: () => {}, serializer: new JsonSerializer(), isBatched: true })
  expect(server.format.serializer).toBe('json')
  server.abort('done')
})

for (const offered of [[], ['wamp'], ['wamp.2.cbor', 'wamp.2.json.batched']])
  it(`refuses a client that offers ${offered.join(', ') || 'nothing'}`, async () => {
    const { factory, accepted } = made()
    const { peer, clock } = listenInMemory(factory).connectRaw()
    peer.write(request(offered))
    await clock.settle()
    const answer = new TextDecoder().decode(peer.received)
    expect(answer).toMatch(/^HTTP\/1\.1 400 /)
    expect(answer).toContain('this router speaks wamp.2.json; the client offered')
    expect(accepted).toEqual([])
  })

it('closes with 1011 and reports where the router throws at a transport', async () => {
  const errors: Error[] = []
  const { factory } = made(
    error => void errors.push(error),
    () => {
      throw new Error('a bug in a router')
    },
  )
  const { peer, clock } = listenInMemory(factory).connectRaw()
  peer.write(request(['wamp.2.json']))
  await clock.settle()
  expect(peer.frames.map(String)).toEqual(['close 1011 internal error'])
  expect(errors.map(each => each.message)).toEqual(['a bug in a router'])
})

it('reads a few KiB of a session that is not read, and answers pings among them, but nothing behind that', async () => {
  const { factory, accepted } = made()
  const { peer, clock } = listenInMemory(factory).connectRaw()
  peer.write(request(['wamp.2.json']))
  await clock.settle()
  const messages = (count: number): void => {
    for (let n = 0; n < count; n++) peer.writeFrame({ opcode: 1, payload: `[5,${n},"${'x'.repeat(1000)}"]` })
  }
  accepted[0]!.pause()
  messages(3)
  peer.writeFrame({ opcode: 9, payload: 'first' })
  await clock.settle()
  expect(peer.frames.map(String)).toEqual(['pong first'])
  messages(3)
  peer.writeFrame({ opcode: 9, payload: 'second' })
  await clock.settle()
  expect(peer.frames.map(String)).toEqual(['pong first'])
})

function made(onError: (error: Error) => void = () => {}, accept?: (transport: MessageTransport) => void) {
  const accepted: MessageTransport[] = []
  const factory = webSocketServerFactory({
    spoken: { serializers: [new JsonSerializer()], isBatched: false },
    limits: defaultsOf(transportOptions),
    clock: new FakeClock(),
    accept: accept ?? (transport => void accepted.push(transport)),
    onError,
  })
  return { factory, accepted }
}

function request(offered: readonly string[]): string {
  const protocols = offered.length === 0 ? '' : `Sec-WebSocket-Protocol: ${offered.join(', ')}\r\n`
  return `GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n${protocols}\r\n`
}
