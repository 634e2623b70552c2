import { describe, expect, it } from 'vitest'
import { PreparedFrame } from '../../../src/protocol/extending/prepared-frame.ts'
import { PreparedMessage } from '../../../src/protocol/sending/prepared-message.ts'
import { WaitingBroadcasts } from '../../../src/protocol/sending/waiting-broadcasts.ts'

describe('WaitingBroadcasts', () => {
  it('keeps broadcasts in their order, and counts their octets, until it is cleared', () => {
    const waiting = new WaitingBroadcasts(100)
    const [one, two, three] = [message(3), new PreparedFrame(3, new Uint8Array(4)), message(5)]
    for (const broadcast of [one, two, three]) waiting.add(broadcast)
    expect({ first: waiting.first, others: waiting.others, octets: waiting.octets }).toEqual({
      first: one,
      others: [two, three],
      octets: 12,
    })
    const { others } = waiting
    waiting.clear()
    waiting.add(two)
    expect({ first: waiting.first, others: waiting.others, octets: waiting.octets }).toEqual({ first: two, others: undefined, octets: 4 })
    expect(others).toEqual([two, three])
  })

  it('needs a check of the limits above the octets that it may take without one', () => {
    const waiting = new WaitingBroadcasts(3)
    const needed: boolean[] = []
    for (const length of [3, 1, 1]) {
      waiting.add(message(length))
      needed.push(waiting.needsCheck)
    }
    waiting.clear()
    expect({ needed, cleared: { needsCheck: waiting.needsCheck, first: waiting.first, octets: waiting.octets } }).toEqual({
      needed: [false, true, true],
      cleared: { needsCheck: false, first: undefined, octets: 0 },
    })
  })
})

function message(length: number): PreparedMessage {
  return new PreparedMessage(new Uint8Array(length), true, {})
}
