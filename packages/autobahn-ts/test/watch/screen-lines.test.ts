import { describe, expect, it } from 'vitest'
import { type ShownView, screenLines } from '../../src/watch/screen-lines.ts'

const frame = { url: 'ws://127.0.0.1:8080', realm: 'realm1', isJoined: true, columns: 80, rows: 30 }
const nothing = { facts: [], others: 0 }
const empty: ShownView = {
  traffic: undefined,
  change: undefined,
  sessions: nothing,
  topics: nothing,
  procedures: nothing,
  changes: [],
  missing: [],
}
const traffic = {
  sessions: 1,
  subscriptions: 2,
  registrations: 3,
  received: {},
  sent: {},
  dropped: { event_outbox_full: 7, event_too_large: 0 },
  outbox: { octets: 1500, messages: 2, highest_octets: 4000 },
}

describe('a view on a terminal', () => {
  it('has rates, the largest first, and drops by reason', () => {
    const change = { seconds: 2, received: { CALL: 3, PUBLISH: 4000 }, sent: {}, dropped: { event_outbox_full: 4 } }
    const lines = plain(screenLines({ ...empty, traffic, change }, frame))
    expect(lines).toContain('sessions 1   topics 2   procedures 3')
    expect(lines).toContain('octets that wait for slow readers 1,500   most of one session 4,000')
    expect(lines).toContain('received in a second   PUBLISH 2,000  CALL 1.5')
    expect(lines).toContain('sent in a second       nothing')
    expect(lines).toContain('dropped in a second    event_outbox_full 2 (7 in all)')
  })

  it('has tables of sessions, topics, procedures and changes', () => {
    const lines = plain(
      screenLines(
        {
          ...empty,
          sessions: {
            facts: [{ session: 5, authid: 'joe', authrole: 'user', transport: { type: 'websocket', peer: '127.0.0.1:9' } }],
            others: 0,
          },
          topics: {
            facts: [
              { uri: 'com.a', match: 'exact', count: 1 },
              { uri: 'com.longer', match: 'prefix', count: 1200 },
            ],
            others: 3,
          },
          changes: [{ topic: 'wamp.session.on_join', args: [{ session: 5, authid: 'joe', other: 1 }], time: Date.UTC(2026, 0, 1, 12) }],
        },
        frame,
      ),
    )
    expect(lines).toContain('  5  joe  user  websocket  127.0.0.1:9')
    expect(lines).toContain('  com.a       exact   1 subscriber')
    expect(lines).toContain('  com.longer  prefix  1,200 subscribers')
    expect(lines).toContain('  and 3 more')
    expect(lines).toContain('  12:00:00  session.on_join  5  joe')
    expect(lines).not.toContain('procedures')
  })

  it('says of a session that does not read what waits for it and what it has not got', () => {
    const _outbox = { octets: 5000, messages: 3, dropped_events: 12, refused_messages: 0 }
    const facts = [{ session: 5, authid: 'joe', authrole: 'user', transport: null, _outbox }]
    const lines = plain(screenLines({ ...empty, sessions: { facts, others: 0 } }, frame))
    expect(lines.find(line => line.includes('joe'))).toMatch(/5,000 octets wait, 12 events dropped$/)
  })

  it('says what is not shown, and that the session is lost', () => {
    const text = screenLines({ ...empty, missing: ['wamp.session.list'] }, { ...frame, isJoined: false }).join('\n')
    expect(text).toContain('realm1 at ws://127.0.0.1:8080  (lost, trying again)')
    expect(text).toContain('not shown, because the role may not: wamp.session.list')
  })

  it('fits, whatever there is and however small the terminal is', () => {
    const facts = Array.from({ length: 200 }, (_, n) => ({ uri: `com.${'x'.repeat(n)}`, match: 'exact', count: n }))
    for (let rows = 1; rows < 40; rows++) {
      for (const columns of [1, 10, 80]) {
        const lines = screenLines({ ...empty, topics: { facts, others: 5 }, procedures: { facts, others: 0 } }, { ...frame, rows, columns })
        expect(lines.length).toBeLessThanOrEqual(rows)
        for (const line of plain(lines)) expect(line.length).toBeLessThanOrEqual(columns)
      }
    }
  })

  it('escapes what clients choose: nothing moves the cursor, and no line is forged', () => {
    const bad = 'a\u001b[2Jb\nc\u202e'
    const lines = screenLines(
      {
        ...empty,
        sessions: { facts: [{ session: 1, authid: bad, authrole: bad, transport: { type: bad, peer: bad } }], others: 0 },
        topics: { facts: [{ uri: bad, match: bad, count: 1 }], others: 0 },
        changes: [{ topic: 'wamp.session.on_join', args: [{ session: bad }, bad], time: 0 }],
      },
      { ...frame, realm: bad, columns: 1000 },
    )
    for (const line of plain(lines)) expect(line).not.toMatch(/[\p{Cc}\p{Cf}]/u)
    expect(lines.join('')).toContain('a\\u{1b}[2Jb\\u{a}c\\u{202e}')
  })
})

/** Takes the colours away. */
function plain(lines: readonly string[]): string[] {
  return lines.map(line => line.replaceAll(new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, 'g'), ''))
}
