import type { BroadcastOptions, BroadcastResult, WebSocketServerProtocol } from '@autobahn-ts/websocket/portable'
import { describe, expect, it } from 'vitest'
import { Hub, type HubFactory } from '../../src/v1/hub.ts'
import { WampServerProtocol } from '../../src/v1/server-protocol.ts'
import { TestServerFactory } from '../fixtures/link.ts'

class Server extends WampServerProtocol {}

describe('Hub', () => {
  it('takes what a client names for what it knows, and the rest for nobody', () => {
    const { hub, sent } = make()
    const [one, two, three] = [new Server(), new Server(), new Server()]
    for (const protocol of [one, two, three]) {
      hub.admit(protocol)
      hub.subscribed(protocol, 't')
    }
    hub.published(one, 't', 1, undefined, undefined)
    hub.published(one, 't', 2, false, undefined)
    hub.published(one, 't', 3, ['session-2', {}, null], undefined)
    hub.published(one, 't', 4, [], ['session-3', 'session-3', '__proto__', 7])
    expect(sent).toEqual([[two, three], [one, two, three], [one, three], [three]])
  })

  it('forgets a session whole', () => {
    const { hub } = make()
    const protocol = new Server()
    hub.admit(protocol)
    hub.subscribed(protocol, 't')
    hub.unsubscribed(protocol, 't')
    hub.closed(protocol)
    hub.closed(protocol)
    expect([hub.sessionCount, hub.topics.size, hub.idOf(protocol), hub.protocolOf('session-1')]).toEqual([0, 0, undefined, undefined])
  })
})

/** A hub whose factory notes receivers in place of sending. */
function make() {
  const sent: WebSocketServerProtocol[][] = []
  class Factory extends TestServerFactory implements HubFactory<WampServerProtocol> {
    override broadcast(
      _message: unknown,
      { to = [], except = [] }: BroadcastOptions<WebSocketServerProtocol> = {},
    ): BroadcastResult<WebSocketServerProtocol> {
      const excluded = new Set(Symbol.iterator in except ? except : [except])
      sent.push([...to].filter(protocol => !excluded.has(protocol)))
      return { sent: 0, skipped: 0, skippedMembers: [] }
    }
  }
  return { hub: new Hub<WampServerProtocol>(new Factory(Server)), sent }
}
