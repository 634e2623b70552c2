import { expect, it } from 'vitest'
import { came } from '../../src/cases/words.ts'
import { alike } from '../../src/run/alike.ts'
import { utf8 } from '../../src/wire/octets.ts'

it('compares kind and content, in whatever form the payload is', () => {
  expect(alike(came.text('a'), came.text(utf8('a')))).toBe(true)
  expect(alike(came.text('a'), came.text('b'))).toBe(false)
  expect(alike(came.text('a'), came.binary('a'))).toBe(false)
  expect(alike(came.pong(''), came.pong())).toBe(true)
  expect(alike(came.mark('a'), came.mark('a'))).toBe(true)
  expect(alike(came.mark('a'), came.mark('b'))).toBe(false)
  expect(alike(came.roundTrips(1), came.roundTrips(1))).toBe(true)
  expect(alike(came.roundTrips(1), came.roundTrips(2))).toBe(false)
})

it('never accepts a broken rule', () => {
  const violation = { kind: 'violation', what: 'a mask' } as const
  expect(alike(violation, violation)).toBe(false)
})
