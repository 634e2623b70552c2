import { describe, expect, it } from 'vitest'
import { Channel } from '../../src/channels/channel.ts'
import { Channels } from '../../src/channels/channels.ts'
import { quiet } from '../application/memory-link.ts'
import { raisesNothingUnhandled, talk } from '../conversation/talk.ts'
import { until } from '../fixtures/until.ts'

raisesNothingUnhandled()

describe('Channels', () => {
  it('has one channel for each key', async () => {
    const rooms = new Channels()
    const one = await talk(ws => rooms.get('a').join(ws))
    const other = await talk(ws => rooms.get('b').join(ws))
    await quiet()
    expect(rooms.get('a').broadcast('to a')).toEqual({ sent: 1, skipped: 0, skippedMembers: [] })
    expect(rooms.get('b').broadcast('to b').sent).toBe(1)
    expect({ one: await one.ws.receive(), other: await other.ws.receive() }).toEqual({ one: 'to a', other: 'to b' })
  })

  it('takes keys of any kind, and compares them as a Map does', async () => {
    const rooms = new Channels<object | number>()
    const key = {}
    const { ws } = await talk(server => server.closed)
    void rooms.get(key).join(ws)
    void rooms.get(Number.NaN).join(ws)
    expect({ same: rooms.get(key).size, equal: rooms.get({}).size, nan: rooms.get(Number.NaN).size }).toEqual({ same: 1, equal: 0, nan: 1 })
  })

  it('keeps no channel that was asked for and never joined', () => {
    const rooms = new Channels<number>()
    for (let key = 0; key < 1000; key++) {
      expect(rooms.get(key).broadcast('nobody').sent).toBe(0)
      expect(rooms.get(key).has({} as never)).toBe(false)
      expect([...rooms.get(key)]).toEqual([])
    }
    expect({ size: rooms.size, keys: [...rooms.keys()] }).toEqual({ size: 0, keys: [] })
  })

  it('keeps no channel that a connection could not join', async () => {
    const rooms = new Channels()
    const { ws } = await talk(server => server.closed)
    await ws.close()
    await rooms.get('closed').join(ws)
    await expect(rooms.get('wrong').join(5 as never)).rejects.toMatchObject({ name: 'ApiMisuse' })
    expect(rooms.size).toBe(0)
  })

  it('forgets a channel when its last member leaves, or closes', async () => {
    const rooms = new Channels()
    const { ws } = await talk(server => server.closed)
    const { ws: other } = await talk(server => server.closed)
    void rooms.get('a').join(ws)
    void rooms.get('a').join(other)
    rooms.get('a').leave(ws)
    expect({ size: rooms.size, has: rooms.has('a') }).toEqual({ size: 1, has: true })
    await other.close()
    await until(() => rooms.size === 0)
    expect(rooms.has('a')).toBe(false)
  })

  it('returns the same set of members for a key, however long a channel is held', async () => {
    const rooms = new Channels()
    const before = rooms.get('a')
    const alsoBefore = rooms.get('a')
    const { ws } = await talk(server => server.closed)
    const { ws: other } = await talk(server => server.closed)
    void before.join(ws)
    void alsoBefore.join(other)
    expect([...before]).toEqual([ws, other])
    before.leave(ws)
    before.leave(other)
    expect(rooms.size).toBe(0)
    void rooms.get('a').join(ws)
    expect({ before: before.has(ws), alsoBefore: alsoBefore.size, sent: before.broadcast('to all').sent }).toEqual({
      before: true,
      alsoBefore: 1,
      sent: 1,
    })
  })

  it('does not let a membership of before end one of a channel that has come again', async () => {
    const rooms = new Channels()
    const { ws } = await talk(server => server.closed)
    const membership = rooms.get('a').join(ws)
    rooms.get('a').leave(ws)
    void rooms.get('a').join(ws)
    membership[Symbol.dispose]()
    expect(rooms.get('a').has(ws)).toBe(true)
  })

  it('visits the channels that have members, with their keys', async () => {
    const rooms = new Channels()
    const { ws } = await talk(server => server.closed)
    rooms.get('nobody')
    for (const key of ['a', 'b']) void rooms.get(key).join(ws)
    const seen = [...rooms].map(([key, channel]) => ({ key, isChannel: channel instanceof Channel, members: [...channel] }))
    expect(seen).toEqual(['a', 'b'].map(key => ({ key, isChannel: true, members: [ws] })))
    expect([...rooms.keys()]).toEqual(['a', 'b'])
  })

  it('lets a loop over it end channels', async () => {
    const rooms = new Channels()
    const { ws } = await talk(server => server.closed)
    for (const key of ['a', 'b', 'c']) void rooms.get(key).join(ws)
    for (const [, channel] of rooms) channel.leave(ws)
    expect(rooms.size).toBe(0)
  })

  it('tells who joins and leaves which channel, after it has happened', async () => {
    const events: unknown[] = []
    const rooms: Channels = new Channels({
      onJoin: (member, key) => events.push({ joined: key, isMember: rooms.get(key).has(member) }),
      onLeave: (member, key) => events.push({ left: key, isMember: rooms.get(key).has(member), isKept: rooms.has(key) }),
    })
    const { ws } = await talk(server => server.closed)
    void rooms.get('a').join(ws)
    void rooms.get('a').join(ws)
    rooms.get('a').leave(ws)
    rooms.get('a').leave(ws)
    expect(events).toEqual([
      { joined: 'a', isMember: true },
      { left: 'a', isMember: false, isKept: false },
    ])
  })

  it('passes what the functions throw to onError', async () => {
    const errors: Error[] = []
    const { ws } = await talk(server => server.closed)
    const rooms = new Channels({
      onJoin: () => {
        throw new Error('of onJoin')
      },
      onLeave: () => Promise.reject(new Error('of onLeave')),
      onError: error => errors.push(error),
    })
    const membership = rooms.get('a').join(ws)
    rooms.get('a').leave(ws)
    await membership
    await quiet()
    expect(errors.map(({ message }) => message)).toEqual(['of onJoin', 'of onLeave'])
  })

  it('refuses options that do not exist', () => {
    expect(() => new Channels({ onjoin: () => undefined } as object)).toThrow('did you mean onJoin?')
  })
})
