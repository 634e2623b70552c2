import { JsonSerializer } from '@autobahn-ts/wamp/protocol'
import { FakeClock } from '@autobahn-ts/websocket/testing'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dialTransport } from '../../../../wamp/src/node/dial-transport.ts'
import { Recorder } from '../../../../wamp/test/transports/recorder.ts'
import { turn } from '../../../../wamp/test/transports/transport-suite.ts'
import { type Listening, listening, rawConnection } from '../../fixtures/listening.ts'

const serializers = [new JsonSerializer()]
const clock = new FakeClock()
const errors: Error[] = []
let router: Listening

beforeAll(async () => {
  router = await listening({ clock, onError: error => void errors.push(error) })
})
afterAll(() => router.listener.close({ timeout: 0 }))

/** The beginnings of what clients say, so that random octets come further than to the first one. */
const beginnings = [
  '',
  '\x7f',
  '\x7f\xf1\0\0',
  '\x7f\xf2\0\0\0\0\0\x05',
  'GET / HTTP/1.1\r\nHost: a\r\n',
  'GET / HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n',
  'GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: wamp.2.json\r\n\r\n',
  'POST /lp/open HTTP/1.1\r\nHost: a\r\nContent-Length: 29\r\n\r\n',
  'POST /lp/open HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n',
  'POST /lp/../../send HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n',
]

describe('clients that say anything', () => {
  it('raise no error, leave no connection, and do not keep others from working', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...beginnings),
        fc.uint8Array({ maxLength: 200 }),
        fc.boolean(),
        async (beginning, octets, resets) => {
          const { socket, received } = await rawConnection(router.port)
          socket.write(Buffer.from(beginning, 'latin1'))
          socket.write(octets)
          await turn()
          if (resets) socket.resetAndDestroy()
          else socket.end()
          await turn()
          clock.advance(60_000)
          await turn()
          clock.advance(60_000)
          await received
        },
      ),
      { numRuns: 150 },
    )
    for (const transport of router.accepted) transport.abort('the test is over')
    while (router.listener.connectionCount > 0) {
      clock.advance(10_000)
      await turn()
    }
    expect(errors).toEqual([])
    const before = router.accepted.length
    const client = await dialTransport(`ws://127.0.0.1:${router.port}`, { serializers })
    while (router.accepted.length === before) await turn()
    const recorder = Recorder.of(router.accepted.at(-1)!)
    client.send([17, 1, 2])
    expect(await recorder.count(1)).toEqual([[17, 1, 2]])
    client.abort('done')
  })
})
