import type { Deflate } from '../../bytes/deflate.ts'
import type { Extension, ExtensionInstance, ExtensionParameters } from '../../protocol/extending/extension.ts'
import type { DeflateChoices } from './choices.ts'
import { Codecs } from './codecs.ts'
import { DeflateInstance } from './instance.ts'
import { type DeflateAgreement, PerMessageDeflateOffer, PerMessageDeflateResponse } from './offer-and-response.ts'

/** The extension permessage-deflate, RFC 7692, for the connections of one factory or of several. */
export class PerMessageDeflate implements Extension {
  readonly name: string = 'permessage-deflate'
  readonly #choices: DeflateChoices
  readonly #codecs: Codecs

  constructor(deflate: Deflate, choices: DeflateChoices, maxContexts: number) {
    this.#choices = choices
    this.#codecs = new Codecs(deflate, maxContexts)
  }

  offer(): readonly ExtensionParameters[] {
    return this.#choices.offers.map(offer => offer.parameters)
  }

  /** Accepts an offer (RFC 7692 §7.1). An offer with an unknown parameter or a wrong value is declined, and the next one is considered. */
  accept(offers: readonly ExtensionParameters[]): { parameters: ExtensionParameters; instance: ExtensionInstance } | undefined {
    const readable = offers.map(readOffer).filter(offer => offer !== undefined)
    const accepted = readable.length === 0 ? undefined : this.#choices.acceptOffer(readable)
    return accepted && { parameters: accepted.parameters, instance: this.#instance(accepted.agreement) }
  }

  /** Accepts a response (RFC 7692 §7.1). Throws an `Error` if no offer allows it, or if the application does not accept it. */
  confirm(parameters: ExtensionParameters): ExtensionInstance {
    const response = PerMessageDeflateResponse.parse(parameters, this.#choices.offers)
    const accepted = this.#choices.acceptResponse(response)
    if (accepted === undefined) throw new Error('perMessageCompressionAccept did not accept it')
    return this.#instance(accepted.agreement)
  }

  #instance(agreement: DeflateAgreement): DeflateInstance {
    return new DeflateInstance(this.#codecs, agreement)
  }
}

function readOffer(parameters: ExtensionParameters): PerMessageDeflateOffer | undefined {
  try {
    return PerMessageDeflateOffer.parse(parameters)
  } catch {
    return undefined
  }
}
