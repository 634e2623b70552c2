import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { choicesByHooks, choicesByOptions } from '../../../src/extensions/permessage-deflate/choices.ts'
import {
  PerMessageDeflateOffer,
  PerMessageDeflateOfferAccept,
  PerMessageDeflateResponse,
  PerMessageDeflateResponseAccept,
} from '../../../src/extensions/permessage-deflate/offer-and-response.ts'
import { perMessageDeflateOptions } from '../../../src/extensions/permessage-deflate/options.ts'
import { defaultsOf } from '../../../src/protocol/options/option-table.ts'

const defaults = defaultsOf(perMessageDeflateOptions)

describe('choicesByOptions', () => {
  it('makes both sides agree, whatever they ask for', () => {
    const options = fc.record({
      windowBits: fc.integer({ min: 9, max: 15 }),
      noContextTakeover: fc.boolean(),
      requestMaxWindowBits: fc.constantFrom(0, 8, 9, 10, 12, 15),
      requestNoContextTakeover: fc.boolean(),
    })
    fc.assert(
      fc.property(options, options, (ofClient, ofServer) => {
        const client = choicesByOptions({ ...defaults, ...ofClient })
        const server = choicesByOptions({ ...defaults, ...ofServer })
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
    expect(choicesByOptions(defaults).offers.map(offer => offer.requestMaxWindowBits)).toEqual([12, 0])
    expect(choicesByOptions({ ...defaults, requestMaxWindowBits: 0 }).offers.length).toBe(1)
  })
})

describe('choicesByHooks', () => {
  const offer = new PerMessageDeflateOffer()
  const response = PerMessageDeflateResponse.parse(new Map())

  it('asks the application', () => {
    const offerAccept = new PerMessageDeflateOfferAccept(offer)
    const responseAccept = new PerMessageDeflateResponseAccept(response)
    const hooks = choicesByHooks({ offers: [offer], acceptOffer: () => offerAccept, acceptResponse: () => responseAccept })
    expect([hooks.offers[0], hooks.acceptOffer([offer]), hooks.acceptResponse(response)]).toEqual([offer, offerAccept, responseAccept])
  })

  it('declines on a server without a hook, and accepts on a client', () => {
    const hooks = choicesByHooks({})
    expect([hooks.offers, hooks.acceptOffer([offer])]).toEqual([[], undefined])
    expect(hooks.acceptResponse(response)).toBeInstanceOf(PerMessageDeflateResponseAccept)
  })

  it('calls it misuse to return something else', () => {
    const wrong = choicesByHooks({ acceptOffer: () => ({}) as PerMessageDeflateOfferAccept })
    expect(() => wrong.acceptOffer([offer])).toThrow('must return a PerMessageDeflateOfferAccept, or undefined')
    const declining = choicesByHooks({ acceptOffer: () => null as unknown as undefined, acceptResponse: () => undefined })
    expect([declining.acceptOffer([offer]), declining.acceptResponse(response)]).toEqual([undefined, undefined])
  })
})
