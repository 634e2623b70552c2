import { describe, expect, it } from 'vitest'
import { webText } from '../../../src/bytes/text.ts'
import { shownValue } from '../../../src/protocol/faults/shown-value.ts'
import { closeReason, fittingReason, makeClose, makeFailure, parseClose } from '../../../src/protocol/frames/close-frame.ts'
import { closing, octetsOf, textOf } from '../wire.ts'

describe('parseClose', () => {
  it('reads a code and a reason', () => {
    const { code, reason } = parseClose(Uint8Array.from(closing(3000, 'grüß')), webText)
    expect([code, textOf(reason)]).toEqual([3000, 'grüß'])
  })

  it('reads a code alone, and nothing', () => {
    expect(parseClose(Uint8Array.of(0x03, 0xe8), webText)).toEqual({ code: 1000, reason: new Uint8Array(0) })
    expect(parseClose(new Uint8Array(0), webText)).toEqual({ code: undefined, reason: new Uint8Array(0) })
  })

  for (const code of [0, 999, 1004, 1005, 1006, 1015, 2999, 5000, 65535]) {
    it(`refuses code ${code}`, () => {
      const expected = expect.objectContaining({ closeCode: 1002, message: `close code ${code} may not be sent` })
      expect(() => parseClose(Uint8Array.from(closing(code)), webText)).toThrow(expected)
    })
  }

  for (const [what, ...reason] of [
    ['bad', 0xff],
    ['cut off', 0x61, 0xe2, 0x82],
  ] as const) {
    it(`refuses a reason whose UTF-8 is ${what}`, () => {
      const expected = expect.objectContaining({ closeCode: 1007, message: 'close reason is not UTF-8' })
      expect(() => parseClose(Uint8Array.from(closing(1000, reason)), webText)).toThrow(expected)
    })
  }
})

describe('makeClose', () => {
  it('writes code and reason', () => {
    expect([...makeClose(1001, 'bye', webText)]).toEqual(closing(1001, 'bye'))
    expect([...makeClose(4999, '', webText)]).toEqual([0x13, 0x87])
    expect([...makeClose(undefined, '', webText)]).toEqual([])
  })

  it('takes a reason of 123 octets and none of 124', () => {
    expect(makeClose(1000, 'é'.repeat(61), webText).length).toBe(124)
    expect(makeClose(1000, `${'é'.repeat(61)}a`, webText).length).toBe(125)
    expect(() => makeClose(1000, 'é'.repeat(62), webText)).toThrow('close reason of 124 octets; at most 123 fit')
  })

  it('wants a code where there is a reason, and one that may be sent', () => {
    expect(() => makeClose(undefined, 'why', webText)).toThrow('a close reason needs a close code')
    expect(() => makeClose('done' as never, 1000 as never, webText)).toThrow(
      'close code "done" may not be sent: the code comes before the reason',
    )
    expect(() => makeClose(1005, '', webText)).toThrow('close code 1005 may not be sent; 1000-1003, 1007-1014 and 3000-4999 may')
  })
})

describe('closeReason', () => {
  it('gives the reason as octets', () => {
    expect([...closeReason(1000, 'é', webText)]).toEqual(octetsOf('é'))
    expect([...closeReason(undefined, '', webText)]).toEqual([])
  })

  it('refuses everything that is not a code that may be sent, and names it', () => {
    const others = [0, 999, 1004, 1005, 1006, 1015, 2999, 5000, 1000.5, Number.NaN, 1000n, '1000', Symbol('s'), {}, null]
    for (const code of others) {
      const refused = expect.objectContaining({
        name: 'ApiMisuse',
        message: expect.stringContaining(`close code ${shownValue(code)} may not`),
      })
      expect(() => closeReason(code as never, '', webText)).toThrow(refused)
    }
    for (const code of [1000, 1001, 1002, 1003, 1007, 1011, 1014, 3000, 4999]) expect(closeReason(code, '', webText)).toHaveLength(0)
  })

  it('refuses reasons that are not strings, or do not fit', () => {
    expect(() => closeReason(1000, 'ä'.repeat(62), webText)).toThrow('close reason of 124 octets; at most 123 fit')
    expect(() => closeReason(1000, Symbol('why') as never, webText)).toThrow('a close reason must be a string, and not Symbol(why)')
    expect(() => closeReason(1000, { length: 1 } as never, webText)).toThrow('a close reason must be a string, and not [object Object]')
  })
})

describe('fittingReason', () => {
  it('keeps a reason that fits, and cuts a longer one at a character', () => {
    expect(webText.decode(fittingReason('short', webText))).toBe('short')
    expect(webText.decode(fittingReason('🌍'.repeat(40), webText))).toBe('🌍'.repeat(30))
  })
})

describe('makeFailure', () => {
  it('wants a reason that is a string, as makeClose does', () => {
    for (const make of [makeClose, makeFailure])
      for (const reason of [undefined, 5, null] as unknown as string[])
        expect(() => make(1008, reason, webText)).toThrow(`a close reason must be a string, and not ${shownValue(reason)}`)
  })

  it('keeps a reason that fits', () => {
    expect([...makeFailure(1002, 'a'.repeat(123), webText)]).toEqual(closing(1002, 'a'.repeat(123)))
  })

  for (const [what, reason, kept] of [
    ['between letters', 'a'.repeat(200), 123],
    ['before a character of two octets that does not fit', `${'a'.repeat(122)}é`, 122],
    ['before a character of four octets that does not fit', `${'a'.repeat(120)}😀`, 120],
    ['behind a character that fits', `${'a'.repeat(119)}😀b`, 123],
  ] as const) {
    it(`cuts a longer one ${what}`, () => {
      const payload = makeFailure(1002, reason, webText)
      expect(payload.length).toBe(2 + kept)
      expect([...payload.subarray(2)]).toEqual(octetsOf(reason).slice(0, kept))
    })
  }
})
