import { PeerMisbehaved } from '@autobahn-ts/websocket/portable'
import { describe, expect, it } from 'vitest'
import { WampServerProtocol } from '../../../src/v1/application/server-protocol.ts'
import { answerBinary, answerFault, type MessageTier } from '../../../src/v1/ports/message-tier.ts'
import { Link, type RawClient, TestClient, TestClientFactory, TestServerFactory, welcome } from '../../fixtures/link.ts'

const large = 'x'.repeat(60_000)
const slow = { maxUnsentSize: 200_000, unsentPolicy: 'skip' } as const

class Server extends WampServerProtocol {
  override onSessionOpen(): void {
    this.registerProcedureForRpc('large', () => large)
    this.registerForPubSub('t')
  }
}

describe('sendUnskipped, under the policy to skip messages for a peer that does not read', () => {
  it('an answer is not left out: its caller learns that the connection is of no use', async () => {
    const link = new Link()
    const factory = new TestServerFactory(Server, slow)
    const client = await link.serve(factory)
    client.pauseReceiving()
    await client.say(...Array.from({ length: 20 }, (_, i) => [2, `c${i}`, 'large']))
    client.resumeReceiving()
    expect(await client.ended()).toBe('1008 the answer to a call could not be sent')
    expect(factory.sessionCount).toBe(0)
  })

  it('an event is left out, and the connection stays', async () => {
    const link = new Link()
    const factory = new TestServerFactory(Server, slow)
    const client = await link.serve(factory)
    await client.say([5, 't'])
    client.heard()
    client.pauseReceiving()
    for (let n = 0; n < 20; n++) {
      factory.dispatch('t', [n, large])
      await link.settle()
    }
    client.resumeReceiving()
    await link.settle()
    const seen = numbers(client)
    expect(seen).toEqual(Array.from(seen, (_, n) => n))
    expect(seen.length).toBeLessThan(10)
    factory.dispatch('t', [20, large])
    await link.settle()
    expect([numbers(client), client.isOpen]).toEqual([[20], true])
  })

  it('a call that is not sent rejects at once, and other calls go on', async () => {
    const { client, fill, empty } = await stuck()
    fill()
    const call = client.call('u')
    await expect(call).rejects.toMatchObject({ name: 'UnsentLimitExceeded' })
    expect([client.isOpen, client.pendingCalls]).toEqual([true, 0])
    await empty()
    const later = client.call('u')
    expect(client.pendingCalls).toBe(1)
    later.catch(() => undefined)
  })

  it('a subscription or a prefix that is not sent throws, and is not there', async () => {
    const { client, peer, fill, empty } = await stuck()
    fill()
    expect(() => client.subscribe('t', () => 1)).toThrow('the message was not sent: the peer reads too slowly')
    expect(() => client.prefix('e', 'http://e/')).toThrow('the message was not sent: the peer reads too slowly')
    expect(client.resolve('e:x')).toBe(undefined)
    await empty()
    client.subscribe('t', () => 1)
    client.prefix('e', 'http://e/')
    await peer.link?.settle()
    expect(peer.heard()).toEqual([
      [5, 't'],
      [1, 'e', 'http://e/'],
    ])
  })
})

describe('answerFault and answerBinary', () => {
  it("closes for the peer's fault, with its code and its reason", () => {
    const { closed, tier } = make()
    const fault = new PeerMisbehaved(1008, 'too much')
    answerFault(tier, fault)
    answerBinary(tier)
    expect(closed).toEqual([
      [1008, 'too much', fault],
      [1003, 'a WAMP message is text', expect.any(PeerMisbehaved)],
    ])
  })

  it("throws on what is not the peer's fault", () => {
    const { closed, tier } = make()
    const error = new Error('ours')
    expect(() => answerFault(tier, error)).toThrow(error)
    expect(closed).toEqual([])
  })
})

function make() {
  const closed: unknown[][] = []
  return { closed, tier: { failConnection: (...how: unknown[]) => closed.push(how) } as unknown as MessageTier }
}

/** A client whose server does not read until it is told to. */
async function stuck() {
  const link = new Link()
  const [client, peer] = await link.connect<TestClient>(new TestClientFactory(TestClient, slow))
  await peer.say(welcome)
  peer.pauseReceiving()
  const fill = (): void => {
    for (let n = 0; n < 20; n++) client.publish('t', large)
  }
  const empty = async (): Promise<void> => {
    await link.settle()
    peer.resumeReceiving()
    await link.settle()
    peer.heard()
  }
  return { client, peer, fill, empty }
}

function numbers(client: RawClient): unknown[] {
  return client.heard().map(message => (message as [number, string, [number, string]])[2][0])
}
