import { describe, expect, it } from 'vitest'
import { RecentMessages } from '../../src/channels/recent-messages.ts'

const message = (order: number, length = 1): { octets: Uint8Array<ArrayBuffer>; place: { order: number; position: string } } => ({
  octets: new Uint8Array(length),
  place: { order, position: `${order}` },
})

describe('RecentMessages', () => {
  it('has the messages from an order on, and tells from which', () => {
    const recent = new RecentMessages(5)
    for (const order of [5, 7, 9]) recent.add(message(order))
    expect([4, 5, 6, 20].map(order => recent.has(order))).toEqual([false, true, true, true])
    expect(recent.since(6).map(({ place }) => place.order)).toEqual([7, 9])
  })

  it('drops the oldest above 10,000 messages and above 16 MiB', () => {
    const many = new RecentMessages(1)
    for (let order = 1; order <= 10_002; order++) many.add(message(order))
    expect([many.has(2), many.has(3), many.since(0).length]).toEqual([false, true, 10_000])
    const large = new RecentMessages(1)
    for (const order of [10, 20, 30]) large.add(message(order, 8 * 1024 * 1024))
    expect([large.has(10), large.has(11), large.since(0).length]).toEqual([false, true, 2])
  })
})
