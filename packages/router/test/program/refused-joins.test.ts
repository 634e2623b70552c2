import { Writable } from 'node:stream'
import { FakeClock } from '@autobahn-ts/websocket/testing'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { RefusedJoins } from '../../src/program/refused-joins.ts'

describe('the log of refused clients', () => {
  it('has the reason, and who the client says it is', () => {
    const { joins, lines } = logged()
    joins.refused(refusal())
    expect(lines).toMatchObject([
      {
        reason: 'wamp.error.authentication_failed',
        realm: 'realm1',
        authid: 'joe',
        authmethods: ['ticket'],
        transport: { type: 'websocket', peer: '10.0.0.1:5', secure: false },
        msg: 'refused',
      },
    ])
    expect(lines[0]).not.toHaveProperty('more')
  })

  it('has a line in a second, with the number of all others, however many are refused', () => {
    const { joins, lines, clock } = logged()
    for (let n = 0; n < 10_000; n++) {
      joins.refused(refusal({ authid: `joe${n}` }))
      if (n % 1000 === 999) clock.advance(500)
    }
    clock.advance(1000)
    expect(lines.length).toBeLessThanOrEqual(7)
    expect(lines.reduce((sum, { more = 0 }) => sum + 1 + Number(more), 0)).toBe(10_000)
    expect(lines.at(-1)).toMatchObject({ authid: 'joe9999' })
    clock.advance(10_000)
    expect(clock.pending).toBe(0)
    // after a quiet second the next one is written at once
    joins.refused(refusal({ authid: 'ann' }))
    expect(lines.at(-1)).toMatchObject({ authid: 'ann' })
  })

  it('is complete when the router ends', () => {
    const { joins, lines, clock } = logged()
    for (let n = 0; n < 3; n++) joins.refused(refusal())
    joins.close()
    expect([lines.length, lines[1]?.more, clock.pending]).toEqual([2, 1, 0])
    joins.close()
    expect(lines).toHaveLength(2)
  })

  it('cuts what a client says, and needs nothing of it', () => {
    const { joins, lines, clock } = logged()
    const long = 'x'.repeat(1_000_000)
    joins.refused(refusal({ reason: long, realm: long, authid: long, authmethods: Array.from({ length: 1000 }, () => long) }))
    clock.advance(1000)
    joins.refused(refusal({ realm: undefined, authid: undefined, authmethods: undefined }))
    expect(JSON.stringify(lines[0]).length).toBeLessThan(1500)
    expect(Object.keys(lines[1]!)).not.toContain('authid')
  })

  it('costs nothing where the level of the log does not show it', () => {
    const { joins, lines, clock } = logged('warn')
    joins.refused(refusal())
    expect([lines, clock.pending]).toEqual([[], 0])
  })
})

function refusal(words: object = {}) {
  const transport = { kind: 'websocket', peer: '10.0.0.1:5', isSecure: false, headers: {} } as const
  return { reason: 'wamp.error.authentication_failed', realm: 'realm1', authid: 'joe', authmethods: ['ticket'], transport, ...words }
}

function logged(level = 'info') {
  const clock = new FakeClock()
  const lines: Record<string, unknown>[] = []
  const stream = new Writable({
    write(line, _, done) {
      lines.push(JSON.parse(String(line)) as Record<string, unknown>)
      done()
    },
  })
  return { clock, lines, joins: new RefusedJoins(pino({ level }, stream), clock) }
}
