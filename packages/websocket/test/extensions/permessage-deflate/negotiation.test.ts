import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { negotiationBy, negotiationByHooks } from '../../../src/extensions/permessage-deflate/negotiation.ts'
import { PerMessageDeflateOffer } from '../../../src/extensions/permessage-deflate/offer.ts'
import { PerMessageDeflateOfferAccept } from '../../../src/extensions/permessage-deflate/offer-accept.ts'
import { perMessageDeflateOptions } from '../../../src/extensions/permessage-deflate/options.ts'
import { PerMessageDeflateResponse } from '../../../src/extensions/permessage-deflate/response.ts'
import { PerMessageDeflateResponseAccept } from '../../../src/extensions/permessage-deflate/response-accept.ts'
import { defaultsOf } from '../../../src/protocol/options/option-table.ts'

const defaults = defaultsOf(perMessageDeflateOptions)

describe('negotiationBy', () => {
  it('makes both sides agree, whatever they ask for', () => {
    const options = fc.record({
      windowBits: fc.integer({ min: 9, max: 15 }),
      noContextTakeover: fc.boolean(),
      requestMaxWindowBits: fc.constantFrom(0, 8, 9, 10, 12, 15),
      requestNoContextTakeover: fc.boolean(),
    })
    fc.assert(
      fc.property(options, options, (ofClient, ofServer) => {
        const client = negotiationBy({ ...defaults, ...ofClient })
        const server = negotiationBy({ ...defaults, ...ofServer })
        const accept = server.acceptOffer(client.offers.map(({ parameters }) => PerMessageDeflateOffer.parse(parameters)))!
        const response = PerMessageDeflateResponse.parse(accept.parameters)
        expect(client.offers.some(offer => response.answers(offer))).toBe(true)
        const { agreement } = client.acceptResponse(response)!
        for (const [sends, receives] of [
          [agreement.own, accept.agreement.peer],
          [accept.agreement.own, agreement.peer],
        ] as const) {
          expect(sends.windowBits).toBeLessThanOrEqual(receives.windowBits)
          expect(receives.noContextTakeover && !sends.noContextTakeover).toBe(false)
        }
      }),
    )
  })

  it('offers without demands too, for servers that cannot keep to them', () => {
    expect(negotiationBy(defaults).offers.map(offer => offer.requestMaxWindowBits)).toEqual([12, 0])
    expect(negotiationBy({ ...defaults, requestMaxWindowBits: 0 }).offers.length).toBe(1)
  })
})

describe('negotiationByHooks', () => {
  const offer = new PerMessageDeflateOffer()
  const response = PerMessageDeflateResponse.parse(new Map())

  it('asks the application', () => {
    const offerAccept = new PerMessageDeflateOfferAccept(offer)
    const responseAccept = new PerMessageDeflateResponseAccept(response)
    const hooks = negotiationByHooks({ offers: [offer], acceptOffer: () => offerAccept, acceptResponse: () => responseAccept })
    expect([hooks.offers[0], hooks.acceptOffer([offer]), hooks.acceptResponse(response)]).toEqual([offer, offerAccept, responseAccept])
  })

  it('declines on a server without a hook, and accepts on a client', () => {
    const hooks = negotiationByHooks({})
    expect([hooks.offers, hooks.acceptOffer([offer])]).toEqual([[], undefined])
    expect(hooks.acceptResponse(response)).toBeInstanceOf(PerMessageDeflateResponseAccept)
  })

  it('calls it misuse to return something else', () => {
    const wrong = negotiationByHooks({ acceptOffer: () => ({}) as PerMessageDeflateOfferAccept })
    expect(() => wrong.acceptOffer([offer])).toThrow('must return a PerMessageDeflateOfferAccept, or undefined')
    const declining = negotiationByHooks({ acceptOffer: () => null as unknown as undefined, acceptResponse: () => undefined })
    expect([declining.acceptOffer([offer]), declining.acceptResponse(response)]).toEqual([undefined, undefined])
  })
})
