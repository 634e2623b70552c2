import { describe, expect, it } from 'vitest'
import { readDelivery } from '../../src/history/stored-message.ts'

describe('readDelivery', () => {
  it('reads the number, the delivery and the time, with a domain and without', () => {
    const wanted = { sequence: 10, delivery: 2, time: 1796066716730 }
    expect(readDelivery('$JS.ACK.stream.consumer.1.10.2.1796066716730794644.0')).toEqual(wanted)
    expect(readDelivery('$JS.ACK.domain.account.stream.consumer.1.10.2.1796066716730794644.0')).toEqual(wanted)
    expect(readDelivery('$JS.ACK.domain.account.stream.consumer.1.10.2.1796066716730794644.0.random')).toEqual(wanted)
  })

  it('is nothing for other subjects', () => {
    for (const reply of [undefined, '', '_INBOX.x', '$JS.FC.stream.consumer.x', '$JS.ACK.stream.consumer.1.ten.2.3.0', '$JS.ACK.1.2.3'])
      expect(readDelivery(reply)).toBeUndefined()
  })
})
