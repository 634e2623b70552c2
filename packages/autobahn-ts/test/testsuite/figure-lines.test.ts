import { stripVTControlCharacters } from 'node:util'
import type { Report, ReportRow } from '@autobahn-ts/testsuite'
import { describe, expect, it } from 'vitest'
import { figureLines } from '../../src/testsuite/figure-lines.ts'

describe('figureLines', () => {
  it('makes a table of group 9, a line per case', () => {
    const roundTrips = { count: 1000, shortest: 0.1, median: 0.25, longest: 12.5, sum: 400 }
    const lines = figureLines(report({ id: '9.7.4', measured: { roundTrips, echoedOctets: 2 ** 20 } }))
    expect(lines[1]).toContain('mine: speed')
    expect(lines[3]).toMatch(/^9\.7\.4 +1000 +400 +0\.25 +12\.5 +2500 +2\.50$/)
  })

  it('shows how much came back compressed', () => {
    const direction = { messages: 1000, inflatedOctets: 4000, wireOctets: 1000, windowBits: 15, keepsContext: true }
    const compression = {
      ...direction,
      compressedMessages: 999,
      farthest: 1,
      messagesWithContext: 1,
      context: 'kept' as const,
      fuzzer: direction,
    }
    const lines = figureLines(report({ id: '12.1.1', measured: { compression } }))
    expect(lines.map(stripVTControlCharacters)).toEqual([
      'mine: 99 % of 1000 messages in 1 case came back compressed, 4.00 : 1 (sent: 4.00 : 1); context kept in 1 of the 1 cases that allow it',
    ])
  })

  it('names a testee that agrees but never compresses, which no verdict shows', () => {
    const direction = { messages: 1000, inflatedOctets: 4000, wireOctets: 4000, windowBits: 15, keepsContext: true }
    const compression = {
      ...direction,
      compressedMessages: 0,
      farthest: 0,
      messagesWithContext: 0,
      context: 'unknown' as const,
      fuzzer: direction,
    }
    const lines = figureLines(report({ id: '12.1.1', measured: { compression } }))
    expect(lines.map(stripVTControlCharacters)).toEqual([
      'mine: agreed on permessage-deflate in 1 case, but compressed none of its 1000 messages',
    ])
  })

  it('returns nothing without figures', () => {
    expect(figureLines(report({}))).toEqual([])
  })
})

function report(parts: Partial<ReportRow>): Report {
  const row: ReportRow = {
    agent: 'mine',
    id: '1.1.1',
    number: 1,
    title: 'Does.',
    testee: 'server',
    behavior: 'OK',
    behaviorClose: 'OK',
    reasons: { behavior: '', close: '' },
    duration: 1,
    remoteCloseCode: 1000,
    remoteCloseReason: '',
    file: 'mine',
    ...parts,
  }
  return { fuzzer: 'client', created: '', rows: [row], earlier: [], unreachable: [] }
}
