import { memoryTransports } from '@autobahn-ts/wamp/protocol'
import { defaultsOf } from '@autobahn-ts/websocket/portable'
import { FakeClock } from '@autobahn-ts/websocket/testing'
import { describe, expect, it } from 'vitest'
import { ResumableSession } from '../../src/resumption/resumable-session.ts'
import { resumptionOptions } from '../../src/resumption/resumption-options.ts'

describe('the token of a resumable session', () => {
  it('has 256 random bits, and is another one each time', () => {
    const { session } = resumable()
    const [one, other] = [tokenOf(session), tokenOf(session)]
    expect(Buffer.from(one, 'base64')).toHaveLength(32)
    expect(one).not.toBe(other)
  })

  it('is right with the name and the certificate of the session alone', () => {
    const { session } = resumable('ab')
    const token = tokenOf(session)
    expect(session.isRight(token, 'joe', 'ab')).toBe(true)
    expect(session.isRight(`${token}x`, 'joe', 'ab')).toBe(false)
    expect(session.isRight('', 'joe', 'ab')).toBe(false)
    expect(session.isRight(token, 'jim', 'ab')).toBe(false)
    expect(session.isRight(token, undefined, 'ab')).toBe(false)
    expect(session.isRight(token, 'joe', undefined)).toBe(false)
    expect(session.isRight(token, 'joe', 'cd')).toBe(false)
  })

  it('is void when the client has said anything after the next one', () => {
    const { session } = resumable()
    const one = tokenOf(session)
    const other = tokenOf(session)
    expect(session.isRight(one, 'joe', undefined)).toBe(true)
    session.received()
    expect(session.isRight(one, 'joe', undefined)).toBe(false)
    expect(session.isRight(other, 'joe', undefined)).toBe(true)
  })

  it('is void half a minute after the next one', () => {
    const { session, clock } = resumable()
    const one = tokenOf(session)
    tokenOf(session)
    clock.advance(29_999)
    expect(session.isRight(one, 'joe', undefined)).toBe(true)
    clock.advance(1)
    expect(session.isRight(one, 'joe', undefined)).toBe(false)
  })

  it('is void after the one that follows the next one', () => {
    const { session } = resumable()
    const [one, two, three] = [tokenOf(session), tokenOf(session), tokenOf(session)]
    expect([one, two, three].map(token => session.isRight(token!, 'joe', undefined))).toEqual([false, true, true])
  })
})

function tokenOf(session: ResumableSession): string {
  return session.announcement(true)['resume-token']
}

function resumable(certificate?: string) {
  const clock = new FakeClock()
  const [below] = memoryTransports(clock, { details: [{ certificate }, {}] })
  const session = new ResumableSession(
    below,
    { session: 5, authid: 'joe' },
    {
      settings: defaultsOf(resumptionOptions),
      clock,
      randomOctets: length => crypto.getRandomValues(new Uint8Array(length)),
      hasRoomFor: () => true,
      detached() {},
      grown: () => true,
      attached() {},
      retired() {},
    },
  )
  return { session, clock }
}
