import { expect, it } from 'vitest'
import { dialTransport } from '../../src/browser/dial-transport.ts'
import { JsonSerializer } from '../../src/serializers/json.ts'
import { longPollServing } from '../fixtures/serving.ts'
import { Recorder } from '../transports/recorder.ts'
import { event } from '../transports/transport-suite.ts'

const shared = new JsonSerializer()

it('carries messages both ways by fetch, and closes', async () => {
  const served = await longPollServing(shared)
  const client = await dialTransport(served.url, { serializers: [shared] })
  const [atClient, atServer] = [Recorder.of(client), Recorder.of(served.accepted[0]!)]
  for (const id of [1, 2, 3]) {
    client.send(event(id))
    served.accepted[0]!.send(event(id))
  }
  expect((await atServer.count(3)).map(message => message[2])).toEqual([1, 2, 3])
  expect((await atClient.count(3)).map(message => message[2])).toEqual([1, 2, 3])
  expect(client.details).toMatchObject({ kind: 'longpoll', peer: new URL(served.url).host })
  client.close()
  expect((await atServer.closed()).wasClean).toBe(true)
  expect((await atClient.closed()).wasClean).toBe(true)
  served.close()
})

it('is lost where an answer is larger than it takes', async () => {
  const served = await longPollServing(shared)
  const client = await dialTransport(served.url, { serializers: [shared], maxMessageSize: 600 })
  const atClient = Recorder.of(client)
  Recorder.of(served.accepted[0]!)
  served.accepted[0]!.send(event(1, 'x'.repeat(1000)))
  expect((await atClient.closed()).reason).toContain('is larger than the limit of 600')
  served.close()
})

it('rejects where nothing listens', async () => {
  const served = await longPollServing(shared)
  served.close()
  await expect(dialTransport(served.url, { serializers: [shared] })).rejects.toMatchObject({ name: 'HandshakeFailed' })
})
