import type { Deflate } from '../../bytes/deflate.ts'
import type { Extension, ExtensionInstance, ExtensionParameters } from '../../protocol/extending/extension.ts'
import type { DeflateAgreement, Direction } from './agreement.ts'
import { Codecs } from './codecs.ts'
import { DeflateInstance } from './instance.ts'
import { PerMessageDeflateOffer } from './offer.ts'
import type { PerMessageDeflateOfferAccept } from './offer-accept.ts'
import { PerMessageDeflateResponse } from './response.ts'
import type { PerMessageDeflateResponseAccept } from './response-accept.ts'

/** How the parameters are chosen: on a client what to offer, on both what to accept. */
export interface DeflateNegotiation {
  /** Client: best first. None: the extension is not offered. */
  readonly offers: readonly PerMessageDeflateOffer[]
  /** Server: of the offers that can be read, in the client's order. `undefined` declines. */
  acceptOffer(offers: readonly PerMessageDeflateOffer[]): PerMessageDeflateOfferAccept | undefined
  /** Client: `undefined` fails the handshake. */
  acceptResponse(response: PerMessageDeflateResponse): PerMessageDeflateResponseAccept | undefined
}

/** The extension permessage-deflate, RFC 7692, for the connections of one factory or of several. */
export class PerMessageDeflate implements Extension {
  readonly name: string = 'permessage-deflate'
  readonly #negotiation: DeflateNegotiation
  readonly #codecs: Codecs

  constructor(deflate: Deflate, negotiation: DeflateNegotiation, maxContexts: number) {
    this.#negotiation = negotiation
    this.#codecs = new Codecs(deflate, maxContexts)
  }

  offer(): readonly ExtensionParameters[] {
    return this.#negotiation.offers.map(offer => offer.parameters)
  }

  /** RFC 7692 §7.1: an offer with a parameter that is unknown, or has no valid value, is declined, and the next one is looked at. */
  accept(offers: readonly ExtensionParameters[]): { parameters: ExtensionParameters; instance: ExtensionInstance } | undefined {
    const readable = offers.map(readOffer).filter(offer => offer !== undefined)
    const accepted = readable.length === 0 ? undefined : this.#negotiation.acceptOffer(readable)
    return accepted && { parameters: accepted.parameters, instance: this.#instance(accepted.agreement) }
  }

  confirm(parameters: ExtensionParameters): ExtensionInstance {
    const response = PerMessageDeflateResponse.parse(parameters)
    const answered = this.#negotiation.offers.filter(offer => response.answers(offer))
    if (answered.length === 0) throw new Error('no offer is answered by these parameters')
    const accepted = this.#negotiation.acceptResponse(response)
    if (accepted === undefined) throw new Error('perMessageCompressionAccept did not accept it')
    return this.#instance({ ...accepted.agreement, own: asOffered(accepted.agreement.own, answered) })
  }

  #instance(agreement: DeflateAgreement): DeflateInstance {
    return new DeflateInstance(this.#codecs, agreement)
  }
}

/**
 * What an offer says of the client holds whatever the server answers (RFC 7692 §7.1.1.2 and §7.1.2.2): the server may have counted on it.
 * Which one of several it answered it does not tell.
 */
function asOffered(own: Direction, answered: readonly PerMessageDeflateOffer[]): Direction {
  const windows = answered.map(offer => offer.acceptMaxWindowBits).filter(bits => typeof bits === 'number')
  return {
    windowBits: Math.min(own.windowBits, ...windows),
    noContextTakeover: own.noContextTakeover || answered.some(offer => offer.acceptNoContextTakeover),
  }
}

function readOffer(parameters: ExtensionParameters): PerMessageDeflateOffer | undefined {
  try {
    return PerMessageDeflateOffer.parse(parameters)
  } catch {
    return undefined
  }
}
