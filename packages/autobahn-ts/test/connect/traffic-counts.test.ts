import { expect, it } from 'vitest'
import { TrafficCounts } from '../../src/connect/traffic-counts.ts'

it('counts messages and octets of both directions, and the round trips of pings', () => {
  const counts = new TrafficCounts(1000)
  counts.sent('Grüße')
  counts.received(new Uint8Array(1500))
  counts.received('x')
  for (const time of [3, 1, 2]) counts.pinged(time)
  expect(counts.lines(3500)).toEqual([
    'sent      1 message, 7 octets',
    'received  2 messages, 1,501 octets',
    'time      2.5 s',
    'pings     3: least 1.0, median 2.0, most 3.0 ms',
  ])
  expect(new TrafficCounts(0).lines(0)).toEqual(['sent      0 messages, 0 octets', 'received  0 messages, 0 octets', 'time      0.0 s'])
})
