import { type Listener, listenWS } from '@autobahn-ts/websocket'
import { defaultsOf } from '@autobahn-ts/websocket/portable'
import { afterEach, describe, expect, it } from 'vitest'
import type { Message } from '../../src/messages/message.ts'
import { MessageType } from '../../src/messages/message-type.ts'
import { connect } from '../../src/node/connect.ts'
import { transportClock } from '../../src/node/transport-clock.ts'
import { JsonSerializer } from '../../src/serializers/json.ts'
import type { MessageTransport } from '../../src/transports/message-transport.ts'
import { transportOptions } from '../../src/transports/transport-options.ts'
import { webSocketServerFactory } from '../../src/transports/websocket-server.ts'

const listeners: Listener[] = []

afterEach(async () => {
  for (const listener of listeners.splice(0)) await listener.close({ timeout: 0 })
})

describe('connect', () => {
  it('joins over a WebSocket, calls, and closes', async () => {
    const router = await echoing()
    const client = await connect(router.url, { realm: 'realm1' })
    expect(client.session).toMatchObject({ id: 7, realm: 'realm1' })
    expect(await client.call('com.example.echo', ['ä', new Uint8Array([1, 2])])).toEqual(['ä', new Uint8Array([1, 2])])
    await client.close()
    expect(router.transports[0]?.details.headers).toHaveProperty('upgrade', 'websocket')
  })

  it('asks a function for the URL for each connection, and comes back', async () => {
    const router = await echoing()
    let asked = 0
    const joined: number[] = []
    const client = await connect(async () => `${router.url}/?token=${++asked}`, {
      realm: 'realm1',
      reconnect: { initialDelay: 0 },
      onJoin: () => joined.push(asked),
    })
    router.transports[0]?.abort('a test')
    while (joined.length < 2) await client.call('com.example.echo', [1], {}, { waitForSession: 10_000 }).catch(() => undefined)
    expect(joined).toEqual([1, 2])
    await client.close()
  })

  it('rejects where there is no router', async () => {
    await expect(connect('ws://127.0.0.1:1', { realm: 'realm1' })).rejects.toMatchObject({ name: 'HandshakeFailed' })
  })

  it.each([
    ['ws://127.0.0.1:1', undefined, 'the options of connect must be an object'],
    ['ws://127.0.0.1:1', {}, 'option realm must be a URI'],
    ['ws://127.0.0.1:1', { realm: 'a', retryfirst: true }, 'did you mean retryFirst?'],
    ['ws://127.0.0.1:1', { realm: 'a', serializers: [], retryFirst: true }, 'serializers'],
    ['ws://127.0.0.1:1', { realm: 'a', transport: { header: {} }, retryFirst: true }, 'did you mean headers?'],
    ['ftp://127.0.0.1:1', { realm: 'a', retryFirst: true }, "a router's URL begins with one of"],
  ])('rejects misuse: %s %j', async (url, options, message) => {
    await expect(connect(url, options as never)).rejects.toMatchObject({ name: 'ApiMisuse', message: expect.stringContaining(message) })
  })
})

/** A router on loopback that lets everyone in and answers calls with their arguments. */
async function echoing(): Promise<{ readonly url: string; readonly transports: MessageTransport[] }> {
  const transports: MessageTransport[] = []
  const factory = webSocketServerFactory({
    spoken: { serializers: [new JsonSerializer()], isBatched: false },
    limits: defaultsOf(transportOptions),
    clock: transportClock(undefined),
    onError: error => expect.unreachable(error.message),
    accept: transport => {
      transports.push(transport)
      transport.open({
        onMessage: message => answer(transport, message),
        onViolation: violation => expect.unreachable(violation.message),
        onWritable: () => {},
        onClosed: () => {},
      })
    },
  })
  const listener = await listenWS(factory, { port: 0, host: '127.0.0.1' })
  listeners.push(listener)
  return { url: `ws://127.0.0.1:${listener.port}`, transports }
}

function answer(transport: MessageTransport, message: Message): void {
  const { HELLO, WELCOME, CALL, RESULT, GOODBYE } = MessageType
  if (message[0] === HELLO) transport.send([WELCOME, 7, { roles: { dealer: {} } }])
  else if (message[0] === CALL) transport.send([RESULT, message[1], {}, { args: [message[4]?.args], kwargs: {} }])
  else if (message[0] === GOODBYE) transport.send([GOODBYE, {}, 'wamp.close.goodbye_and_out'])
}
