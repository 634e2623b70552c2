import { expect, it } from 'vitest'
import { pageCloseCode } from '../../src/browser/page-close-code.ts'

it('leaves the codes that a page may send, and adds 3000 to the others', () => {
  const sent = Object.fromEntries([1000, 3000, 4999, 1001, 1002, 1003, 1007, 1011, 1014].map(code => [code, pageCloseCode(code)]))
  expect(sent).toEqual({
    1000: 1000,
    3000: 3000,
    4999: 4999,
    1001: 4001,
    1002: 4002,
    1003: 4003,
    1007: 4007,
    1011: 4011,
    1014: 4014,
  })
})
