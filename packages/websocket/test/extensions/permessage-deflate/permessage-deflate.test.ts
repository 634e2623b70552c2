import { describe, expect, it } from 'vitest'
import { choicesByHooks, choicesByOptions } from '../../../src/extensions/permessage-deflate/choices.ts'
import { PerMessageDeflateOffer } from '../../../src/extensions/permessage-deflate/offer-and-response.ts'
import { type PerMessageDeflateOptions, perMessageDeflateOptions } from '../../../src/extensions/permessage-deflate/options.ts'
import { PerMessageDeflate } from '../../../src/extensions/permessage-deflate/permessage-deflate.ts'
import { formatExtension, parseExtensions } from '../../../src/handshake/http/extension-header.ts'
import { defaultsOf } from '../../../src/protocol/options/option-table.ts'
import { CountedDeflate } from './counted-deflate.ts'

describe('PerMessageDeflate, a server', () => {
  for (const [offers, answer] of [
    ['permessage-deflate', 'permessage-deflate; server_max_window_bits=12'],
    ['permessage-deflate; client_max_window_bits', 'permessage-deflate; server_max_window_bits=12; client_max_window_bits=12'],
    ['permessage-deflate; client_max_window_bits=10', 'permessage-deflate; server_max_window_bits=12; client_max_window_bits=10'],
    ['permessage-deflate; server_max_window_bits=8', 'permessage-deflate; server_max_window_bits=8'],
    ['permessage-deflate; server_max_window_bits=15', 'permessage-deflate; server_max_window_bits=12'],
    [
      'permessage-deflate; server_no_context_takeover; client_no_context_takeover',
      'permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=12',
    ],
    ['permessage-deflate; server_max_window_bits=7, permessage-deflate', 'permessage-deflate; server_max_window_bits=12'],
    ['permessage-deflate; server_max_window_bits', undefined],
    ['permessage-deflate; client_max_window_bits=16', undefined],
    ['permessage-deflate; unknown', undefined],
    ['permessage-deflate; server_no_context_takeover=1', undefined],
    ['permessage-deflate; __proto__', undefined],
  ] as const) {
    it(`answers ${offers} with ${answer ?? 'nothing'}`, () => {
      const accepted = make().accept(parseExtensions(offers).map(({ parameters }) => parameters))
      expect(accepted && formatExtension('permessage-deflate', accepted.parameters)).toBe(answer)
    })
  }
})

describe('PerMessageDeflate, a client', () => {
  it('offers what it asks for, and less', () => {
    const offers = make({ requestNoContextTakeover: true }).offer()
    expect(offers.map(parameters => formatExtension('permessage-deflate', parameters))).toEqual([
      'permessage-deflate; server_no_context_takeover; server_max_window_bits=12; client_max_window_bits',
      'permessage-deflate; client_max_window_bits',
    ])
  })

  for (const [answer, why] of [
    ['permessage-deflate; client_max_window_bits', 'client_max_window_bits must have a value in a response'],
    ['permessage-deflate; server_max_window_bits=16', 'server_max_window_bits must be a number from 8 to 15, and not "16"'],
    ['permessage-deflate; mine', 'permessage-deflate has no parameter "mine"'],
  ] as const) {
    it(`refuses the answer ${answer}`, () => {
      expect(() => make().confirm(parseExtensions(answer)[0]!.parameters)).toThrow(why)
    })
  }

  it('refuses a window for the client that is larger than in its offer (RFC 7692 §7.1.2.2)', () => {
    const limited = new PerMessageDeflateOffer({ acceptMaxWindowBits: 10 })
    const confirm = (...offers: PerMessageDeflateOffer[]) =>
      new PerMessageDeflate(new CountedDeflate(), choicesByHooks({ offers }), 10).confirm(new Map([['client_max_window_bits', '12']]))
    expect(() => confirm(limited)).toThrow(
      'no offer is answered by these parameters; client_max_window_bits is 12 in the response, and at most 10 was offered (RFC 7692 §7.1.2.2)',
    )
    expect(confirm(limited, new PerMessageDeflateOffer()).cacheKey).toBe('12 6 5 64')
  })

  it('refuses an answer to nothing that it offered, and one that its acceptor refuses', () => {
    const negotiation = { ...choicesByOptions(defaults), offers: [] }
    expect(() => new PerMessageDeflate(new CountedDeflate(), negotiation, 1).confirm(new Map())).toThrow('no offer is answered')
    const refusing = { ...choicesByOptions(defaults), acceptResponse: () => undefined }
    expect(() => new PerMessageDeflate(new CountedDeflate(), refusing, 1).confirm(new Map())).toThrow('did not accept it')
  })

  it('keeps the promises of its offers, also where the response does not repeat them', () => {
    const similar = new TextEncoder().encode('{"like":"the one before"}')
    for (const [offer, key, refers] of [
      [{}, '15 6 5 64', true],
      [{ acceptMaxWindowBits: 10 }, '10 6 5 64', true],
      [{ acceptNoContextTakeover: true }, '15 6 5 64', false],
    ] as const) {
      const negotiation = choicesByHooks({ offers: [new PerMessageDeflateOffer(offer)] })
      const instance = new PerMessageDeflate(new CountedDeflate(), negotiation, 10).confirm(new Map())
      const lengths = [1, 2].map(() => {
        let length = 0
        const encoder = instance.encoder!({ isBinary: false, options: {}, length: undefined, isShared: false })!
        const count = (octets: Uint8Array): void => {
          length += octets.length
        }
        encoder.write(similar, count)
        encoder.end(count)
        return length
      })
      expect([instance.cacheKey, lengths[1]! < lengths[0]!]).toEqual([key, refers])
      instance.close()
    }
  })
})

const defaults = defaultsOf(perMessageDeflateOptions)

function make(options: Partial<PerMessageDeflateOptions> = {}): PerMessageDeflate {
  return new PerMessageDeflate(new CountedDeflate(), choicesByOptions({ ...defaults, ...options }), 10)
}
