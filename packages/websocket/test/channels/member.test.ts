import { describe, expect, it } from 'vitest'
import { WebSocketClientFactory } from '../../src/application/client-factory.ts'
import { WebSocketClientProtocol, WebSocketServerProtocol } from '../../src/application/protocol.ts'
import { WebSocketServerFactory } from '../../src/application/server-factory.ts'
import { Channel } from '../../src/channels/channel.ts'
import { Channels } from '../../src/channels/channels.ts'
import { type ChannelMember, endOf, protocolOf } from '../../src/channels/member.ts'
import type { Connection } from '../../src/conversation/connection.ts'
import { connectInMemory } from '../../src/testing/in-memory.ts'
import { raisesNothingUnhandled, talk } from '../conversation/talk.ts'

raisesNothingUnhandled()

class Room extends WebSocketServerProtocol {
  static readonly channel = new Channel<ChannelMember>()
  name = ''

  override onOpen(): void {
    void Room.channel.join(this)
  }

  override onMessage(payload: Uint8Array, isBinary: boolean): void {
    Room.channel.broadcast(isBinary ? payload : Buffer.from(payload).toString(), { except: this })
  }
}

class Listening extends WebSocketClientProtocol {
  readonly received: string[] = []

  override onMessage(payload: Uint8Array): void {
    this.received.push(Buffer.from(payload).toString())
  }
}

function joined() {
  const pair = connectInMemory(
    new WebSocketServerFactory(undefined, { protocol: Room }),
    new WebSocketClientFactory('ws://test', { protocol: Listening }),
  )
  return { ...pair, server: pair.server! }
}

describe('a channel', () => {
  it('takes protocol objects of classes, sends to them, and lets them go when they close', async () => {
    const [ann, ben] = [joined(), joined()]
    expect([...Room.channel]).toEqual([ann.server, ben.server])
    ann.client.sendMessage('hello')
    await ann.clock.settle()
    await ben.clock.settle()
    expect([ann.client.received, ben.client.received]).toEqual([[], ['hello']])
    ann.client.sendClose(1000)
    await ann.clock.settle()
    expect([...Room.channel]).toEqual([ben.server])
    Room.channel.leave(ben.server)
    expect(Room.channel.broadcast('nobody')).toEqual({ sent: 0, skipped: 0, skippedMembers: [] })
  })

  it('takes members of both styles at once', async () => {
    const channel = new Channel<ChannelMember>()
    const { server, client, clock } = joined()
    let other: Connection | undefined
    const { ws } = await talk(connection => {
      other = connection
      return connection.closed.then(() => undefined)
    })
    void channel.join(server)
    void channel.join(other!)
    expect(channel.broadcast('to all').sent).toBe(2)
    await clock.settle()
    expect([client.received, await ws.receive()]).toEqual([['to all'], 'to all'])
    expect(channel.broadcast('to one', { to: [server] }).sent).toBe(1)
  })

  it('keeps members of one class apart by keys', () => {
    const rooms = new Channels<string, Room>({ onJoin: (member, key) => (member.name = key) })
    const { server } = joined()
    void rooms.get('a').join(server)
    expect({ has: rooms.get('a').has(server), name: server.name, size: rooms.get('b').size }).toEqual({ has: true, name: 'a', size: 0 })
  })

  it('refuses a protocol object without a transport, and that of a connection in function style', async () => {
    const channel = new Channel<ChannelMember>()
    const { ws } = await talk(connection => connection.closed.then(() => undefined))
    for (const wrong of [new Room(), ws.protocol])
      await expect(channel.join(wrong)).rejects.toThrow('join takes a Connection, or the protocol object of a class, and not')
  })
})

describe('the end of a member in class style', () => {
  it('sends a message, and waits until it has gone or the connection has', async () => {
    const { server, client, clock } = joined()
    const end = endOf(server)!
    await end.send(Buffer.from('text'), { binary: false, doNotCompress: true })
    const large = end.send(new Uint8Array(1024 * 1024), { binary: true, doNotCompress: false })
    await clock.settle()
    await large
    expect(client.received.map(text => text.length)).toEqual([4, 1024 * 1024])
    client.dropConnection({ abort: true })
    await clock.settle()
    await expect(end.send(new Uint8Array(1), { binary: true, doNotCompress: false })).rejects.toMatchObject({ name: 'ConnectionClosed' })
  })

  it('is found by protocolOf, in either style', async () => {
    const { server } = joined()
    const { ws } = await talk(connection => connection.closed.then(() => undefined))
    expect([protocolOf(server), protocolOf(ws), endOf(ws), endOf({})]).toEqual([server, ws.protocol, ws, undefined])
  })
})
