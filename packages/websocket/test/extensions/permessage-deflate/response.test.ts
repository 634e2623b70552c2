import { describe, expect, it } from 'vitest'
import { type OfferOptions, PerMessageDeflateOffer } from '../../../src/extensions/permessage-deflate/offer.ts'
import { PerMessageDeflateResponse } from '../../../src/extensions/permessage-deflate/response.ts'
import { PerMessageDeflateResponseAccept } from '../../../src/extensions/permessage-deflate/response-accept.ts'
import { parseExtensions } from '../../../src/handshake/extension-header.ts'

function response(parameters: string): PerMessageDeflateResponse {
  return PerMessageDeflateResponse.parse(parseExtensions(`permessage-deflate; ${parameters}`.replace(/; $/, ''))[0]!.parameters)
}

describe('PerMessageDeflateResponse', () => {
  it('needs a value for client_max_window_bits', () => {
    expect(() => response('client_max_window_bits')).toThrow('client_max_window_bits has a value in an answer')
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
  ] as readonly (readonly [string, OfferOptions, boolean])[]) {
    it(`with ${parameters || 'nothing'} ${answers ? 'answers' : 'does not answer'} an offer of ${JSON.stringify(offer)}`, () => {
      expect(response(parameters).answers(new PerMessageDeflateOffer(offer))).toBe(answers)
    })
  }
})

describe('PerMessageDeflateResponseAccept', () => {
  it('does what the server demands', () => {
    expect(new PerMessageDeflateResponseAccept(response('')).agreement).toMatchObject({
      own: { windowBits: 15, noContextTakeover: false },
      peer: { windowBits: 15, noContextTakeover: false },
    })
    const limited = response('server_no_context_takeover; client_no_context_takeover; server_max_window_bits=9; client_max_window_bits=10')
    expect(new PerMessageDeflateResponseAccept(limited).agreement).toMatchObject({
      own: { windowBits: 10, noContextTakeover: true },
      peer: { windowBits: 9, noContextTakeover: true },
    })
    expect(() => new PerMessageDeflateResponseAccept(limited, { windowBits: 11 })).toThrow('windowBits must be at most 10')
  })
})
