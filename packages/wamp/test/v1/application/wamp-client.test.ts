import type { Awaitable } from '@autobahn-ts/websocket/portable'
import { FakeClock } from '@autobahn-ts/websocket/testing'
import { describe, expect, it } from 'vitest'
import { wampClient } from '../../../src/v1/application/wamp-client.ts'
import { wampProtocol } from '../../../src/v1/application/wamp-protocol.ts'
import { WampSettings } from '../../../src/v1/application/wamp-settings.ts'
import type { MessageTier } from '../../../src/v1/ports/message-tier.ts'
import { fromJson, toJson } from '../../../src/v1/serializers/json.ts'

/** A message tier that is no WebSocket of ours: what a browser's looks like from here. */
class Tier implements MessageTier {
  readonly sent: string[] = []
  failure: unknown[] | undefined
  isOpen = true
  lose: (info: { code: number; reason: string }) => void = () => undefined
  readonly closed = new Promise<{ code: number; reason: string }>(resolve => {
    this.lose = resolve
  })
  readonly factory = {
    wampOptions: new WampSettings().options,
    clock: new FakeClock(),
    serialize: toJson,
    unserialize: fromJson,
    noteError: (error: unknown) => {
      throw error
    },
  }

  onOpen(): Awaitable<void> {}
  onMessage(_payload: Uint8Array, _isBinary: boolean): Awaitable<void> {}

  sendMessage(payload: string): boolean {
    this.sent.push(payload)
    return true
  }

  sendClose(): boolean {
    return true
  }

  failConnection(...failure: unknown[]): void {
    this.failure = failure
  }
}

class Client extends wampClient(wampProtocol(Tier, 'client')) {}

describe('a WAMP client on any message tier', () => {
  it('calls, subscribes and publishes', async () => {
    const client = new Client()
    client.onTextMessage(JSON.stringify([0, 'id']))
    await client.sessionOpened
    const seen: unknown[] = []
    client.subscribe('t', (topic, event) => seen.push(topic, event))
    client.publish('t', 1)
    const answer = client.call('u', 1)
    client.onTextMessage(JSON.stringify([3, '1', 2]))
    client.onTextMessage(JSON.stringify([8, 't', 3]))
    expect([await answer, seen]).toEqual([2, ['t', 3]])
    expect(client.sent).toEqual(['[5,"t"]', '[7,"t",1]', '[2,"1","u",1]'])
  })

  it('gives events the type that the subscriber names', async () => {
    const client = new Client()
    client.onTextMessage(JSON.stringify([0, 'id']))
    await client.sessionOpened
    const seen: number[] = []
    const handler = (_topic: string, { size }: { size: number }): unknown => seen.push(size)
    client.subscribe('t', handler)
    client.subscribe<{ size: number }>('t', (_, { size }) => seen.push(-size))
    client.onTextMessage(JSON.stringify([8, 't', { size: 3 }]))
    client.unsubscribe('t', handler)
    client.onTextMessage(JSON.stringify([8, 't', { size: 4 }]))
    expect(seen).toEqual([3, -3, -4])
  })

  it('fails the connection for a message that is not WAMP', () => {
    for (const text of ['[9]', '{']) {
      const client = new Client()
      client.onTextMessage(text)
      expect(client.failure?.[0]).toBe(1002)
    }
    const client = new Client()
    client.onMessage(Uint8Array.of(1), true)
    expect(client.failure?.slice(0, 2)).toEqual([1003, 'a WAMP message is text'])
  })

  it('rejects its calls when the tier is gone', async () => {
    const client = new Client()
    const answer = client.call('u')
    client.lose({ code: 1001, reason: 'away' })
    await expect(answer).rejects.toThrow('the connection closed before the call was answered: 1001 away')
    await expect(client.sessionOpened).rejects.toThrow('1001 away')
  })
})
