import { type Message, memoryTransports } from '@autobahn-ts/wamp/protocol'
import { defaultsOf } from '@autobahn-ts/websocket/portable'
import { FakeClock } from '@autobahn-ts/websocket/testing'
import { describe, expect, it } from 'vitest'
import { ResumableSessions } from '../../src/resumption/resumable-sessions.ts'
import { type ResumptionSettings, resumptionOptions } from '../../src/resumption/resumption-options.ts'

describe('the resumable sessions of a realm', () => {
  it('end after their time without a transport, and leave nothing', () => {
    const { clock, sessions, begin, detached } = realm({ seconds: 20 })
    const one = begin(1)
    one.lose()
    expect([detached, sessions.detachedSize, sessions.isDetached(1), sessions.isDetached(2)]).toEqual([[1], 1, true, false])
    clock.advance(19_999)
    expect(one.ends).toEqual([])
    clock.advance(1)
    expect(one.ends).toEqual(['no transport within 20 s'])
    expect([sessions.size, sessions.detachedSize, sessions.detachedOctets, clock.pending]).toEqual([0, 0, 0, 0])
  })

  it('end at once where as many are without a transport as may be', () => {
    const { begin, sessions } = realm({ sessions: 2 })
    const all = [1, 2, 3].map(begin)
    for (const each of all) each.lose()
    expect(all.map(({ ends }) => ends.length)).toEqual([0, 0, 1])
    expect(sessions.size).toBe(2)
  })

  it('end where all of them keep more than they may together', () => {
    const { clock, begin, sessions } = realm({ totalOctets: 256 * 5 })
    const [one, two, three] = [1, 2, 3].map(begin) as [Begun, Begun, Begun]
    for (let n = 0; n < 2; n++) for (const each of [one, two, three]) each.send()
    for (const each of [one, two, three]) each.lose()
    expect([one, two, three].map(({ ends }) => ends.length)).toEqual([0, 0, 1])
    expect(sessions.detachedOctets).toBe(4 * 256)
    two.send()
    two.send()
    clock.flush()
    expect(two.ends).toHaveLength(1)
    expect([sessions.detachedSize, sessions.detachedOctets]).toEqual([1, 2 * 256])
  })

  it('give back the octets of one that has a transport again', () => {
    const { begin, sessions } = realm()
    const one = begin(1)
    one.send()
    one.lose()
    expect(sessions.detachedOctets).toBe(256)
    one.session.goesOn()
    expect([sessions.detachedSize, sessions.detachedOctets]).toEqual([0, 0])
  })

  it('are found by their id and token', () => {
    const { begin, sessions } = realm()
    const { token } = begin(1)
    const claim = { session: 1, token, authid: 'joe', certificate: undefined }
    expect(sessions.find(claim)?.facts.session).toBe(1)
    expect(sessions.find({ ...claim, session: 2 })).toBeUndefined()
    expect(sessions.find({ ...claim, token: 'x' })).toBeUndefined()
  })

  it('have an order by the loss of their transport, so that the oldest can make room', () => {
    const { begin, sessions } = realm()
    const [one, two] = [begin(1), begin(2)]
    expect(sessions.oldestDetached).toBeUndefined()
    two.lose()
    one.lose()
    expect(sessions.oldestDetached).toBe(2)
    sessions.left(2)
    expect(sessions.oldestDetached).toBe(1)
  })

  it('end oldest first where a bound is lowered, and no more than have to', () => {
    const { begin, sessions } = realm()
    const all = [1, 2, 3, 4].map(begin)
    for (const each of all) each.send()
    for (const each of all) each.lose()
    const ends = () => all.map(each => each.ends.length)
    sessions.change({ ...defaults, sessions: 3 })
    expect(ends()).toEqual([1, 0, 0, 0])
    sessions.change({ ...defaults, totalOctets: 256 * 2 })
    expect([ends(), sessions.detachedOctets]).toEqual([[1, 1, 0, 0], 512])
    sessions.change(defaults)
    expect([ends(), sessions.detachedSize]).toEqual([[1, 1, 0, 0], 2])
  })

  it('have a new time from the loss of their transport on, also where that is over', () => {
    const { begin, clock, sessions } = realm({ seconds: 60 })
    const [one, two] = [begin(1), begin(2)] as const
    one.lose()
    clock.advance(15_000)
    two.lose()
    clock.advance(15_000)
    sessions.change({ ...defaults, seconds: 20 })
    clock.advance(0)
    expect([one.ends, two.ends]).toEqual([['no transport within 20 s'], []])
    clock.advance(5000)
    expect(two.ends).toEqual(['no transport within 20 s'])
    expect([sessions.size, clock.pending]).toEqual([0, 0])
  })

  it('keep no more octets than a new bound from the next message on', () => {
    const { begin, sessions } = realm()
    const one = begin(1)
    for (let n = 0; n < 5; n++) one.send()
    sessions.change({ ...defaults, octets: 256 * 2 })
    one.send()
    expect(one.session.transport.kept).toBe(512)
  })

  it('are none where resumption is not offered any more, and can be again where it is', () => {
    const { begin, sessions } = realm()
    const [one, two] = [begin(1), begin(2)]
    one.lose()
    sessions.change(undefined)
    expect([sessions.isOffered, one.ends.length, two.ends.length]).toEqual([false, 1, 0])
    expect(sessions.find({ session: 2, token: two.token, authid: 'joe', certificate: undefined })).toBeUndefined()
    two.lose()
    expect([two.ends.length, sessions.size]).toEqual([1, 0])
    sessions.change(defaults)
    const three = begin(3)
    three.lose()
    expect([sessions.isOffered, three.ends.length]).toEqual([true, 0])
  })

  it('forget what was sent more than two minutes ago', () => {
    const { clock, begin } = realm()
    const { session, send } = begin(1)
    send()
    clock.advance(60_000)
    expect(session.transport.kept).toBe(256)
    clock.advance(60_000)
    expect(session.transport.kept).toBe(0)
  })

  it('cannot be resumed when they have left', () => {
    const { begin, sessions, clock } = realm()
    const { token } = begin(1)
    sessions.left(1)
    sessions.left(2)
    expect(sessions.find({ session: 1, token, authid: 'joe', certificate: undefined })).toBeUndefined()
    expect([sessions.size, clock.pending]).toEqual([0, 0])
  })
})

const defaults = defaultsOf(resumptionOptions)

type Begun = ReturnType<ReturnType<typeof realm>['begin']>

function realm(settings: Partial<ResumptionSettings> = {}) {
  const clock = new FakeClock()
  const detached: number[] = []
  const sessions = new ResumableSessions(
    { ...defaultsOf(resumptionOptions), ...settings },
    { clock, randomOctets: length => crypto.getRandomValues(new Uint8Array(length)), detached: id => detached.push(id) },
  )
  const begin = (id: number) => {
    const [below, peer] = memoryTransports(clock)
    const session = sessions.begin(below, { session: id, authid: 'joe' })
    const ends: string[] = []
    below.open(session.transport.adopt({ onMessage() {}, onViolation() {}, onWritable() {}, onClosed: ({ reason }) => ends.push(reason) }))
    peer.open({ onMessage() {}, onViolation() {}, onWritable() {}, onClosed() {} })
    session.transport.send([2, id, { roles: {} }])
    const lose = (): void => {
      peer.abort('gone')
      clock.flush()
    }
    const send = (): void => session.transport.send([17, 1, 1] as Message)
    return { session, token: session.announcement(false)['resume-token'], ends, lose, send }
  }
  return { clock, sessions, detached, begin }
}
