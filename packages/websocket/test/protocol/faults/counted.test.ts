import { expect, it } from 'vitest'
import { counted } from '../../../src/protocol/faults/counted.ts'

it('counted has the singular for one alone', () => {
  expect([0, 1, 2, 1n, 2n ** 53n].map(number => counted(number, 'octet'))).toEqual([
    '0 octets',
    '1 octet',
    '2 octets',
    '1 octet',
    '9007199254740992 octets',
  ])
})
