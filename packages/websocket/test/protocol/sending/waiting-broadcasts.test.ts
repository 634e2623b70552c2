import { describe, expect, it } from 'vitest'
import { PreparedFrame } from '../../../src/protocol/extending/prepared-frame.ts'
import { PreparedMessage } from '../../../src/protocol/sending/prepared-message.ts'
import { type Broadcast, WaitingBroadcasts } from '../../../src/protocol/sending/waiting-broadcasts.ts'

describe('WaitingBroadcasts', () => {
  it('has everything written in order, once, and counts the octets until then', () => {
    const waiting = new WaitingBroadcasts(100)
    const [one, two, three] = [message(3), new PreparedFrame(3, new Uint8Array(4)), message(5)]
    for (const broadcast of [one, two, three]) waiting.add(broadcast)
    expect({ isEmpty: waiting.isEmpty, octets: waiting.octets }).toEqual({ isEmpty: false, octets: 12 })
    const written: Broadcast[] = []
    const octets: number[] = []
    const writer = {
      writeBroadcast(broadcast: Broadcast) {
        octets.push(waiting.octets)
        written.push(broadcast)
      },
    }
    waiting.writeTo(writer)
    waiting.writeTo(writer)
    expect({ written, octets, isEmpty: waiting.isEmpty }).toEqual({ written: [one, two, three], octets: [0, 0, 0], isEmpty: true })
  })

  it('keeps what comes while it is written for the next time', () => {
    const waiting = new WaitingBroadcasts(100)
    const [one, two] = [message(1), message(2)]
    const written: Broadcast[] = []
    const writer = {
      writeBroadcast(broadcast: Broadcast) {
        written.push(broadcast)
        if (broadcast === one) waiting.add(two)
      },
    }
    waiting.add(one)
    waiting.writeTo(writer)
    expect({ written, octets: waiting.octets }).toEqual({ written: [one], octets: 2 })
    waiting.writeTo(writer)
    expect(written).toEqual([one, two])
  })

  it('needs a check of the limits above the octets that it may take without one', () => {
    const waiting = new WaitingBroadcasts(3)
    const needed: boolean[] = []
    for (const length of [3, 1, 1]) {
      waiting.add(message(length))
      needed.push(waiting.needsCheck)
    }
    waiting.clear()
    expect({ needed, cleared: { needsCheck: waiting.needsCheck, isEmpty: waiting.isEmpty, octets: waiting.octets } }).toEqual({
      needed: [false, true, true],
      cleared: { needsCheck: false, isEmpty: true, octets: 0 },
    })
  })
})

function message(length: number): PreparedMessage {
  return new PreparedMessage(new Uint8Array(length), true, {})
}
