import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
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

it('stops reading an answer that does not end', async () => {
  let sent = 0
  const router = await answering((_request, response) => {
    const piece = Buffer.alloc(10_000)
    const more = (): void => {
      sent += piece.length
      response.write(piece, () => more())
    }
    response.on('error', () => {})
    more()
  })
  await expect(dialTransport(router.url, { serializers: [shared], maxMessageSize: 100_000 })).rejects.toMatchObject({
    name: 'HandshakeFailed',
    message: expect.stringContaining('an answer is larger than the limit of 100000 octets'),
  })
  await router.empty
  expect(sent).toBeLessThan(50_000_000)
  router.close()
})

it('follows no redirect: the messages are for the router that was named', async () => {
  let wasAsked = false
  const other = await answering((_request, response) => {
    wasAsked = true
    response.end()
  })
  const router = await answering((_request, response) => response.writeHead(307, { Location: `${other.url}/open` }).end())
  await expect(dialTransport(router.url, { serializers: [shared] })).rejects.toMatchObject({ name: 'HandshakeFailed' })
  expect(wasAsked).toBe(false)
  router.close()
  other.close()
})

it.each([
  ['http://127.0.0.1:1/lp?a=b', 'a URL for long-poll has no query and no fragment: http://127.0.0.1:1/lp?a=b'],
  ['http://127.0.0.1:1/lp#a', 'a URL for long-poll has no query and no fragment: http://127.0.0.1:1/lp#a'],
  ['http://me:secret@127.0.0.1:1/lp', 'a URL for long-poll has no user name and no password'],
  ['https://[a', 'the URL of a router must be one, and not "https://[a"'],
])('refuses the URL %s', async (url, message) => {
  await expect(dialTransport(url, { serializers: [shared] })).rejects.toMatchObject({ name: 'ApiMisuse', message })
})

it('reads the address of the router as a page does', async () => {
  const served = await longPollServing(shared)
  const client = await dialTransport(`${served.url.replace('http:', 'HTTP:')}//`, { serializers: [shared] })
  expect(client.details).toMatchObject({ peer: new URL(served.url).host, isSecure: false })
  client.abort('done')
  served.close()
})

/** Serves with a listener. `empty` resolves once a connection has ended. */
async function answering(listener: RequestListener): Promise<{ url: string; empty: Promise<unknown>; close(): void }> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const empty = new Promise(resolve => server.on('connection', socket => socket.on('close', resolve)))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    empty,
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}
