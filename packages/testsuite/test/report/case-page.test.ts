import { describe, expect, it } from 'vitest'
import { casePage } from '../../src/report/case-page.ts'
import { shown } from '../../src/run/exchange.ts'
import { caseRecord } from '../fixtures/case-record.ts'
import { reportRow } from '../fixtures/report-row.ts'

const hostile = '<script>alert(1)</script>"\'\u0000\u202e'

describe('casePage', () => {
  it('shows the accepted and the received events, with both verdicts', () => {
    const events = [{ kind: 'text', payload: shown(Buffer.from('hello')) } as const]
    const text = casePage(caseRecord({ accepted: [{ behavior: 'OK', events }], received: events }), reportRow({}))
    expect(text).toContain('<b class="verdict">OK</b> The events are those that the case asks for.')
    expect(text).toContain('<b>text</b> of 5 octets <q dir="auto">hello</q>')
    expect(text).toContain('by the fuzzer, with 1000, with both close frames')
    expect(text).toContain('href="https://www.rfc-editor.org/rfc/rfc6455#section-5.6"')
    expect(text).toContain('<a href="index.html#case-1.1.1">')
    expect(text).toContain('<a href="mine_case_1_1_1.json">')
  })

  it('shows the figures of round trips and of compression', () => {
    const measured = {
      roundTrips: { count: 1000, shortest: 0.02, median: 0.05, longest: 3, sum: 60 },
      echoedOctets: 4000,
      compression: {
        messages: 1000,
        compressedMessages: 990,
        inflatedOctets: 4000,
        wireOctets: 1000,
        windowBits: 9,
        keepsContext: false,
        farthest: 500,
        messagesWithContext: 0,
        context: 'dropped',
        fuzzer: { messages: 1000, inflatedOctets: 4000, wireOctets: 900, windowBits: 15, keepsContext: true },
      } as const,
    }
    const text = casePage(caseRecord({ measured, remarks: ['990 of 1000 messages came back compressed.'] }), reportRow({}))
    expect(text).toContain('<dt>1,000 round trips</dt><dd>median 0.050 ms, 0.020 ms to 3.000 ms, 0.1 MiB/s each way</dd>')
    expect(text).toContain('990 of 1,000 messages')
    expect(text).toContain('1,000 octets of 4,000 (25.0 %)')
    expect(text).toContain('2^9 octets agreed; it referred back 500 octets at most')
    expect(text).toContain('agreed to be dropped')
    expect(text).toContain('<li>990 of 1000 messages came back compressed.</li>')
  })

  it('escapes what a testee sends', () => {
    const text = casePage(
      caseRecord({
        agent: hostile,
        behavior: { verdict: 'FAILED', reason: hostile },
        close: { verdict: 'FAILED', reason: hostile },
        opening: { request: `GET /${hostile} HTTP/1.1\r\n\r\n`, response: hostile },
        received: [
          { kind: 'text', payload: shown(Buffer.from(hostile)) },
          { kind: 'violation', what: hostile },
          { kind: 'mark', name: hostile },
        ],
        ending: { wasClean: false, received: { code: 1000, reason: hostile } },
        exchange: { entries: [{ at: 0, by: 'testee', kind: 'note', text: hostile }], omitted: 0, omittedAfter: 1 },
      }),
      reportRow({ agent: hostile }),
    )
    expect(text).not.toContain('<script')
    expect(text).not.toContain('\u0000')
    expect(text).not.toContain('\u202e')
    expect(text).toContain('&#60;script&#62;alert(1)')
  })
})
