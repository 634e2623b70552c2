import { describe, expect, it } from 'vitest'
import {
  acceptOffer,
  acceptResponse,
  acceptResponseToOneOf,
  type ClientDeflateOptions,
  type ServerDeflateOptions,
} from '../../../src/extensions/permessage-deflate/negotiation.ts'
import type { OfferParameters, ResponseParameters } from '../../../src/extensions/permessage-deflate/parameters.ts'

const none: ResponseParameters = {
  serverNoContextTakeover: false,
  clientNoContextTakeover: false,
  serverMaxWindowBits: undefined,
  clientMaxWindowBits: undefined,
}
const free = { windowBits: 15, noContextTakeover: false }
const noContext = { windowBits: 15, noContextTakeover: true }
const noServerLimits: ServerDeflateOptions = { ...none, serverMaxWindowBits: 15 }
const noClientLimits: ClientDeflateOptions = { clientNoContextTakeover: false, clientMaxWindowBits: 15 }

describe('acceptOffer', () => {
  for (const [offered, wanted, responded] of [
    [false, false, false],
    [false, true, true],
    [true, false, true],
    [true, true, true],
  ] as const) {
    it(`responds to server_no_context_takeover ${offered} with ${responded} if the option is ${wanted} (RFC 7692 §7.1.1.1)`, () => {
      const accepted = acceptOffer({ ...none, serverNoContextTakeover: offered }, { ...noServerLimits, serverNoContextTakeover: wanted })
      expect(accepted).toEqual({
        response: { ...none, serverNoContextTakeover: responded },
        own: { ...free, noContextTakeover: responded },
        peer: free,
      })
    })

    it(`responds to client_no_context_takeover ${offered} with ${responded} if the option is ${wanted} (RFC 7692 §7.1.1.2)`, () => {
      const accepted = acceptOffer({ ...none, clientNoContextTakeover: offered }, { ...noServerLimits, clientNoContextTakeover: wanted })
      expect(accepted).toEqual({
        response: { ...none, clientNoContextTakeover: responded },
        own: free,
        peer: { ...free, noContextTakeover: responded },
      })
    })
  }

  for (const [offered, wanted, responded] of [
    [undefined, 15, undefined],
    [undefined, 10, 10],
    [12, 12, 12],
    [12, 10, 10],
    [10, 12, 10],
    [12, 15, 12],
    [15, 15, 15],
  ] as const) {
    it(`responds to server_max_window_bits ${offered} with ${responded} if the option is ${wanted} (RFC 7692 §7.1.2.1)`, () => {
      const accepted = acceptOffer({ ...none, serverMaxWindowBits: offered }, { ...noServerLimits, serverMaxWindowBits: wanted })
      expect(accepted).toEqual({
        response: { ...none, serverMaxWindowBits: responded },
        own: { ...free, windowBits: responded ?? 15 },
        peer: free,
      })
    })
  }

  for (const [offered, wanted, responded] of [
    [undefined, undefined, undefined],
    [undefined, 10, undefined],
    [true, undefined, undefined],
    [true, 10, 10],
    [true, 15, 15],
    [12, undefined, 12],
    [12, 10, 10],
    [10, 12, 10],
  ] as const) {
    it(`responds to client_max_window_bits ${offered} with ${responded} if the option is ${wanted} (RFC 7692 §7.1.2.2)`, () => {
      const accepted = acceptOffer({ ...none, clientMaxWindowBits: offered }, { ...noServerLimits, clientMaxWindowBits: wanted })
      expect(accepted).toEqual({
        response: { ...none, clientMaxWindowBits: responded },
        own: free,
        peer: { ...free, windowBits: responded ?? 15 },
      })
    })
  }
})

