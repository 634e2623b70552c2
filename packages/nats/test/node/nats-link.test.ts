import type { NatsConnection } from '@nats-io/transport-node'
import { describe, expect, it } from 'vitest'
import { NatsLink } from '../../src/node/nats-link.ts'

// The behaviour over a server is tested in nats-bus.test.ts.
describe('NatsLink', () => {
  it('bounds what NATS has not confirmed', async () => {
    const flushes: (() => void)[] = []
    const link = new NatsLink(scripted(flushes), {
      prefix: 'a',
      maxMessageSize: 100 * 1024 * 1024,
      ownsConnection: false,
      deliver: () => undefined,
      gap: () => undefined,
      failed: () => undefined,
    })
    const octets = new Uint8Array(60 * 1024 * 1024)
    await link.publish('a', octets)
    await expect(link.publish('a', octets)).rejects.toMatchObject({
      name: 'BusError',
      reason: 'too-large',
      message: 'NATS takes messages too slowly',
    })
    for (const answer of flushes.splice(0)) answer()
    await Promise.resolve()
    await link.publish('a', octets)
    expect(link.counters).toMatchObject({ published: 2, rejected: 1, publishedOctets: 2 * octets.length })
    const closing = link.close()
    for (const answer of flushes.splice(0)) answer()
    await closing
  })
})

/** A connection that sends nothing, and whose pings the test answers. */
function scripted(flushes: (() => void)[]): NatsConnection {
  const connection = {
    info: { max_payload: 200 * 1024 * 1024 },
    publish: () => undefined,
    subscribe: () => ({ unsubscribe: () => undefined }),
    flush: () => new Promise<void>(resolve => flushes.push(resolve)),
    closed: () => new Promise(() => undefined),
    status: () => ({ [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => undefined) }) }),
  }
  return connection as unknown as NatsConnection
}
