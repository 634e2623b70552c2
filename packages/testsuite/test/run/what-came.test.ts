import { describe, expect, it } from 'vitest'
import type { Event } from '../../src/cases/case.ts'
import { came, cleanClose, failedWith, informationalClose, ok } from '../../src/cases/words.ts'
import type { Ending } from '../../src/run/judge.ts'
import { closeOf, differenceOf, expectedClose } from '../../src/run/what-came.ts'

const clean: Ending = { role: 'client', firstToClose: 'fuzzer', receivedClose: { code: 1000 }, wasClean: true, droppedBy: 'testee' }

describe('differenceOf', () => {
  const difference = (wanted: readonly Event[], events: readonly Event[]): string =>
    differenceOf(ok(...wanted), events, failedWith(1007), { ...clean, firstToClose: 'testee' })

  it('describes what was expected and what came', () => {
    expect(difference([], [came.text('7 bytes')])).toBe(
      'Expected a close by the testee with 1007 or no code or a drop of TCP; got a text message of 7 bytes, then close 1000 from the testee first.',
    )
  })

  it('begins at the first difference', () => {
    expect(difference([came.text('a'), came.pong('b')], [came.text('a')])).toMatch(
      /^After a text message of 1 byte: expected a pong of 1 byte, then a close by the testee .*; got close 1000 from the testee first\.$/,
    )
  })

  it('distinguishes payloads of the same length', () => {
    expect(difference([came.text('a')], [came.text('b')])).toMatch(/; got a text message of 1 byte with other content, then /)
  })

  it('cuts a long list in the middle', () => {
    const many = Array.from({ length: 20 }, () => came.pong('x'))
    expect(difference([], many)).toMatch(/; got (a pong of 1 byte, ){5}15 more, then close 1000 from the testee first\.$/)
  })

  it('has words for each kind of event', () => {
    const events: Event[] = [
      came.mark('m'),
      came.roundTrips(1),
      { kind: 'violation', what: 'v' },
      { kind: 'excess', what: 'e' },
      came.binary(''),
    ]
    expect(difference([], events)).toMatch(
      /; got "m", 1 round trip, a broken rule \(v\), too much \(e\), a binary message of 0 bytes, then /,
    )
  })
})

describe('expectedClose', () => {
  it.each([
    [cleanClose, 'a close by the fuzzer that the testee answers with 1000 or no code'],
    [{ ...cleanClose, clean: false }, 'a close by the fuzzer that the testee answers with 1000 or no code or by dropping TCP'],
    [failedWith(1002), 'a close by the testee with 1002 or no code or a drop of TCP'],
    [{ by: 'either', codes: [1000], clean: true }, 'a close with 1000'],
    [informationalClose, 'a close of any kind'],
  ] as const)('%#', (close, words) => {
    expect(expectedClose(close)).toBe(words)
  })
})

describe('closeOf', () => {
  it.each<[Partial<Ending>, string]>([
    [{}, 'a close by the fuzzer, which the testee answered with close 1000'],
    [{ receivedClose: {} }, 'a close by the fuzzer, which the testee answered with an empty close frame'],
    [{ receivedClose: undefined }, 'a close by the fuzzer, upon which the testee dropped TCP'],
    [{ receivedClose: undefined, droppedBy: 'fuzzer' }, 'a close by the fuzzer, upon which the testee sent no close frame'],
    [{ firstToClose: 'testee' }, 'close 1000 from the testee first'],
    [{ firstToClose: 'testee', receivedClose: undefined }, 'a drop of TCP by the testee'],
    [{ firstToClose: undefined, receivedClose: undefined }, 'no close at all'],
  ])('%#', (ending, words) => {
    expect(closeOf({ ...clean, ...ending })).toBe(words)
  })
})
