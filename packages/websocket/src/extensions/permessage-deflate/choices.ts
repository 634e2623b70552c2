import { heeded } from '../../bytes/awaitable.ts'
import { ApiMisuse } from '../../protocol/faults/errors.ts'
import { shownValue } from '../../protocol/faults/shown-value.ts'
import {
  type AcceptedOffer,
  type AcceptedResponse,
  acceptedOffer,
  acceptedResponse,
  PerMessageDeflateOffer,
  PerMessageDeflateOfferAccept,
  type PerMessageDeflateResponse,
  PerMessageDeflateResponseAccept,
} from './offer-and-response.ts'
import type { PerMessageDeflateOptions } from './options.ts'

/** The choices of one side: what a client offers, and what either side accepts. */
export interface DeflateChoices {
  /** Client: the offers, best first. If empty, the extension is not offered. */
  readonly offers: readonly PerMessageDeflateOffer[]
  /** Server: chooses among the offers that can be read, in the client's order; `undefined` declines. */
  acceptOffer(offers: readonly PerMessageDeflateOffer[]): AcceptedOffer | undefined
  /** Client: `undefined` fails the handshake. */
  acceptResponse(response: PerMessageDeflateResponse): AcceptedResponse | undefined
}

/** The acceptors of AutobahnPython's API, which applications may set. */
export type OfferAcceptor = (offers: readonly PerMessageDeflateOffer[]) => PerMessageDeflateOfferAccept | undefined
export type ResponseAcceptor = (response: PerMessageDeflateResponse) => PerMessageDeflateResponseAccept | undefined

/** Chooses what the options ask for, as far as the peer allows it. */
export function choicesByOptions(options: PerMessageDeflateOptions): DeflateChoices {
  const { noContextTakeover, requestMaxWindowBits, requestNoContextTakeover } = options
  const plain = new PerMessageDeflateOffer({ acceptNoContextTakeover: noContextTakeover })
  const requesting = new PerMessageDeflateOffer({
    acceptNoContextTakeover: noContextTakeover,
    requestMaxWindowBits,
    requestNoContextTakeover,
  })
  const hasRequests = requestMaxWindowBits > 0 || requestNoContextTakeover
  return {
    // A server that cannot grant a request has to decline, which would leave everything uncompressed.
    offers: hasRequests ? [requesting, plain] : [plain],
    acceptOffer: ([offer]) => acceptedOffer(offer!, options),
    acceptResponse: response => acceptedResponse(response, options),
  }
}

/** Asks the hooks of an application. A client with offers but without an acceptor accepts what it offered. */
export function choicesByHooks(hooks: {
  readonly offers?: readonly PerMessageDeflateOffer[]
  readonly acceptOffer?: OfferAcceptor | undefined
  readonly acceptResponse?: ResponseAcceptor | undefined
}): DeflateChoices {
  const { offers = [], acceptOffer = () => undefined, acceptResponse = response => new PerMessageDeflateResponseAccept(response) } = hooks
  return {
    offers,
    acceptOffer: readable => checked(acceptOffer(readable), PerMessageDeflateOfferAccept),
    acceptResponse: response => checked(acceptResponse(response), PerMessageDeflateResponseAccept),
  }
}

function checked<Accept>(accept: Accept | undefined, kind: new (...parts: never[]) => Accept): Accept | undefined {
  if (accept === undefined || accept === null || accept instanceof kind) return accept ?? undefined
  heeded(accept)
  throw new ApiMisuse(`perMessageCompressionAccept must return a ${kind.name}, or undefined, and not ${shownValue(accept)}`)
}
