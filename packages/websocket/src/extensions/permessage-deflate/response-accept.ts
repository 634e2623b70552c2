import { checkOptions } from '../../protocol/checks/check-options.ts'
import { type AcceptOptions, acceptOptions, type DeflateAgreement, ownDirection, settingsOf } from './agreement.ts'
import type { PerMessageDeflateResponse } from './response.ts'

/** A client accepts a server's answer: what `perMessageCompressionAccept` of clients returns. What the answer does not allow is misuse. */
export class PerMessageDeflateResponseAccept {
  readonly agreement: DeflateAgreement

  constructor(response: PerMessageDeflateResponse, options: AcceptOptions = {}) {
    checkOptions<AcceptOptions>(options, acceptOptions, 'PerMessageDeflateResponseAccept')
    this.agreement = {
      own: ownDirection(options, response.clientMaxWindowBits, response.clientNoContextTakeover),
      peer: { windowBits: response.serverMaxWindowBits || 15, noContextTakeover: response.serverNoContextTakeover },
      settings: settingsOf(options),
    }
  }
}
