import { anyValue, checkOptions, type OptionChecks } from '../../protocol/checks/check-options.ts'
import { trueOrFalse } from '../../protocol/checks/option-values.ts'
import type { ExtensionParameters } from '../../protocol/extending/extension.ts'
import { ApiMisuse } from '../../protocol/faults/errors.ts'
import { shownValue } from '../../protocol/faults/shown-value.ts'
import { isWindowBits } from './agreement.ts'
import { formatParameters, parseParameters } from './parameters.ts'

export interface OfferOptions {
  /** The client says that it will not use context takeover, whatever the server answers (RFC 7692 §7.1.1.2). Default: false. */
  readonly acceptNoContextTakeover?: boolean
  /** The server may limit the client's window; a number: and the client will not use a larger one. Default: true. */
  readonly acceptMaxWindowBits?: boolean | number
  /** The server has to compress each message by itself. Default: false. */
  readonly requestNoContextTakeover?: boolean
  /** The server has to keep to a window of that size, 8 to 15. Default: 0, any. */
  readonly requestMaxWindowBits?: number
}

/**
 * What a client offers, RFC 7692 §7.1: made by clients, and given to `perMessageCompressionAccept` of servers.
 *
 * In AutobahnPython `acceptNoContextTakeover` is on by default; as the RFC has it, that gives up the client's context.
 */
export class PerMessageDeflateOffer {
  readonly acceptNoContextTakeover: boolean
  readonly acceptMaxWindowBits: boolean | number
  readonly requestNoContextTakeover: boolean
  readonly requestMaxWindowBits: number

  constructor(options: OfferOptions = {}) {
    checkOptions<OfferOptions>(options, offerOptions, 'PerMessageDeflateOffer')
    const { acceptNoContextTakeover = false, acceptMaxWindowBits = true } = options
    const { requestNoContextTakeover = false, requestMaxWindowBits = 0 } = options
    if (typeof acceptMaxWindowBits !== 'boolean' && !isWindowBits(acceptMaxWindowBits))
      throw new ApiMisuse(
        `acceptMaxWindowBits must be true, false, or a whole number from 8 to 15, and not ${shownValue(acceptMaxWindowBits)}`,
      )
    if (requestMaxWindowBits !== 0 && !isWindowBits(requestMaxWindowBits))
      throw new ApiMisuse(`requestMaxWindowBits must be 0, or a whole number from 8 to 15, and not ${shownValue(requestMaxWindowBits)}`)
    this.acceptNoContextTakeover = acceptNoContextTakeover
    this.acceptMaxWindowBits = acceptMaxWindowBits
    this.requestNoContextTakeover = requestNoContextTakeover
    this.requestMaxWindowBits = requestMaxWindowBits
  }

  /** Throws an `Error` where the parameters are not those of an offer. */
  static parse(parameters: ExtensionParameters): PerMessageDeflateOffer {
    const parsed = parseParameters(parameters)
    return new PerMessageDeflateOffer({
      acceptNoContextTakeover: parsed.clientNoContextTakeover,
      acceptMaxWindowBits: parsed.clientMaxWindowBits || false,
      requestNoContextTakeover: parsed.serverNoContextTakeover,
      requestMaxWindowBits: parsed.serverMaxWindowBits,
    })
  }

  get parameters(): ExtensionParameters {
    return formatParameters({
      clientNoContextTakeover: this.acceptNoContextTakeover,
      clientMaxWindowBits: this.acceptMaxWindowBits || 0,
      serverNoContextTakeover: this.requestNoContextTakeover,
      serverMaxWindowBits: this.requestMaxWindowBits,
    })
  }
}

const offerOptions: OptionChecks<OfferOptions> = {
  acceptNoContextTakeover: trueOrFalse,
  acceptMaxWindowBits: anyValue,
  requestNoContextTakeover: trueOrFalse,
  requestMaxWindowBits: anyValue,
}
