import { describe, expect, it } from 'vitest'
import { PreparedFrame } from '../../../src/protocol/extending/prepared-frame.ts'
import { UnsentLimitExceeded } from '../../../src/protocol/faults/errors.ts'
import type { SendOutcome } from '../../../src/protocol/frames/send-options.ts'
import { type Broadcast, PendingBroadcasts } from '../../../src/protocol/sending/pending-broadcasts.ts'
import { PreparedMessage } from '../../../src/protocol/sending/prepared-message.ts'

describe('PendingBroadcasts', () => {
  it('keeps broadcasts in their order, and counts their octets, until all are sent', () => {
    const { pending, receiver } = make()
    const [one, two, three] = [message(3), new PreparedFrame(3, new Uint8Array(4)), message(5)]
    for (const broadcast of [one, two, three]) expect(pending.take(broadcast, true)).toBe(true)
    expect({ octets: pending.octets, sent: receiver.sent, flushes: receiver.flushes }).toEqual({ octets: 12, sent: [], flushes: 1 })
    pending.sendAll()
    expect({ octets: pending.octets, sent: receiver.sent }).toEqual({ octets: 0, sent: [one, two, three] })
    pending.sendAll()
    expect(receiver.sent.length).toBe(3)
  })

  it('keeps those that come while others are sent for the next time', () => {
    const { pending, receiver } = make()
    const [one, two] = [message(1), message(2)]
    receiver.onSend = () => {
      receiver.onSend = () => 'sent'
      pending.take(two, true)
      return 'sent'
    }
    pending.take(one, true)
    pending.sendAll()
    expect({ sent: receiver.sent, octets: pending.octets, flushes: receiver.flushes }).toEqual({ sent: [one], octets: 2, flushes: 2 })
  })

  it('forgets what is pending when it is cleared', () => {
    const { pending, receiver } = make()
    pending.take(message(3), true)
    pending.clear()
    pending.sendAll()
    expect({ sent: receiver.sent, octets: pending.octets }).toEqual({ sent: [], octets: 0 })
  })

  it('checks the limits of the connection above the octets that it may take without', () => {
    const { pending, receiver } = make(3)
    for (const length of [3, 1, 1]) pending.take(message(length), true)
    expect(receiver.checks).toBe(1)
  })

  it('checks the limits where a send method has returned full', () => {
    const { pending, receiver } = make()
    receiver.isFull = true
    pending.take(message(1), true)
    expect(receiver.checks).toBe(1)
  })

  it('misses a slow connection, unless the broadcast goes to slow ones too', () => {
    const { pending, receiver } = make()
    receiver.isFull = receiver.isSlow = true
    expect([pending.take(message(1), false), pending.take(message(2), true)]).toEqual([false, true])
    expect(pending.octets).toBe(2)
  })

  it('sends at once above the limit, behind what is pending, and tells whether it was taken', () => {
    for (const [outcome, wasTaken] of [
      ['full', true],
      ['skipped', false],
    ] as const) {
      const { pending, receiver } = make()
      const [one, two] = [message(1), message(2)]
      pending.take(one, true)
      receiver.isFull = receiver.above = true
      receiver.onSend = () => outcome
      expect(pending.take(two, true)).toBe(wasTaken)
      expect({ sent: receiver.sent, octets: pending.octets }).toEqual({ sent: [one, two], octets: 0 })
    }
  })

  it('counts the policy throw as skipped, and reports other errors', () => {
    const broken = new Error('broken')
    for (const [error, reported] of [
      [new UnsentLimitExceeded('too much'), []],
      [broken, [broken]],
    ] as const) {
      const { pending, receiver } = make()
      receiver.isFull = receiver.above = true
      receiver.onSend = () => {
        throw error
      }
      expect(pending.take(message(1), true)).toBe(false)
      expect(receiver.errors).toEqual(reported)
    }
  })

  it('sends nothing to a connection that has begun to close', () => {
    const { pending, receiver } = make()
    pending.take(message(1), true)
    receiver.maySend = false
    pending.sendAll()
    expect(receiver.sent).toEqual([])
  })
})

function make(unchecked = 100) {
  const receiver = new Receiver()
  return { receiver, pending: new PendingBroadcasts(receiver, unchecked) }
}

/** A receiver that records what it is asked for. */
class Receiver {
  maySend = true
  isFull = false
  isSlow = false
  above = false
  checks = 0
  flushes = 0
  readonly sent: Broadcast[] = []
  readonly errors: unknown[] = []
  onSend: () => SendOutcome = () => 'sent'

  get isAboveLimit(): boolean {
    this.checks++
    return this.above
  }

  flushLater(): void {
    this.flushes++
  }

  sendBroadcast(broadcast: Broadcast): SendOutcome {
    this.sent.push(broadcast)
    return this.onSend()
  }

  encodingFailed(error: unknown): void {
    this.errors.push(error)
  }
}

function message(length: number): PreparedMessage {
  return new PreparedMessage(new Uint8Array(length), true, {})
}
