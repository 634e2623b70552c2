import { WebSocket } from 'undici'
import { describe, expect, it } from 'vitest'
import { dialTransport } from '../../src/browser/dial-transport.ts'
import { JsonSerializer } from '../../src/serializers/json.ts'
import { relayTo } from '../fixtures/relay.ts'
import { webSocketServing } from '../fixtures/serving.ts'
import { Recorder } from '../transports/recorder.ts'
import { event, testMessageTransport, turn } from '../transports/transport-suite.ts'

const shared = new JsonSerializer()
const socketClass = WebSocket as never

for (const batched of [false, true])
  testMessageTransport(
    `the platform's WebSocket${batched ? ', batched' : ''}`,
    async ({ client, server, clock, onError }) => {
      const served = await webSocketServing(shared, { batched, limits: server, clock, onError })
      const relay = await relayTo(served.port)
      const dialled = await dialTransport(`ws://127.0.0.1:${relay.port}`, {
        serializers: [shared],
        batched,
        ...client,
        socketClass,
        onError,
      })
      return {
        client: dialled,
        server: await served.transport,
        cutOff: () => relay.cut(),
        dispose: async () => {
          relay.close()
          await served.listener.close({ timeout: 0 })
        },
      }
    },
    { isPage: true, looksClosed: true },
  )

describe('dialTransport of a page', () => {
  it('lets messages wait while it is paused, in order', async () => {
    const served = await webSocketServing(shared)
    const client = await dialTransport(served.url, { serializers: [shared], socketClass })
    const server = await served.transport
    Recorder.of(server)
    const atClient = Recorder.of(client)
    atClient.took = () => client.pause()
    for (const id of [1, 2, 3]) server.send(event(id))
    await atClient.count(1)
    await turn()
    expect(atClient.messages.length).toBe(1)
    client.resume()
    await atClient.count(2)
    atClient.took = () => {}
    client.resume()
    expect((await atClient.count(3)).map(message => message[2])).toEqual([1, 2, 3])
    await served.listener.close({ timeout: 0 })
  })

  it('tells of the router by its URL', async () => {
    const served = await webSocketServing(shared)
    const client = await dialTransport(served.url, { serializers: [shared], socketClass })
    expect(client.details).toEqual({ kind: 'websocket', peer: `127.0.0.1:${served.port}`, isSecure: false, headers: {} })
    await served.listener.close({ timeout: 0 })
  })

  for (const [what, call, says] of [
    ['a URL that is not a text', () => dialTransport(5 as never, { serializers: [shared] }), "a router's URL must be a string"],
    ['no options', () => dialTransport('ws://a', undefined as never), 'the options of dialTransport must be an object'],
    ['no serializers', () => dialTransport('ws://a', {} as never), 'option serializers must be a list'],
    [
      'a misspelt option',
      () => dialTransport('ws://a', { serializers: [shared], maxMesageSize: 600 } as never),
      'did you mean maxMessageSize?',
    ],
  ] as const) {
    it(`rejects ${what}`, async () => {
      await expect(call()).rejects.toMatchObject({ name: 'ApiMisuse', message: expect.stringContaining(says) })
    })
  }
})
