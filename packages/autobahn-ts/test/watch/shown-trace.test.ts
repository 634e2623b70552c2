import { expect, it } from 'vitest'
import { shownTrace } from '../../src/watch/shown-trace.ts'

const call = {
  time: Date.UTC(2026, 0, 1, 12, 30, 1, 250),
  direction: 'received',
  type: 'CALL',
  message: [48, 1, { timeout: 5 }, 'com.add'],
} as const

it('shownTrace writes a message as one line', () => {
  expect(plain(shownTrace(call))).toBe('12:30:01.250  sends  CALL 1 {"timeout":5} com.add')
  expect(plain(shownTrace({ ...call, direction: 'sent', payload: { args: [1], kwargs: {} } }))).toBe(
    '12:30:01.250  gets   CALL 1 {"timeout":5} com.add {"args":[1],"kwargs":{}}',
  )
})

it('shownTrace says how many messages are missing before it', () => {
  expect(plain(shownTrace({ ...call, dropped: 3 }))).toMatch(/^3 messages are not shown\n12:30/)
})

it('shownTrace escapes what the client has sent', () => {
  expect(plain(shownTrace({ ...call, message: [48, 1, {}, 'a\n\u001b[2J'] }))).toContain('a\\u{a}\\u{1b}[2J')
})

function plain(text: string): string {
  return text.replaceAll(new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, 'g'), '')
}
