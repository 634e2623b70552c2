import { describe, expect, it } from 'vitest'
import { type Counts, type Traffic, TrafficRates } from '../../src/watch/traffic-rates.ts'

describe('TrafficRates', () => {
  it('tells what has changed since the last reading', () => {
    const rates = new TrafficRates()
    expect(rates.next(traffic({ CALL: 5 }, { RESULT: 5 }), 1000)).toBeUndefined()
    expect(rates.next(traffic({ CALL: 8, YIELD: 1 }, { RESULT: 5 }, { event_outbox_full: 2 }), 3000)).toEqual({
      seconds: 2,
      received: { CALL: 3, YIELD: 1 },
      sent: {},
      dropped: { event_outbox_full: 2 },
    })
  })

  it('takes a counter that has become smaller for one of a router that was started anew', () => {
    const rates = new TrafficRates()
    rates.next(traffic({ CALL: 500 }), 0)
    expect(rates.next(traffic({ CALL: 3 }), 1000)?.received).toEqual({ CALL: 3 })
  })

  it('never divides by no time at all', () => {
    const rates = new TrafficRates()
    rates.next(traffic(), 0)
    expect(rates.next(traffic(), 0)?.seconds).toBeGreaterThan(0)
  })
})

function traffic(received: Counts = {}, sent: Counts = {}, dropped: Counts = {}): Traffic {
  return {
    sessions: 1,
    subscriptions: 0,
    registrations: 0,
    received,
    sent,
    dropped,
    outbox: { octets: 0, messages: 0, highest_octets: 0 },
  }
}
