import { describe, expect, it } from 'vitest'
import {
  type OfferOptions,
  PerMessageDeflateOffer,
  PerMessageDeflateOfferAccept,
  PerMessageDeflateResponse,
  PerMessageDeflateResponseAccept,
} from '../../../src/extensions/permessage-deflate/offer-and-response.ts'
import { formatExtension, parseExtensions } from '../../../src/handshake/http/extension-header.ts'
import { ApiMisuse } from '../../../src/protocol/faults/errors.ts'

const any = new PerMessageDeflateOffer()
const plain = PerMessageDeflateResponse.parse(new Map())
const limited = PerMessageDeflateResponse.parse(
  new Map<string, string | true>([
    ['server_no_context_takeover', true],
    ['client_no_context_takeover', true],
    ['server_max_window_bits', '9'],
    ['client_max_window_bits', '10'],
  ]),
)

describe('PerMessageDeflateOffer', () => {
  for (const [options, header] of [
    [{}, 'permessage-deflate; client_max_window_bits'],
    [{ acceptMaxWindowBits: false }, 'permessage-deflate'],
    [{ acceptMaxWindowBits: 10 }, 'permessage-deflate; client_max_window_bits=10'],
    [{ acceptNoContextTakeover: true }, 'permessage-deflate; client_no_context_takeover; client_max_window_bits'],
    [
      { requestNoContextTakeover: true, requestMaxWindowBits: 9 },
      'permessage-deflate; server_no_context_takeover; server_max_window_bits=9; client_max_window_bits',
    ],
  ] as const) {
    it(`is written as ${header}, and read as what it was`, () => {
      const offer = new PerMessageDeflateOffer(options)
      expect(written(offer)).toBe(header)
      expect(PerMessageDeflateOffer.parse(offer.parameters)).toEqual(offer)
    })
  }

  it('refuses window sizes that do not exist as misuse', () => {
    for (const options of [
      { acceptMaxWindowBits: 7 },
      { acceptMaxWindowBits: 16 },
      { requestMaxWindowBits: 7 },
      { requestMaxWindowBits: 15.5 },
    ])
      expect(() => new PerMessageDeflateOffer(options)).toThrow(ApiMisuse)
  })
})

describe('PerMessageDeflateOfferAccept', () => {
  it('accepts an offer without changes by default', () => {
    const accept = new PerMessageDeflateOfferAccept(any)
    expect([...accept.parameters]).toEqual([])
    expect(accept.agreement).toEqual({
      own: { windowBits: 15, noContextTakeover: false },
      peer: { windowBits: 15, noContextTakeover: false },
      settings: { level: 6, memLevel: 5, threshold: 64 },
    })
  })

  it('names its own limits and those for the client in the response', () => {
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

  it('follows the demands of the client, and relies on its promises', () => {
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

describe('PerMessageDeflateResponse', () => {
  it('needs a value for client_max_window_bits', () => {
    expect(() => response('client_max_window_bits')).toThrow('client_max_window_bits must have a value in a response')
  })

  for (const [parameters, offer, answers] of [
    ['', {}, true],
    ['server_no_context_takeover; client_no_context_takeover; server_max_window_bits=8; client_max_window_bits=9', {}, true],
    ['client_max_window_bits=9', { acceptMaxWindowBits: false }, false],
    ['', { requestNoContextTakeover: true }, false],
    ['server_no_context_takeover', { requestNoContextTakeover: true }, true],
    ['', { requestMaxWindowBits: 10 }, false],
    ['server_max_window_bits=11', { requestMaxWindowBits: 10 }, false],
    ['server_max_window_bits=10', { requestMaxWindowBits: 10 }, true],
    ['client_max_window_bits=10', { acceptMaxWindowBits: 10 }, true],
    ['client_max_window_bits=11', { acceptMaxWindowBits: 10 }, false],
  ] as readonly (readonly [string, OfferOptions, boolean])[]) {
    it(`with ${parameters || 'nothing'} ${answers ? 'answers' : 'does not answer'} an offer of ${JSON.stringify(offer)}`, () => {
      expect(response(parameters).answers(new PerMessageDeflateOffer(offer))).toBe(answers)
    })
  }
})

describe('PerMessageDeflateResponseAccept', () => {
  it('keeps the promises of the offers too, even if the options do not', () => {
    const promise = new PerMessageDeflateOffer({ acceptMaxWindowBits: 10, acceptNoContextTakeover: true })
    const response = PerMessageDeflateResponse.parse(new Map(), [promise])
    expect(response.offers).toEqual([promise])
    const own = { windowBits: 10, noContextTakeover: true }
    expect(new PerMessageDeflateResponseAccept(response).agreement.own).toEqual(own)
    expect(new PerMessageDeflateResponseAccept(response, { windowBits: 12, noContextTakeover: false }).agreement.own).toEqual(own)
  })

  it('completes the settings with their defaults', () => {
    expect(new PerMessageDeflateResponseAccept(plain, { level: 9 }).agreement.settings).toEqual({ level: 9, memLevel: 5, threshold: 64 })
  })

  it('uses the defaults where the server demands nothing', () => {
    expect(new PerMessageDeflateResponseAccept(plain).agreement).toEqual({
      own: { windowBits: 15, noContextTakeover: false },
      peer: { windowBits: 15, noContextTakeover: false },
      settings: { level: 6, memLevel: 5, threshold: 64 },
    })
  })

  it('follows the demands of the server, and relies on its promises', () => {
    expect(new PerMessageDeflateResponseAccept(limited).agreement).toMatchObject({
      own: { windowBits: 10, noContextTakeover: true },
      peer: { windowBits: 9, noContextTakeover: true },
    })
  })

  it('may use less memory than was demanded, and keeps its settings', () => {
    const options = { windowBits: 9, noContextTakeover: true, level: 1, memLevel: 2, threshold: 3 }
    expect(new PerMessageDeflateResponseAccept(plain, options).agreement).toEqual({
      own: { windowBits: 9, noContextTakeover: true },
      peer: { windowBits: 15, noContextTakeover: false },
      settings: { level: 1, memLevel: 2, threshold: 3 },
    })
  })

  for (const [what, options, message] of [
    ['a window larger than demanded', { windowBits: 11 }, 'windowBits must be at most 10, as asked for, and not 11'],
    ['a context where none is allowed', { noContextTakeover: false }, 'noContextTakeover was asked for, and must not be false'],
    ['a level that there is not', { level: 10 }, 'level must be a whole number from 0 to 9, and not 10'],
  ] as const) {
    it(`calls ${what} misuse`, () => {
      expect(() => new PerMessageDeflateResponseAccept(limited, options)).toThrow(message)
    })
  }
})

function written(offer: PerMessageDeflateOffer): string {
  return formatExtension('permessage-deflate', offer.parameters)
}

function response(parameters: string): PerMessageDeflateResponse {
  return PerMessageDeflateResponse.parse(parseExtensions(`permessage-deflate; ${parameters}`.replace(/; $/, ''))[0]!.parameters)
}
