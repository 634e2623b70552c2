import type { BroadcastOptions, BroadcastResult } from '@autobahn-ts/websocket/portable'
import { describe, expect, it } from 'vitest'
import { WampServerProtocol } from '../../../src/v1/application/server-protocol.ts'
import { Broker, type BrokerFactory } from '../../../src/v1/pubsub/broker.ts'
import { TestServerFactory } from '../../fixtures/link.ts'

class Server extends WampServerProtocol {}

describe('Broker', () => {
  it('sends to the sessions that a client names, and ignores ids that are not those of a session', () => {
    const { broker, sent } = make()
    const [one, two, three] = [new Server(), new Server(), new Server()]
    for (const protocol of [one, two, three]) {
      broker.admit(protocol)
      broker.subscribed(protocol, 't')
    }
    broker.published(one, 't', 1, undefined, undefined)
    broker.published(one, 't', 2, false, undefined)
    broker.published(one, 't', 3, ['session-2', {}, null], undefined)
    broker.published(one, 't', 4, [], ['session-3', 'session-3', '__proto__', 7])
    expect(sent).toEqual([[two, three], [one, two, three], [one, three], [three]])
  })

  it('forgets everything of a session', () => {
    const { broker } = make()
    const protocol = new Server()
    broker.admit(protocol)
    broker.subscribed(protocol, 't')
    broker.unsubscribed(protocol, 't')
    broker.closed(protocol)
    broker.closed(protocol)
    expect([broker.sessionCount, broker.topics.size, broker.idOf(protocol), broker.protocolOf('session-1')]).toEqual([
      0,
      0,
      undefined,
      undefined,
    ])
  })
})

/** A broker whose factory notes receivers in place of sending. */
function make() {
  const sent: WampServerProtocol[][] = []
  class Factory extends TestServerFactory implements BrokerFactory<WampServerProtocol> {
    override broadcast(
      _message: unknown,
      { to = [], except = [] }: BroadcastOptions<WampServerProtocol> = {},
    ): BroadcastResult<WampServerProtocol> {
      const excluded = new Set(Symbol.iterator in except ? except : [except])
      sent.push([...to].filter(protocol => !excluded.has(protocol)))
      return { sent: 0, skipped: 0, skippedMembers: [] }
    }
  }
  return { broker: new Broker<WampServerProtocol>(new Factory(Server)), sent }
}