describe('acceptResponse', () => {
  for (const [parameter, offered, accepted, refused] of [
    ['serverNoContextTakeover', false, [false, true], []],
    ['serverNoContextTakeover', true, [true], [false]],
    ['clientNoContextTakeover', false, [false, true], []],
    ['clientNoContextTakeover', true, [false, true], []],
    ['serverMaxWindowBits', undefined, [undefined, 8, 15], []],
    ['serverMaxWindowBits', 10, [8, 10], [undefined, 11]],
    ['clientMaxWindowBits', undefined, [undefined], [8, 15]],
    ['clientMaxWindowBits', true, [undefined, 8, 15], []],
    ['clientMaxWindowBits', 10, [undefined, 8, 10], [11, 15]],
  ] as const) {
    it(`accepts ${accepted.join(', ')} and refuses ${refused.join(', ') || 'nothing'} if ${parameter} was offered as ${offered}`, () => {
      const isAccepted = (value: boolean | number | undefined): boolean =>
        !('brokenRule' in acceptResponse({ ...none, [parameter]: offered }, { ...none, [parameter]: value }))
      expect({ accepted: accepted.filter(isAccepted), refused: refused.filter(isAccepted) }).toEqual({
        accepted: [...accepted],
        refused: [],
      })
    })
  }

  for (const [offer, response, brokenRule] of [
    [
      { serverNoContextTakeover: true },
      {},
      'server_no_context_takeover was offered, and the response does not have it (RFC 7692 §7.1.1.1)',
    ],
    [{ serverMaxWindowBits: 10 }, {}, 'server_max_window_bits was offered, and the response does not have it (RFC 7692 §7.1.2.1)'],
    [
      { serverMaxWindowBits: 10 },
      { serverMaxWindowBits: 11 },
      'server_max_window_bits is 11 in the response, and at most 10 was offered (RFC 7692 §7.1.2.1)',
    ],
    [{}, { clientMaxWindowBits: 15 }, 'client_max_window_bits was not offered, and the response has it (RFC 7692 §7.1.2.2)'],
    [
      { clientMaxWindowBits: 10 },
      { clientMaxWindowBits: 11 },
      'client_max_window_bits is 11 in the response, and at most 10 was offered (RFC 7692 §7.1.2.2)',
    ],
  ] as const) {
    it(`says that ${brokenRule}`, () => {
      expect(acceptResponse({ ...none, ...offer }, { ...none, ...response })).toEqual({ brokenRule })
    })
  }

  it('lets the server compress as the response says, with the largest window if it does not name one', () => {
    const server = (response: Partial<ResponseParameters>) => acceptResponse(none, { ...none, ...response })
    expect(server({})).toEqual({ own: free, peer: free })
    expect(server({ serverMaxWindowBits: 9 })).toEqual({ own: free, peer: { ...free, windowBits: 9 } })
    expect(server({ serverNoContextTakeover: true })).toEqual({ own: free, peer: noContext })
  })

  for (const [offered, responded, wanted, noContextTakeover] of [
    [false, false, false, false],
    [false, false, true, true],
    [false, true, false, true],
    [true, false, false, true],
    [true, true, true, true],
  ] as const) {
    it(`lets the client keep ${noContextTakeover ? 'no' : 'its'} context if that was offered ${offered}, responded ${responded}, an option ${wanted}`, () => {
      const outcome = acceptResponse(
        { ...none, clientNoContextTakeover: offered },
        { ...none, clientNoContextTakeover: responded },
        { ...noClientLimits, clientNoContextTakeover: wanted },
      )
      expect(outcome).toEqual({ own: { ...free, noContextTakeover }, peer: free })
    })
  }

  for (const [offered, responded, wanted, windowBits] of [
    [undefined, undefined, 15, 15],
    [undefined, undefined, 9, 9],
    [true, undefined, 15, 15],
    [true, undefined, 9, 9],
    [true, 10, 15, 10],
    [true, 10, 9, 9],
    [12, undefined, 15, 12],
    [12, undefined, 9, 9],
    [12, 12, 15, 12],
    [12, 10, 15, 10],
    [12, 10, 9, 9],
  ] as const) {
    it(`lets the client use a window of ${windowBits} if ${offered} was offered, ${responded} responded, ${wanted} its option`, () => {
      const outcome = acceptResponse(
        { ...none, clientMaxWindowBits: offered },
        { ...none, clientMaxWindowBits: responded },
        { ...noClientLimits, clientMaxWindowBits: wanted },
      )
      expect(outcome).toEqual({ own: { ...free, windowBits }, peer: free })
    })
  }
})

describe('acceptResponseToOneOf', () => {
  const own = (offers: readonly Partial<OfferParameters>[], response: Partial<ResponseParameters> = {}, options = noClientLimits) =>
    acceptResponseToOneOf(
      offers.map(offer => ({ ...none, ...offer })),
      { ...none, ...response },
      options,
    ).own

  it('keeps to the smallest window that an offer has named', () => {
    expect(own([{}, { clientMaxWindowBits: true }])).toEqual(free)
    expect(own([{ clientMaxWindowBits: 12 }, { clientMaxWindowBits: 10 }]).windowBits).toBe(10)
    expect(own([{ clientMaxWindowBits: 10 }], {}, { ...noClientLimits, clientMaxWindowBits: 9 }).windowBits).toBe(9)
  })

  it('keeps no context if an offer or the options say so', () => {
    expect(own([{}, { clientNoContextTakeover: true }])).toEqual(noContext)
    expect(own([{}], {}, { ...noClientLimits, clientNoContextTakeover: true })).toEqual(noContext)
  })

  it('leaves out offers to which the server cannot respond so', () => {
    expect(own([{ clientMaxWindowBits: 10 }, { clientMaxWindowBits: true }], { clientMaxWindowBits: 12 }).windowBits).toBe(12)
    expect(own([{ serverNoContextTakeover: true, clientNoContextTakeover: true }, {}])).toEqual(free)
  })

  it('throws the rule that is broken for each offer, once', () => {
    expect(() => own([])).toThrow(/^no offer is answered by these parameters$/)
    expect(() => own([{ serverMaxWindowBits: 10 }, { serverNoContextTakeover: true }, { serverMaxWindowBits: 12 }])).toThrow(
      'no offer is answered by these parameters; ' +
        'server_max_window_bits was offered, and the response does not have it (RFC 7692 §7.1.2.1); ' +
        'server_no_context_takeover was offered, and the response does not have it (RFC 7692 §7.1.1.1)',
    )
  })
})
