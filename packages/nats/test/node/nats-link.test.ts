import type { NatsConnection } from '@nats-io/transport-node'
import { describe, expect, it } from 'vitest'
import { NatsLink } from '../../src/node/nats-link.ts'
import { announcementTexts } from '../../src/wire/announcement.ts'
import { withHead } from '../../src/wire/message-head.ts'

// The behaviour over a server is tested in nats-bus.test.ts.
describe('NatsLink', () => {
  it('bounds what NATS has not confirmed', async () => {
    const flushes: (() => void)[] = []
    const link = new NatsLink(scripted(flushes), {
      prefix: 'a',
      maxMessageSize: 100 * 1024 * 1024,
      ownsConnection: false,
      history: {},
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

  it('gives up what a publisher has begun when that ends or is silent, so that others have room', async () => {
    const callbacks = new Map<string, (error: null, message: object) => void>()
    const delivered: number[] = []
    const connection = scripted([])
    const link = new NatsLink(
      Object.assign(connection, {
        subscribe: (name: string, { callback }: { callback: (error: null, message: object) => void }) => {
          callbacks.set(name, callback)
          return { unsubscribe: () => undefined }
        },
        flush: () => Promise.resolve(),
      }),
      {
        prefix: 'a',
        maxMessageSize: 100 * 1024 * 1024,
        ownsConnection: false,
        history: {},
        deliver: (_, octets) => delivered.push(octets.length),
        gap: () => undefined,
        failed: () => undefined,
      },
    )
    await link.ask('s')
    const half = new Uint8Array(30 * 1024 * 1024)
    const came = (incarnation: string, index: number): void => {
      const piece = { index, count: 2, total: 2 * half.length }
      callbacks.get('a.m.s')!(null, { subject: 'a.m.s', data: withHead({ incarnation, number: 1, piece, inside: undefined }, half) })
    }
    for (const incarnation of ['1'.repeat(16), '2'.repeat(16)]) {
      came(incarnation, 0)
      const [text] = announcementTexts({ numbers: [], asks: false, ends: true }, 1000)
      const head = { incarnation, number: 0, piece: undefined, inside: undefined }
      callbacks.get('a.a')!(null, { subject: 'a.a', data: withHead(head, Buffer.from(text!)) })
    }
    for (const index of [0, 1]) came('3'.repeat(16), index)
    expect(delivered).toEqual([2 * half.length])
    await link.close()
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
