import { describe, expect, it } from 'vitest'
import { membershipOf } from '../../src/channels/membership.ts'

describe('membershipOf', () => {
  it('is the promise, and leaves when it is disposed of', async () => {
    let left = 0
    const promise = Promise.resolve()
    const joined = Promise.resolve()
    const membership = membershipOf(promise, joined, () => left++)
    expect(membership).toBe(promise)
    expect(membership.joined).toBe(joined)
    membership[Symbol.dispose]()
    expect(left).toBe(1)
  })
})
