import { describe, expect, it } from 'vitest'
import type { CompressionRecord } from '../../src/run/case-record.ts'
import type { Verdicts } from '../../src/run/judge.ts'
import { remarksOn } from '../../src/run/remarks.ts'

const well: Verdicts = { behavior: { verdict: 'OK', reason: '' }, close: { verdict: 'OK', reason: '' } }
const direction = { messages: 10, inflatedOctets: 20_480, wireOctets: 5000, windowBits: 15, keepsContext: true }
const all: CompressionRecord = {
  ...direction,
  compressedMessages: 10,
  farthest: 9,
  messagesWithContext: 9,
  context: 'kept',
  fuzzer: direction,
}

describe('remarksOn', () => {
  it('returns no remarks on a testee that uses all it may', () => {
    expect(remarksOn(well, undefined)).toEqual([])
    expect(remarksOn(well, all)).toEqual([])
    expect(remarksOn(well, { ...all, messages: 0, compressedMessages: 0 })).toEqual([])
  })

  it.each<[Partial<CompressionRecord>, string]>([
    [{ compressedMessages: 0 }, 'None of 10 messages came back compressed'],
    [{ compressedMessages: 3 }, '3 of 10 messages came back compressed'],
    [{ context: 'dropped' }, 'never used it'],
    [{ farthest: 0 }, 'No message refers back'],
  ])('has a remark where %o', (parts, remark) => {
    expect(remarksOn(well, { ...all, ...parts })).toEqual([expect.stringContaining(remark)])
  })

  it('names a limit with code and reason', () => {
    expect(remarksOn({ ...well, limit: { code: 1009, reason: 'too much' } }, undefined)).toEqual([
      'The testee reached a limit of its own: it closed with 1009 (too much).',
    ])
  })
})
