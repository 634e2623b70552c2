import { describe, expect, it } from 'vitest'
import { TokenBucket } from '../../src/demo/token-bucket.ts'

describe('TokenBucket', () => {
  it('allows a burst, and then no more', () => {
    const bucket = new TokenBucket(3, 1, () => 0)
    expect([bucket.take(), bucket.take(), bucket.take(), bucket.take()]).toEqual([true, true, true, false])
  })

  it('refills with time, but never above its capacity', () => {
    let time = 0
    const bucket = new TokenBucket(2, 1, () => time)
    bucket.take()
    bucket.take()
    time = 500
    expect(bucket.take()).toBe(false)
    time = 1000
    expect(bucket.take()).toBe(true)
    time = 1_000_000
    expect([bucket.take(), bucket.take(), bucket.take()]).toEqual([true, true, false])
  })
})
