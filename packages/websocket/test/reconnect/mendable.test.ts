import { describe, expect, it, vi } from 'vitest'
import { ApiMisuse, HandshakeFailed, type ReceivedHeaders } from '../../src/protocol/faults/errors.ts'
import { isMendable, retryAfter } from '../../src/reconnect/mendable.ts'

describe('isMendable', () => {
  it('tries again after a loss, and after close codes that are not about this client', () => {
    for (const code of [1001, 1005, 1006, 1009, 1011, 1012, 1013, 1014, 3000, 4500]) {
      expect({ code, isMendable: isMendable({ code, reason: '', cause: undefined }) }).toEqual({ code, isMendable: true })
    }
  })

  it('gives up where the server is done, or does not accept this client', () => {
    for (const code of [1000, 1002, 1003, 1007, 1008, 1010]) {
      expect({ code, isMendable: isMendable({ code, reason: '', cause: undefined }) }).toEqual({ code, isMendable: false })
    }
  })

  it('gives up after a refusal that would be repeated, and not after one that passes', () => {
    const after = (status?: number) => isMendable({ code: 1006, reason: '', cause: new HandshakeFailed('refused', status) })
    expect([undefined, 101, 408, 425, 429, 500, 502, 503].map(after)).toEqual(Array(8).fill(true))
    expect([301, 400, 401, 403, 404, 426].map(after)).toEqual(Array(6).fill(false))
  })

  it('gives up after a bug of the application, and not after its other errors', () => {
    expect(isMendable({ code: 1006, reason: '', cause: new ApiMisuse('no URL') })).toBe(false)
    expect(isMendable({ code: 1006, reason: '', cause: new Error('no token') })).toBe(true)
  })
})

describe('retryAfter', () => {
  const after = (value: string): number => {
    const headers = { get: (name: string) => (name.toLowerCase() === 'retry-after' ? value : undefined) } as ReceivedHeaders
    return retryAfter(new HandshakeFailed('refused', 503, { headers }))
  }

  it('is the seconds that a refusal asks for, at most a day', () => {
    expect([after('120'), after('0'), after('999999999')]).toEqual([120_000, 0, 86_400_000])
  })

  it('is the time until a date', () => {
    vi.useFakeTimers({ now: Date.UTC(2026, 10, 30, 12) })
    try {
      expect([after('Mon, 30 Nov 2026 12:00:30 GMT'), after('Mon, 30 Nov 2026 11:00:00 GMT')]).toEqual([30_000, 0])
    } finally {
      vi.useRealTimers()
    }
  })

  it('is 0 where nothing is asked for, or nothing that can be read', () => {
    expect([retryAfter(undefined), retryAfter(new HandshakeFailed('refused', 503)), after('soon'), after('-5')]).toEqual([0, 0, 0, 0])
  })
})
