import { FakeClock } from '@autobahn-ts/websocket/testing'
import { describe, expect, it } from 'vitest'
import type { Hello, Message } from '../../src/messages/message.ts'
import { type Detachment, type ResumedSession, ResumingDial } from '../../src/resumption/resuming-dial.ts'
import { type MemoryTransport, memoryTransports } from '../../src/transports/memory-transport.ts'

const offer = { roles: {}, authid: 'joe', resumed: false, resumable: true, 'resume-token': 'one', _received: 0, _resumable_for: 60 }

describe('a client that asks for resumption', () => {
  it('says that it counts messages', async () => {
    const { hello } = await opened()
    expect(hello[2]).toMatchObject({ resumable: true, _received: 0, agent: 'me' })
  })

  it.each([
    ['says nothing', { roles: {} }],
    ['says resumable without a token', { ...offer, 'resume-token': undefined }],
    ['does not count', { ...offer, _received: undefined }],
    ['does not say for how long', { ...offer, _resumable_for: 'long' }],
    ['says a number that is none for how long', { ...offer, _resumable_for: Number.NaN }],
    ['declines', { ...offer, resumable: false }],
  ])('does not resume where the router %s', async (_, details) => {
    const { clock, end, closed, dials } = await opened(details)
    end.abort('gone')
    await clock.settle(60_000)
    expect(closed).toHaveLength(1)
    expect(dials()).toBe(1)
  })

  it('shows its token, its name and the number of messages that it has received', async () => {
    const { clock, end, resume } = await opened()
    end.send([36, 1, 1, {}])
    await clock.settle()
    end.abort('gone')
    await clock.settle(200)
    expect((await resume()).hello).toEqual([
      1,
      'realm1',
      { roles: {}, agent: 'me', authid: 'joe', resumable: true, 'resume-session': 5, 'resume-token': 'one', _received: 1 },
    ])
  })

  it('shows the last token that it has got', async () => {
    const { clock, end, resume, resumed } = await opened()
    end.abort('gone')
    await clock.settle(200)
    const second = await resume()
    second.end.send([2, 5, { ...offer, resumed: true, 'resume-token': 'two' }])
    await clock.settle()
    expect(resumed).toHaveLength(1)
    second.end.abort('gone')
    await clock.settle(200)
    expect((await resume()).hello[2]).toMatchObject({ 'resume-token': 'two' })
  })

  it.each([
    ['ABORT', [3, {}, 'wamp.error.no_such_session'], 'wamp.error.no_such_session'],
    ['a new session', [2, 6, offer], 'this side no longer has'],
    ['a session of another id', [2, 6, { ...offer, resumed: true }], 'this side no longer has'],
    ['more messages than were sent', [2, 5, { ...offer, resumed: true, _received: 1 }], 'this side no longer has'],
    ['a number that is none', [2, 5, { ...offer, resumed: true, _received: '0' }], 'this side no longer has'],
    ['CHALLENGE', [4, 'ticket', {}], 'something else'],
    ['EVENT', [36, 1, 1, {}], 'something else'],
  ] as [string, Message, string][])('gives the session up where the answer is %s', async (_, answer, reason) => {
    const { clock, end, resume, closed, dials } = await opened()
    end.abort('gone')
    await clock.settle(200)
    ;(await resume()).end.send(answer)
    await clock.settle(120_000)
    expect(closed).toEqual([expect.stringContaining(reason)])
    expect(dials()).toBe(2)
    expect(clock.pending).toBe(0)
  })

  it('tries again where the transport is lost before the answer, and where nothing is answered', async () => {
    const { clock, end, resume, resumed, dials } = await opened()
    end.abort('gone')
    await clock.settle(200)
    ;(await resume()).end.abort('gone again')
    await clock.settle(200)
    expect(dials()).toBe(3)
    // no answer for ten seconds
    await clock.settle(11_000)
    expect(dials()).toBe(4)
    ;(await resume()).end.send([2, 5, { ...offer, resumed: true }])
    await clock.settle()
    expect(resumed).toMatchObject([{ id: 5, tries: 3 }])
  })

  it('waits longer from try to try, up to five seconds, and gives up after the time that the router has told', async () => {
    const { clock, end, state, closed, times } = await opened()
    state.isDown = true
    end.abort('gone')
    await clock.settle(120_000)
    const waits = times.slice(1).map((time, n) => time - times[n]!)
    expect(waits.slice(0, 7)).toEqual([75, 150, 300, 600, 1200, 2400, 3750])
    expect(times.at(-1)! - times[0]!).toBeLessThanOrEqual(60_000)
    expect(closed).toEqual(['the session could not be resumed within 60 s'])
    expect(clock.pending).toBe(0)
  })
})

