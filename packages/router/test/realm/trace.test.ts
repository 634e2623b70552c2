import { type Message, MessageType } from '@autobahn-ts/wamp/protocol'
import { FakeClock } from '@autobahn-ts/websocket/testing'
import { describe, expect, it } from 'vitest'
import { Caller } from '../../src/dealer/caller.ts'
import type { Delivery, Party } from '../../src/parties/party.ts'
import { type MessageTap, Trace } from '../../src/realm/trace.ts'

const { CALL, ERROR, RESULT } = MessageType
const call: Message = [CALL, 9, {}, 'com.a']

describe('Trace', () => {
  it('shows each message as a progressive result of its call', () => {
    const { tap, results } = traced()
    tap().received(call)
    tap().sent([RESULT, 9, {}])
    expect(results()).toEqual([
      [RESULT, 5, { progress: true }, { time: 1000, direction: 'received', type: 'CALL', message: call }],
      [RESULT, 5, { progress: true }, { time: 1000, direction: 'sent', type: 'RESULT', message: [RESULT, 9, {}] }],
    ])
  })

  it('shows so many messages in a second, and says how many it has left out', () => {
    const { tap, results, clock } = traced({ rate: 2 })
    for (let n = 0; n < 5; n++) tap().received(call)
    expect(results()).toHaveLength(2)
    clock.advance(1000)
    tap().received(call)
    tap().received(call)
    expect(
      results()
        .slice(2)
        .map(([, , , entry]) => entry),
    ).toMatchObject([{ dropped: 3 }, { direction: 'received' }])
    expect(results()[3]?.[3]).not.toHaveProperty('dropped')
  })

  it('shows so many characters in a second', () => {
    const { tap, results } = traced({ payloadSize: 65_536, rate: 10_000 })
    const large: Message = [CALL, 9, {}, 'com.a', { args: ['x'.repeat(100_000)], kwargs: {} }]
    for (let n = 0; n < 100; n++) tap().received(large)
    expect(results()).toHaveLength(16)
  })

  it('leaves out what its watcher does not read, and says how many', () => {
    const { tap, results, take } = traced()
    take('full')
    tap().received(call)
    tap().received(call)
    take('sent')
    tap().received(call)
    expect(results().map(([, , , entry]) => entry)).toMatchObject([{ dropped: 2 }])
  })

  it('ends by an answer when the session is over', () => {
    const { tap, results, caller, left } = traced({ rate: 1 })
    tap().received(call)
    tap().received(call)
    tap().ended()
    expect(results().at(-1)).toEqual([RESULT, 5, {}, { messages: 1, dropped: 1 }])
    expect([caller.calls.size, left()]).toEqual([0, true])
  })

  it('ends by CANCEL, and when its watcher leaves', () => {
    const one = traced()
    one.caller.calls.get(5)?.cancel()
    expect(one.results()).toEqual([[ERROR, CALL, 5, {}, 'wamp.error.canceled', undefined]])
    expect([one.caller.calls.size, one.left()]).toEqual([0, true])
    const two = traced()
    two.caller.leave()
    expect([two.results(), two.caller.calls.size, two.left()]).toEqual([[], 0, true])
  })
})

function traced({ rate = 1000, payloadSize = 0 } = {}) {
  const clock = new FakeClock()
  const sent: Message[] = []
  let delivery: Delivery = 'sent'
  const put = (message: Message): Delivery => {
    if (delivery === 'sent') sent.push(message)
    return delivery
  }
  const caller = new Caller({ send: put } as unknown as Party)
  const taps = new Set<MessageTap>()
  let isOver = false
  const trace = new Trace({
    caller,
    request: 5,
    watcher: { offerUntraced: put },
    traced: { addTap: tap => taps.add(tap), removeTap: tap => taps.delete(tap) },
    clock,
    today: () => 1000 + clock.now(),
    payloadSize,
    rate,
    over: () => {
      isOver = true
    },
  })
  expect([...taps]).toEqual([trace])
  expect([trace.isOpen, trace.isEndless]).toEqual([false, true])
  return {
    clock,
    caller,
    tap: () => trace,
    take: (next: Delivery) => {
      delivery = next
    },
    results: () => sent.map(message => (message[0] === RESULT ? [...message.slice(0, 3), message[3]?.args[0]] : [...message])),
    left: () => isOver && taps.size === 0,
  }
}
