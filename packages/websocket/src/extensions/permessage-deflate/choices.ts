import { heeded } from '../../bytes/awaitable.ts'
import { ApiMisuse } from '../../protocol/faults/errors.ts'
import { shownValue } from '../../protocol/faults/shown-value.ts'
import {
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
  acceptOffer(offers: readonly PerMessageDeflateOffer[]): PerMessageDeflateOfferAccept | undefined
  /** Client: `undefined` fails the handshake. */
  acceptResponse(response: PerMessageDeflateResponse): PerMessageDeflateResponseAccept | undefined
}

/** The acceptors of AutobahnPython's API, which applications may set. */
export type OfferAcceptor = (offers: readonly PerMessageDeflateOffer[]) => PerMessageDeflateOfferAccept | undefined
export type ResponseAcceptor = (response: PerMessageDeflateResponse) => PerMessageDeflateResponseAccept | undefined

/** Chooses what the options ask for, as far as the other side allows it. */
export function choicesByOptions(options: PerMessageDeflateOptions): DeflateChoices {
  const { windowBits, noContextTakeover, requestMaxWindowBits, requestNoContextTakeover, level, memLevel, threshold } = options
  const settings = { level, memLevel, threshold }
  const plain = { acceptNoContextTakeover: noContextTakeover }
  const demanding = new PerMessageDeflateOffer({ ...plain, requestMaxWindowBits, requestNoContextTakeover })
  const hasDemands = requestMaxWindowBits > 0 || requestNoContextTakeover
  return {
    // A server that cannot grant a request has to decline, which would leave everything uncompressed.
    offers: hasDemands ? [demanding, new PerMessageDeflateOffer(plain)] : [demanding],
    acceptOffer: ([offer]) =>
      new PerMessageDeflateOfferAccept(offer!, {
        ...settings,
        windowBits: Math.min(windowBits, offer!.requestMaxWindowBits || 15),
        noContextTakeover: noContextTakeover || offer!.requestNoContextTakeover,
        requestMaxWindowBits: offer!.acceptMaxWindowBits === false ? 0 : requestMaxWindowBits,
        requestNoContextTakeover,
      }),
    acceptResponse: response =>
      new PerMessageDeflateResponseAccept(response, {
        ...settings,
        windowBits: Math.min(windowBits, response.clientMaxWindowBits || 15),
        noContextTakeover: noContextTakeover || response.clientNoContextTakeover,
      }),
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
