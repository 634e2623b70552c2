import { anyValue, checkOptions, type OptionChecks } from '../../protocol/checks/check-options.ts'
import { trueOrFalse } from '../../protocol/checks/option-values.ts'
import type { ExtensionParameters } from '../../protocol/extending/extension.ts'
import { ApiMisuse } from '../../protocol/faults/errors.ts'
import { shownValue } from '../../protocol/faults/shown-value.ts'
import { type AcceptOptions, acceptOptions, type DeflateAgreement, isWindowBits, ownDirection, settingsOf } from './agreement.ts'
import type { PerMessageDeflateOffer } from './offer.ts'
import { formatParameters } from './parameters.ts'

export interface OfferAcceptOptions extends AcceptOptions {
  /** The client has to compress each message by itself. Default: false. */
  readonly requestNoContextTakeover?: boolean
  /** The client has to keep to a window of that size, 8 to 15, where the offer allows to ask for it. Default: 0, as the offer says. */
  readonly requestMaxWindowBits?: number
}

/** A server accepts an offer: what `perMessageCompressionAccept` of servers returns. What the offer does not allow is misuse. */
export class PerMessageDeflateOfferAccept {
  readonly agreement: DeflateAgreement
  readonly parameters: ExtensionParameters

  constructor(offer: PerMessageDeflateOffer, options: OfferAcceptOptions = {}) {
    checkOptions<OfferAcceptOptions>(options, offerAcceptOptions, 'PerMessageDeflateOfferAccept')
    const { requestNoContextTakeover = false, requestMaxWindowBits = 0 } = options
    if (requestMaxWindowBits !== 0 && !isWindowBits(requestMaxWindowBits))
      throw new ApiMisuse(`requestMaxWindowBits must be 0, or a whole number from 8 to 15, and not ${shownValue(requestMaxWindowBits)}`)
    if (requestMaxWindowBits !== 0 && offer.acceptMaxWindowBits === false)
      throw new ApiMisuse('requestMaxWindowBits is not accepted by the offer')
    const own = ownDirection(options, offer.requestMaxWindowBits, offer.requestNoContextTakeover)
    const clientBits = smallest(requestMaxWindowBits, offer.acceptMaxWindowBits)
    const noClientTakeover = requestNoContextTakeover || offer.acceptNoContextTakeover
    this.agreement = { own, peer: { windowBits: clientBits || 15, noContextTakeover: noClientTakeover }, settings: settingsOf(options) }
    this.parameters = formatParameters({
      serverNoContextTakeover: own.noContextTakeover,
      clientNoContextTakeover: noClientTakeover,
      // so that the client may use a smaller window (RFC 7692 §7.1.2.1)
      serverMaxWindowBits: own.windowBits < 15 || offer.requestMaxWindowBits > 0 ? own.windowBits : 0,
      clientMaxWindowBits: clientBits,
    })
  }
}

/** What the server wants and what the client says of itself, where either does. */
function smallest(requested: number, accepted: boolean | number): number {
  if (typeof accepted !== 'number') return requested
  return requested === 0 ? accepted : Math.min(requested, accepted)
}

const offerAcceptOptions: OptionChecks<OfferAcceptOptions> = {
  ...acceptOptions,
  requestNoContextTakeover: trueOrFalse,
  requestMaxWindowBits: anyValue,
}
