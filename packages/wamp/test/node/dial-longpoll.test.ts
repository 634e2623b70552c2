import { describe, expect, it } from 'vitest'
import { dialTransport } from '../../src/node/dial-transport.ts'
import { JsonSerializer } from '../../src/serializers/json.ts'
import { longPollServing } from '../fixtures/serving.ts'
import { Recorder } from '../transports/recorder.ts'
import { event, testMessageTransport } from '../transports/transport-suite.ts'

const shared = new JsonSerializer()

for (const batched of [false, true])
  testMessageTransport(
    `long-poll${batched ? ', batched' : ''}, over HTTP`,
    async ({ client, server, clock, onError }) => {
      const served = await longPollServing(shared, { batched, limits: server, clock, onError })
      const dialled = await dialTransport(served.url, { serializers: [shared], batched, ...client, clock, onError })
      return { client: dialled, server: served.accepted[0]!, cutOff: served.cut, dispose: served.close }
    },
    { findsLostPeerIn: 60 },
  )

describe('dialTransport by long-poll', () => {
  it('sends its headers with each request, and a body of JSON', async () => {
    const served = await longPollServing(shared)
    const client = await dialTransport(`${served.url}/`, { serializers: [shared], headers: { Authorization: 'Bearer a' } })
    const recorder = Recorder.of(served.accepted[0]!)
    client.send(event(1))
    await recorder.count(1)
    expect(served.requests.length).toBeGreaterThan(1)
    for (const { headers } of served.requests)
      expect(headers).toMatchObject({ authorization: 'Bearer a', 'content-type': 'application/json; charset=utf-8' })
    expect(client.details).toMatchObject({ kind: 'longpoll', isSecure: false, peer: new URL(served.url).host })
    client.abort('done')
    served.close()
  })

  it('leaves no connection behind when it is closed', async () => {
    const served = await longPollServing(shared)
    const client = await dialTransport(served.url, { serializers: [shared] })
    const [atClient, atServer] = [Recorder.of(client), Recorder.of(served.accepted[0]!)]
    client.close()
    await atServer.closed()
    await atClient.closed()
    await Promise.all(served.requests.map(({ socket }) => socket.destroyed || new Promise(resolve => socket.once('close', resolve))))
    served.close()
  })

  it('rejects where nothing listens, with the cause', async () => {
    const served = await longPollServing(shared)
    served.close()
    const dialling = dialTransport(served.url, { serializers: [shared] })
    await expect(dialling).rejects.toMatchObject({ name: 'HandshakeFailed', cause: { code: 'ECONNREFUSED' } })
  })

  for (const [what, url, options, says] of [
    ['a URL that is not one', 'http://', {}, 'the URL of a router must be one'],
    ['credentials in the URL', 'http://a:b@c/lp', {}, 'has no user name'],
    ['a query', 'http://a/lp?x=1', {}, 'has no query'],
    ['a proxy', 'http://a/lp', { proxy: 'env' }, 'the option proxy is not for long-poll'],
    ['options of WebSocket', 'http://a/lp', { websocket: { autoPingInterval: 1 } }, 'the option websocket is for WebSocket'],
  ] as const) {
    it(`refuses ${what}`, async () => {
      const dialling = dialTransport(url, { serializers: [shared], ...options })
      await expect(dialling).rejects.toMatchObject({ name: 'ApiMisuse', message: expect.stringContaining(says) })
    })
  }
})
