import { describe, expect, it } from 'vitest'
import { PerMessageDeflateOffer } from '../../../src/extensions/permessage-deflate/offer.ts'
import { PerMessageDeflateOfferAccept } from '../../../src/extensions/permessage-deflate/offer-accept.ts'

const any = new PerMessageDeflateOffer()

describe('PerMessageDeflateOfferAccept', () => {
  it('accepts as it is asked for', () => {
    const accept = new PerMessageDeflateOfferAccept(any)
    expect([...accept.parameters]).toEqual([])
    expect(accept.agreement).toEqual({
      own: { windowBits: 15, noContextTakeover: false },
      peer: { windowBits: 15, noContextTakeover: false },
      settings: { level: 6, memLevel: 5, threshold: 64 },
    })
  })

  it('says what it limits, of its own and of the client', () => {
    const accept = new PerMessageDeflateOfferAccept(any, {
      windowBits: 10,
      noContextTakeover: true,
      requestMaxWindowBits: 9,
      requestNoContextTakeover: true,
      level: 1,
      memLevel: 2,
      threshold: 3,
    })
    expect([...accept.parameters]).toEqual([
      ['server_no_context_takeover', true],
      ['client_no_context_takeover', true],
      ['server_max_window_bits', '10'],
      ['client_max_window_bits', '9'],
    ])
    expect(accept.agreement).toEqual({
      own: { windowBits: 10, noContextTakeover: true },
      peer: { windowBits: 9, noContextTakeover: true },
      settings: { level: 1, memLevel: 2, threshold: 3 },
    })
  })

  it('does what the client demands, and takes it at its word', () => {
    const offer = new PerMessageDeflateOffer({
      acceptNoContextTakeover: true,
      acceptMaxWindowBits: 11,
      requestNoContextTakeover: true,
      requestMaxWindowBits: 15,
    })
    const { parameters, agreement } = new PerMessageDeflateOfferAccept(offer)
    expect([...parameters.values()]).toEqual([true, true, '15', '11'])
    expect([agreement.own, agreement.peer]).toEqual([
      { windowBits: 15, noContextTakeover: true },
      { windowBits: 11, noContextTakeover: true },
    ])
    expect(new PerMessageDeflateOfferAccept(offer, { requestMaxWindowBits: 9 }).agreement.peer.windowBits).toBe(9)
  })

  for (const [what, offer, options, message] of [
    [
      'a limit that the client does not take',
      { acceptMaxWindowBits: false },
      { requestMaxWindowBits: 9 },
      'requestMaxWindowBits is not accepted by the offer',
    ],
    ['a window larger than asked for', { requestMaxWindowBits: 10 }, { windowBits: 11 }, 'windowBits must be at most 10'],
    ['a window that none can have', {}, { windowBits: 7 }, 'windowBits must be a whole number from 8 to 15'],
    ['context takeover where none is asked for', { requestNoContextTakeover: true }, { noContextTakeover: false }, 'must not be false'],
    ['a limit that none can have', {}, { requestMaxWindowBits: 16 }, 'requestMaxWindowBits must be 0, or a whole number from 8 to 15'],
    ['a level that there is not', {}, { level: 10 }, 'level must be a whole number from 0 to 9, and not 10'],
    ['a memory level that there is not', {}, { memLevel: 0 }, 'memLevel must be a whole number from 1 to 9, and not 0'],
    ['a threshold below nothing', {}, { threshold: -1 }, 'threshold must be a whole number of octets, and not -1'],
  ] as const) {
    it(`calls ${what} misuse`, () => {
      expect(() => new PerMessageDeflateOfferAccept(new PerMessageDeflateOffer(offer), options)).toThrow(message)
    })
  }
})
