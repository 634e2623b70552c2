import { describe, expect, it } from 'vitest'
import { type OfferOptions, PerMessageDeflateOffer } from '../../../src/extensions/permessage-deflate/offer.ts'
import { PerMessageDeflateResponse } from '../../../src/extensions/permessage-deflate/response.ts'
import { parseExtensions } from '../../../src/handshake/http/extension-header.ts'

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
