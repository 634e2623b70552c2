import { describe, expect, it } from 'vitest'
import type { Octets } from '../../src/bytes/octets.ts'
import { Channel } from '../../src/channels/channel.ts'
import type { Connection } from '../../src/conversation/connection.ts'
import { permessageDeflate } from '../../src/node/edge/permessage-deflate.ts'
import type { Extension } from '../../src/protocol/extending/extension.ts'
import { PreparedFrame } from '../../src/protocol/extending/prepared-frame.ts'
import { PreparedMessage } from '../../src/protocol/sending/prepared-message.ts'
import { masked, quiet } from '../application/memory-link.ts'
import { letters, promised, raisesNothingUnhandled, served, type Talk, talk, watched } from '../conversation/talk.ts'
import { until } from '../fixtures/until.ts'

raisesNothingUnhandled()

describe('Channel', () => {
  it('lists its members, and counts them', async () => {
    const channel = new Channel({ describe: () => 'someone' })
    expect(await channel.census()).toEqual({ size: 0, processes: [], silent: [], isComplete: true })
    const { ws } = await talk(server => server.closed)
    const { ws: other } = await talk(server => server.closed)
    for (const each of [ws, other]) void channel.join(each)
    const members = channel.members()
    channel.leave(ws)
    expect({ before: members.map(each => each === ws), after: channel.members().length }).toEqual({ before: [true, false], after: 1 })
    const here = { process: '0'.repeat(16), size: 1, members: ['someone'] }
    expect(await channel.census()).toEqual({ size: 1, processes: [here], silent: [], isComplete: true })
    await expect(channel.census({ dedline: 1 } as never)).rejects.toThrow('did you mean deadline?')
  })

  it('sends to all who have joined', async () => {
    const { channel, members } = await joined(3)
    expect(channel.size).toBe(3)
    expect(channel.broadcast('text')).toEqual({ sent: 3, skipped: 0, skippedMembers: [] })
    expect(channel.broadcast(Uint8Array.of(1, 2))).toEqual({ sent: 3, skipped: 0, skippedMembers: [] })
    expect(channel.broadcast(new PreparedMessage(Uint8Array.of(3), true, {}))).toEqual({ sent: 3, skipped: 0, skippedMembers: [] })
    for (const { ws } of members) {
      expect([await ws.receive(), await ws.receive(), await ws.receive()]).toEqual(['text', Uint8Array.of(1, 2), Uint8Array.of(3)])
    }
  })

  for (const isCompressed of [false, true]) {
    it(`sends a prepared frame to the members that have its extension, and tells who has not${isCompressed ? ', with compression' : ''}`, async () => {
      const channel = new Channel()
      const compression = isCompressed ? [permessageDeflate()] : []
      const streamed = promised()
      const got: string[] = []
      const server = { extensions: [...compression, noting()] }
      const client = { extensions: [...compression, noting(got)] }
      const members = [
        await talk(ws => channel.join(ws), { server, client }),
        await talk(ws => Promise.all([channel.join(ws), ws.send(letters('ab', streamed.promise))]), { server, client }),
        await talk(ws => channel.join(ws), { server, client: { extensions: compression } }),
      ]
      await quiet()
      const frame = new PreparedFrame(3, Uint8Array.from(Buffer.from('news'.repeat(50))))
      const result = channel.broadcast(frame)
      expect([result.sent, result.skippedMembers.map(({ protocol }) => protocol)]).toEqual([2, [members[2]!.server]])
      expect(channel.broadcast('text'.repeat(50)).sent).toBe(2)
      await until(() => got.length === 2)
      streamed.resolve()
      expect(got).toEqual(Array(2).fill('news'.repeat(50)))
      expect(await members[0]!.ws.receive()).toBe('text'.repeat(50))
      expect(await members[1]!.ws.receive()).toEqual(Uint8Array.of(97, 98))
    })
  }

  it('sends the message as it was at the call, whatever is changed later', async () => {
    const channel = new Channel()
    // Fragments of this size go out by reference.
    const { ws } = await talk(server => channel.join(server), { server: { autoFragmentSize: 10_000 } })
    const octets = new Uint8Array(20_000).fill(1)
    channel.broadcast(octets)
    octets.fill(0)
    expect(await ws.receive()).toEqual(new Uint8Array(20_000).fill(1))
  })

  it('refuses a value that is not a message before any member gets it', () => {
    expect(() => new Channel().broadcast(42 as unknown as string)).toThrow(expect.objectContaining({ name: 'ApiMisuse' }))
  })

  it('is left by itself on close, and the promise of joining settles', async () => {
    const { channel, members } = await joined(2)
    await members[0]!.ws.close()
    await until(() => channel.size === 1)
    members[1]!.server.dropConnection({ abort: true })
    await until(() => channel.size === 0)
    expect(channel.broadcast('nobody')).toEqual({ sent: 0, skipped: 0, skippedMembers: [] })
  })

  it('can be left, and the promise settles then', async () => {
    const channel = new Channel()
    const begun = promised<Connection>()
    const { peer } = await served(async ws => {
      begun.resolve(ws)
      await channel.join(ws)
      await ws.send('has left')
    })
    const ws = await begun.promise
    channel.leave(ws)
    channel.leave(ws)
    expect(channel.size).toBe(0)
    await peer.frame('text has left')
    await peer.frame('close 1000')
  })

  it('counts a member that joins again once, and both promises settle when it leaves', async () => {
    const channel = new Channel()
    const { ws } = await talk(server => server.closed)
    const first = watched(channel.join(ws))
    const second = watched(channel.join(ws))
    await quiet()
    expect({ size: channel.size, first: first.state, second: second.state }).toEqual({ size: 1, first: 'pending', second: 'pending' })
    channel.leave(ws)
    await quiet()
    expect({ size: channel.size, first: first.state, second: second.state }).toEqual({ size: 0, first: 'resolved', second: 'resolved' })
  })

  it('does not become a member again after it has closed', async () => {
    const channel = new Channel()
    const { ws } = await talk(server => server.closed)
    const first = watched(channel.join(ws))
    await ws.close()
    const again = watched(channel.join(ws))
    await quiet()
    expect({ size: channel.size, first: first.state, again: again.state }).toEqual({ size: 0, first: 'resolved', again: 'resolved' })
  })

  it('is left at the end of a block with using', async () => {
    const channel = new Channel()
    const { ws } = await talk(server => server.closed)
    const membership = channel.join(ws)
    membership[Symbol.dispose]()
    await membership
    expect(channel.size).toBe(0)
    void channel.join(ws)
    membership[Symbol.dispose]()
    expect(channel.size).toBe(1)
  })

  it('refuses what is not a connection of the function style', async () => {
    const channel = new Channel()
    const { server } = await talk(ws => ws.closed)
    for (const wrong of [undefined, null, 5, {}, server]) {
      await expect(channel.join(wrong as unknown as Connection)).rejects.toMatchObject({ name: 'ApiMisuse' })
    }
    expect(channel.size).toBe(0)
  })

  it('does not add a connection that is closed', async () => {
    const channel = new Channel()
    const { ws } = await talk(server => server.closed)
    await ws.close()
    await channel.join(ws)
    expect(channel.size).toBe(0)
  })

  it('skips members that read slowly with slow: skip, and sends to them again when they have caught up', async () => {
    const channel = new Channel()
    const begun = promised<Connection>()
    const { peer } = await served(ws => {
      begun.resolve(ws)
      return channel.join(ws)
    })
    const slow = await begun.promise
    peer.stream.pause()
    expect(channel.broadcast(new Uint8Array(100_000))).toEqual({ sent: 1, skipped: 0, skippedMembers: [] })
    await quiet()
    expect(channel.broadcast('missed', { slow: 'skip' })).toEqual({ sent: 0, skipped: 1, skippedMembers: [slow] })
    peer.stream.resume()
    await peer.frame('binary 100000')
    await quiet()
    expect(channel.broadcast('got')).toEqual({ sent: 1, skipped: 0, skippedMembers: [] })
    await peer.frame('text got')
    expect(peer.frames).toEqual(['binary 100000', 'text got'])
  })

  it('skips members that are being sent a stream, and sends to the others', async () => {
    const { channel, members } = await joined(2)
    const { ws } = await talk(server => server.closed)
    void channel.join(ws)
    const more = promised()
    const sent = ws.send(letters('slow', more.promise))
    expect(channel.broadcast('news')).toEqual({ sent: 2, skipped: 1, skippedMembers: [ws] })
    for (const member of members) expect(await member.ws.receive()).toBe('news')
    more.resolve()
    await sent
    await quiet()
    expect(channel.broadcast('more news')).toEqual({ sent: 3, skipped: 0, skippedMembers: [] })
  })

  it('tells whether a connection is a member, and lists the members in the order of joining', async () => {
    const channel = new Channel()
    const { ws } = await talk(server => server.closed)
    const { ws: other } = await talk(server => server.closed)
    void channel.join(ws)
    void channel.join(other)
    expect({ has: channel.has(ws), members: [...channel] }).toEqual({ has: true, members: [ws, other] })
    channel.leave(ws)
    channel.leave(ws)
    expect({ has: channel.has(ws), members: [...channel] }).toEqual({ has: false, members: [other] })
  })

  it('lets a loop over the members make them leave', async () => {
    const { channel } = await joined(3)
    for (const member of channel) channel.leave(member)
    expect(channel.size).toBe(0)
  })

  it('calls onJoin and onLeave once for each member, also when it closes', async () => {
    const events: unknown[] = []
    const channel: Channel = new Channel({
      onJoin: member => events.push({ joined: member, size: channel.size }),
      onLeave: member => events.push({ left: member, size: channel.size }),
    })
    const { ws } = await talk(server => server.closed)
    const membership = channel.join(ws)
    void channel.join(ws)
    await ws.close()
    await membership
    expect(events).toEqual([
      { joined: ws, size: 1 },
      { left: ws, size: 0 },
    ])
  })

  it('lets onJoin send the member away again', async () => {
    const channel: Channel = new Channel({ onJoin: member => channel.leave(member) })
    const { ws } = await talk(server => server.closed)
    await channel.join(ws)
    expect(channel.size).toBe(0)
  })

  it('passes what onJoin and onLeave throw to onError, and the member has joined and left all the same', async () => {
    const errors: Error[] = []
    const channel = new Channel({
      onJoin: () => {
        throw new Error('of onJoin')
      },
      onLeave: () => Promise.reject(new Error('of onLeave')),
      onError: error => errors.push(error),
    })
    const { ws } = await talk(server => server.closed)
    const membership = channel.join(ws)
    expect(channel.size).toBe(1)
    channel.leave(ws)
    await membership
    await quiet()
    expect(errors.map(({ message }) => message)).toEqual(['of onJoin', 'of onLeave'])
  })

  it('rejects for options of join that are not an object, however empty they are', async () => {
    const channel = new Channel()
    const { ws } = await talk(server => server.closed)
    for (const wrong of [null, '', 0, Number.NaN, false, 5, 'now', []])
      await expect(channel.join(ws, wrong as never)).rejects.toMatchObject({ name: 'ApiMisuse' })
    expect(channel.size).toBe(0)
  })

  it('refuses options that do not exist', () => {
    expect(() => new Channel({ onleave: () => undefined } as object)).toThrow(
      'there is no option onleave of Channel; did you mean onLeave?',
    )
  })

  it('discards messages of members, so that they do not accumulate', async () => {
    const channel = new Channel()
    const { peer, server } = await served(ws => channel.join(ws))
    for (let i = 0; i < 100; i++) peer.write(masked(0x81, 'chatter'))
    peer.write(masked(0x89, 'still there?'))
    await peer.frame('pong still there?')
    expect(server.trafficStats.incomingWebSocketMessages).toBe(100)
  })

  it('loses no message when a loop joins, nor those in the same packet', async () => {
    const channel = new Channel()
    const heard: unknown[] = []
    const { peer } = await served(async ws => {
      for await (const message of ws) {
        heard.push(message)
        if (message === 'join') void channel.join(ws)
      }
    })
    peer.write(masked(0x81, 'join'), masked(0x81, 'one'), masked(0x81, 'two'), masked(0x81, 'three'))
    await until(() => heard.length === 4)
    expect(heard).toEqual(['join', 'one', 'two', 'three'])
  })

  it('does not take messages from a loop that already waits when the connection joins', async () => {
    const channel = new Channel()
    const begun = promised<Connection>()
    const heard: unknown[] = []
    const { peer } = await served(async ws => {
      begun.resolve(ws)
      for await (const message of ws) heard.push(message)
    })
    const ws = await begun.promise
    await quiet()
    void channel.join(ws)
    for (let i = 0; i < 20; i++) peer.write(masked(0x81, `after ${i}`))
    await until(() => heard.length === 20)
    channel.leave(ws)
    peer.write(masked(0x81, 'after leaving'))
    await until(() => heard.length === 21)
  })

  it('lets the application receive from a member', async () => {
    const channel = new Channel()
    const { peer } = await served(async ws => {
      void channel.join(ws)
      for await (const message of ws) channel.broadcast(message)
    })
    peer.write(masked(0x81, 'to all'))
    await peer.frame('text to all')
  })
})

/** An extension that claims opcode 3, and notes the frames that it receives. */
function noting(got: string[] = []): Extension {
  const instance = {
    reservedBits: 0,
    opcodes: [3],
    onFrame: (_header: unknown, payload: Octets) => void got.push(Buffer.from(payload).toString()),
    close: () => undefined,
  }
  return { name: 'x', offer: () => [new Map()], accept: () => ({ parameters: new Map(), instance }), confirm: () => instance }
}

async function joined(count: number): Promise<{ channel: Channel; members: Talk[] }> {
  const channel = new Channel()
  const members: Talk[] = []
  while (members.length < count) members.push(await talk(ws => channel.join(ws)))
  return { channel, members }
}