describe('a session whose transport is lost again as soon as it goes on', () => {
  it('ends after the time that the router has told, with longer and longer waits', async () => {
    const { clock, end, resume, closed, dials } = await opened()
    end.abort('gone')
    for (let n = 0; n < 100 && closed.length === 0; n++) {
      const before = dials()
      await clock.settle(5000)
      if (dials() > before) await goOnAndLose(await resume(), clock)
    }
    expect(closed).toEqual(['the session could not be resumed within 60 s'])
    expect(dials()).toBeLessThan(25)
    expect(clock.pending).toBe(0)
  })

  it('goes on for as long as messages come', async () => {
    const { clock, end, resume, closed, resumed } = await opened()
    end.abort('gone')
    for (let n = 0; n < 40; n++) {
      await clock.settle(5000)
      await goOnAndLose(await resume(), clock, [36, 1, n, {}])
    }
    expect(clock.now()).toBeGreaterThan(120_000)
    expect([closed, resumed.length]).toEqual([[], 40])
  })

  it('begins with short waits again after a time in which the transport was there and silent', async () => {
    const { clock, end, resume, closed, resumed, dials } = await opened()
    end.abort('gone')
    await clock.settle(200)
    const second = await resume()
    second.end.send([2, 5, { ...offer, resumed: true }])
    await clock.settle(300_000)
    second.end.abort('gone')
    await clock.settle(80)
    expect(dials()).toBe(3)
    ;(await resume()).end.send([2, 5, { ...offer, resumed: true }])
    await clock.settle()
    expect([closed, resumed.length]).toEqual([[], 2])
  })

  async function goOnAndLose({ end }: { end: MemoryTransport }, clock: FakeClock, event?: Message): Promise<void> {
    end.send([2, 5, { ...offer, resumed: true }])
    if (event !== undefined) end.send(event)
    await clock.settle()
    end.abort('gone')
    await clock.settle()
  }
})

/** A dial whose router is the test, with a session that has WELCOME. */
async function opened(details: object = offer) {
  const clock = new FakeClock()
  const ends: MemoryTransport[] = []
  const hellos: Hello[] = []
  const times: number[] = []
  const state = { isDown: false }
  const detachments: Detachment[] = []
  const resumed: ResumedSession[] = []
  const dial = async () => {
    times.push(clock.now())
    if (state.isDown) throw new Error('there is no network')
    const [client, end] = memoryTransports(clock)
    end.open({ onMessage: message => hellos.push(message as Hello), onViolation() {}, onWritable() {}, onClosed() {} })
    ends.push(end)
    return client
  }
  const resuming = new ResumingDial(
    dial,
    {
      octets: 1000,
      messages: 10,
      onDetached: loss => detachments.push(loss),
      onResumed: session => resumed.push(session),
    },
    { clock, random: () => 0.5, call: (_, callback) => callback() },
  )
  const transport = await resuming.dial(new AbortController().signal)
  const closed: string[] = []
  transport.open({ onMessage() {}, onViolation() {}, onWritable() {}, onClosed: end => closed.push(end.reason) })
  transport.send([1, 'realm1', { roles: {}, agent: 'me' }])
  await clock.settle()
  ends[0]!.send([2, 5, details as never])
  await clock.settle()
  const resume = async () => {
    await clock.settle()
    return { end: ends.at(-1)!, hello: hellos.at(-1)! }
  }
  return { clock, end: ends[0]!, hello: hellos[0]!, closed, resume, resumed, detachments, state, times, dials: () => times.length }
}
