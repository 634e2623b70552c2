import { expect, it } from 'vitest'
import { plainJson } from '../../src/conversation/plain-json.ts'

it('plainJson writes what JSON can, and gives nothing for the rest', () => {
  const cycle: { self?: unknown } = {}
  cycle.self = cycle
  expect([{ a: [1] }, null, 'x', undefined, () => 1, 1n, cycle].map(plainJson)).toEqual([
    '{"a":[1]}',
    'null',
    '"x"',
    undefined,
    undefined,
    undefined,
    undefined,
  ])
})
