import type { ExtensionParameters } from '../../protocol/extending/extension.ts'
import type { PerMessageDeflateOffer } from './offer.ts'
import { parseParameters } from './parameters.ts'

/** What a server answered, RFC 7692 §7.1: given to `perMessageCompressionAccept` of clients. */
export class PerMessageDeflateResponse {
  readonly serverNoContextTakeover: boolean
  readonly clientNoContextTakeover: boolean
  /** 8 to 15; 0 where the answer has none. */
  readonly serverMaxWindowBits: number
  readonly clientMaxWindowBits: number

  private constructor(parameters: ReturnType<typeof parseParameters>, clientMaxWindowBits: number) {
    this.serverNoContextTakeover = parameters.serverNoContextTakeover
    this.clientNoContextTakeover = parameters.clientNoContextTakeover
    this.serverMaxWindowBits = parameters.serverMaxWindowBits
    this.clientMaxWindowBits = clientMaxWindowBits
  }

  /** Throws an `Error` where the parameters are not those of an answer. */
  static parse(parameters: ExtensionParameters): PerMessageDeflateResponse {
    const parsed = parseParameters(parameters)
    if (parsed.clientMaxWindowBits === true) throw new Error('client_max_window_bits has a value in an answer')
    return new PerMessageDeflateResponse(parsed, parsed.clientMaxWindowBits)
  }

  /** Whether it answers the offer: a server may ask for less, and only for what was offered (RFC 7692 §7.1.1 and §7.1.2). */
  answers(offer: PerMessageDeflateOffer): boolean {
    const { requestNoContextTakeover, requestMaxWindowBits, acceptMaxWindowBits } = offer
    const keepsWindow = requestMaxWindowBits === 0 || (this.serverMaxWindowBits > 0 && this.serverMaxWindowBits <= requestMaxWindowBits)
    const limitsWindow = this.clientMaxWindowBits > 0
    return keepsWindow && (this.serverNoContextTakeover || !requestNoContextTakeover) && (acceptMaxWindowBits !== false || !limitsWindow)
  }
}
