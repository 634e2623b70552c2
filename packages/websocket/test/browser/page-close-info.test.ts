import { expect, it } from 'vitest'
import { PageCloseInfo } from '../../src/browser/page-close-info.ts'

it('has the members that are set, and nothing else', () => {
  expect({ ...new PageCloseInfo(1000, 'bye', true, 'peer') }).toStrictEqual({ code: 1000, reason: 'bye', wasClean: true, by: 'peer' })
  const cause = new TypeError('broken')
  expect({ ...new PageCloseInfo(1006, 'lost', false, 'self', 4011, cause) }).toStrictEqual({
    code: 1006,
    reason: 'lost',
    wasClean: false,
    by: 'self',
    localCloseCode: 4011,
    cause,
  })
})

it('has the name and the message of its cause as JSON', () => {
  const info = new PageCloseInfo(1006, 'lost', false, 'network', undefined, new TypeError('broken'))
  expect(JSON.parse(JSON.stringify([info, new PageCloseInfo(1000, '', true, 'peer')]))).toEqual([
    { code: 1006, reason: 'lost', wasClean: false, by: 'network', cause: { name: 'TypeError', message: 'broken' } },
    { code: 1000, reason: '', wasClean: true, by: 'peer' },
  ])
})
