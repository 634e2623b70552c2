import { anyValue, checkOptions, type OptionChecks } from '../../protocol/checks/check-options.ts'
import { trueOrFalse } from '../../protocol/checks/option-values.ts'
import type { ExtensionParameters } from '../../protocol/extending/extension.ts'
import { ApiMisuse } from '../../protocol/faults/errors.ts'
import { shownValue } from '../../protocol/faults/shown-value.ts'
import { acceptOffer, acceptResponse, acceptResponseToOneOf, type Direction, type Directions } from './negotiation.ts'
import { type DeflateSettings, perMessageDeflateOptions } from './options.ts'
import { formatParameters, isWindowBits, type OfferParameters, parseOffer, parseResponse, type ResponseParameters } from './parameters.ts'

/*
 * The four steps of a negotiation in AutobahnPython's API. It names a parameter by the side that speaks, and RFC 7692 by the side that
 * compresses:
 *
 *     RFC 7692                      in the client's options    in the server's options
 *     server_no_context_takeover    requestNoContextTakeover   noContextTakeover
 *     client_no_context_takeover    acceptNoContextTakeover    requestNoContextTakeover
 *     server_max_window_bits        requestMaxWindowBits       windowBits
 *     client_max_window_bits        acceptMaxWindowBits        requestMaxWindowBits
 *
 * This file translates the names, and refuses options that contradict the peer. negotiation.ts decides.
 */

/** The outcome of a negotiation, as one side sees it. */
export interface DeflateAgreement extends Directions {
  readonly settings: DeflateSettings
}

/** The settings of one side for what it accepts. A setting that is left out has its default. */
export interface AcceptOptions extends Partial<DeflateSettings> {
  /** Whether to compress each message by itself. Default: as the peer requests. */
  readonly noContextTakeover?: boolean
  /** The size of this side's window, 8 to 15 as in `Direction`, at most the size that the peer requests, which is the default. */
  readonly windowBits?: number
}

// ---- 1. a client offers

export interface OfferOptions {
  /** Whether the client promises not to use context takeover, whatever the server answers (RFC 7692 §7.1.1.2). Default: false. */
  readonly acceptNoContextTakeover?: boolean
  /** Whether the server may limit the client's window; a number also promises not to use a larger one. Default: true. */
  readonly acceptMaxWindowBits?: boolean | number
  /** Whether the server has to compress each message by itself. Default: false. */
  readonly requestNoContextTakeover?: boolean
  /** The size of the window that the server has to keep to, 8 to 15. Default: 0, any. */
  readonly requestMaxWindowBits?: number
}

/**
 * An offer of a client, RFC 7692 §7.1: made by clients, and given to `perMessageCompressionAccept` of servers.
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
    checkRequested(requestMaxWindowBits)
    this.acceptNoContextTakeover = acceptNoContextTakeover
    this.acceptMaxWindowBits = acceptMaxWindowBits
    this.requestNoContextTakeover = requestNoContextTakeover
    this.requestMaxWindowBits = requestMaxWindowBits
  }

  /** Reads the parameters of an offer. Throws an `Error` if they are not valid. */
  static parse(parameters: ExtensionParameters): PerMessageDeflateOffer {
    const { serverNoContextTakeover, clientNoContextTakeover, serverMaxWindowBits, clientMaxWindowBits } = parseOffer(parameters)
    return new PerMessageDeflateOffer({
      requestNoContextTakeover: serverNoContextTakeover,
      acceptNoContextTakeover: clientNoContextTakeover,
      requestMaxWindowBits: serverMaxWindowBits ?? 0,
      acceptMaxWindowBits: clientMaxWindowBits ?? false,
    })
  }

  get parameters(): ExtensionParameters {
    return formatParameters(offerParameters(this))
  }
}

/** Translates an offer to the names of RFC 7692. */
function offerParameters(offer: PerMessageDeflateOffer): OfferParameters {
  return {
    serverNoContextTakeover: offer.requestNoContextTakeover,
    clientNoContextTakeover: offer.acceptNoContextTakeover,
    serverMaxWindowBits: offer.requestMaxWindowBits || undefined,
    clientMaxWindowBits: offer.acceptMaxWindowBits || undefined,
  }
}

// ---- 2. a server accepts an offer

export interface OfferAcceptOptions extends AcceptOptions {
  /** Whether the client has to compress each message by itself. Default: false. */
  readonly requestNoContextTakeover?: boolean
  /** The size of the window that the client has to keep to, 8 to 15, if the offer allows to ask for it. Default: 0, as in the offer. */
  readonly requestMaxWindowBits?: number
}

/** The acceptance of an offer: the parameters of the response, and how both sides compress. */
export interface AcceptedOffer {
  readonly agreement: DeflateAgreement
  readonly parameters: ExtensionParameters
}

/** Accepts an offer with the options as far as the offer allows them. */
export function acceptedOffer(offer: PerMessageDeflateOffer, options: OfferAcceptOptions): AcceptedOffer {
  const { response, own, peer } = acceptOffer(offerParameters(offer), {
    serverNoContextTakeover: options.noContextTakeover ?? false,
    clientNoContextTakeover: options.requestNoContextTakeover ?? false,
    serverMaxWindowBits: options.windowBits ?? 15,
    clientMaxWindowBits: options.requestMaxWindowBits || undefined,
  })
  return { parameters: formatParameters(response), agreement: { own, peer, settings: settingsOf(options) } }
}

/**
 * The acceptance of an offer, which `perMessageCompressionAccept` of servers returns. Options that the offer does not allow are misuse.
 */
export class PerMessageDeflateOfferAccept implements AcceptedOffer {
  readonly agreement: DeflateAgreement
  readonly parameters: ExtensionParameters

  constructor(offer: PerMessageDeflateOffer, options: OfferAcceptOptions = {}) {
    checkOptions<OfferAcceptOptions>(options, offerAcceptOptions, 'PerMessageDeflateOfferAccept')
    checkRequested(options.requestMaxWindowBits ?? 0)
    checkOwn(options, { windowBits: offer.requestMaxWindowBits || 15, noContextTakeover: offer.requestNoContextTakeover })
    if (options.requestMaxWindowBits && offer.acceptMaxWindowBits === false)
      throw new ApiMisuse('requestMaxWindowBits is not accepted by the offer')
    const { parameters, agreement } = acceptedOffer(offer, options)
    this.agreement = agreement
    this.parameters = parameters
  }
}

// ---- 3. the client reads the response

/** A response of a server, RFC 7692 §7.1, which `perMessageCompressionAccept` of clients gets. */
export class PerMessageDeflateResponse {
  readonly serverNoContextTakeover: boolean
  readonly clientNoContextTakeover: boolean
  /** The window of the server, 8 to 15; 0 if the response has none. */
  readonly serverMaxWindowBits: number
  /** The window of the client, 8 to 15; 0 if the response has none. */
  readonly clientMaxWindowBits: number
  /** The offers of the client. The response is to one or more of them. */
  readonly offers: readonly PerMessageDeflateOffer[]

  private constructor(response: ResponseParameters, offers: readonly PerMessageDeflateOffer[]) {
    this.serverNoContextTakeover = response.serverNoContextTakeover
    this.clientNoContextTakeover = response.clientNoContextTakeover
    this.serverMaxWindowBits = response.serverMaxWindowBits ?? 0
    this.clientMaxWindowBits = response.clientMaxWindowBits ?? 0
    this.offers = offers
  }

  /**
   * Reads the parameters of a response to one of the offers; by default to one that requests nothing and accepts any limit. Throws an `Error`
   * that says what is wrong if the parameters are not valid, or if no offer allows them.
   */
  static parse(
    parameters: ExtensionParameters,
    offers: readonly PerMessageDeflateOffer[] = [new PerMessageDeflateOffer()],
  ): PerMessageDeflateResponse {
    const response = parseResponse(parameters)
    acceptResponseToOneOf(offers.map(offerParameters), response)
    return new PerMessageDeflateResponse(response, offers)
  }

  /** Tells whether a server may respond to the offer with this response. */
  answers(offer: PerMessageDeflateOffer): boolean {
    return !('brokenRule' in acceptResponse(offerParameters(offer), responseParameters(this)))
  }
}

/** Translates a response, in which a window of 0 is an absent one. */
function responseParameters(response: PerMessageDeflateResponse): ResponseParameters {
  return {
    serverNoContextTakeover: response.serverNoContextTakeover,
    clientNoContextTakeover: response.clientNoContextTakeover,
    serverMaxWindowBits: response.serverMaxWindowBits || undefined,
    clientMaxWindowBits: response.clientMaxWindowBits || undefined,
  }
}

// ---- 4. the client accepts the response

/** The acceptance of a response: how both sides compress. */
export interface AcceptedResponse {
  readonly agreement: DeflateAgreement
}

/** Accepts a response with the options as far as the response and the offers allow them. */
export function acceptedResponse(response: PerMessageDeflateResponse, options: AcceptOptions): AcceptedResponse {
  const { own, peer } = acceptResponseToOneOf(response.offers.map(offerParameters), responseParameters(response), {
    clientNoContextTakeover: options.noContextTakeover ?? false,
    clientMaxWindowBits: options.windowBits ?? 15,
  })
  return { agreement: { own, peer, settings: settingsOf(options) } }
}

/**
 * The acceptance of a response, which `perMessageCompressionAccept` of clients returns. Options that the response does not allow are misuse.
 */
export class PerMessageDeflateResponseAccept implements AcceptedResponse {
  readonly agreement: DeflateAgreement

  constructor(response: PerMessageDeflateResponse, options: AcceptOptions = {}) {
    checkOptions<AcceptOptions>(options, acceptOptions, 'PerMessageDeflateResponseAccept')
    checkOwn(options, { windowBits: response.clientMaxWindowBits || 15, noContextTakeover: response.clientNoContextTakeover })
    this.agreement = acceptedResponse(response, options).agreement
  }
}

// ---- checks

function checkRequested(requestMaxWindowBits: number): void {
  if (requestMaxWindowBits !== 0 && !isWindowBits(requestMaxWindowBits))
    throw new ApiMisuse(`requestMaxWindowBits must be 0, or a whole number from 8 to 15, and not ${shownValue(requestMaxWindowBits)}`)
}

/** Checks that this side compresses within what its peer requests: with less window or without context, but not with more. */
function checkOwn({ windowBits, noContextTakeover }: AcceptOptions, requested: Direction): void {
  if (requested.noContextTakeover && noContextTakeover === false)
    throw new ApiMisuse('noContextTakeover was asked for, and must not be false')
  if (windowBits === undefined) return
  if (!isWindowBits(windowBits)) throw new ApiMisuse(`windowBits must be a whole number from 8 to 15, and not ${shownValue(windowBits)}`)
  if (windowBits > requested.windowBits)
    throw new ApiMisuse(`windowBits must be at most ${requested.windowBits}, as asked for, and not ${shownValue(windowBits)}`)
}

/** Completes the settings with their defaults. Each is checked like the option of its name. */
function settingsOf({ level, memLevel, threshold }: AcceptOptions): DeflateSettings {
  return { level: checked('level', level), memLevel: checked('memLevel', memLevel), threshold: checked('threshold', threshold) }
}

function checked(name: keyof DeflateSettings, value: number | undefined): number {
  const rule = perMessageDeflateOptions[name]
  if (value === undefined) return rule.default
  if (!rule.holds(value)) throw new ApiMisuse(`${name} must be ${rule.wanted}, and not ${shownValue(value)}`)
  return value
}

/** The names only; values are checked where they are used. */
const acceptOptions: OptionChecks<AcceptOptions> = {
  noContextTakeover: trueOrFalse,
  windowBits: anyValue,
  level: anyValue,
  memLevel: anyValue,
  threshold: anyValue,
}

const offerAcceptOptions: OptionChecks<OfferAcceptOptions> = {
  ...acceptOptions,
  requestNoContextTakeover: trueOrFalse,
  requestMaxWindowBits: anyValue,
}

const offerOptions: OptionChecks<OfferOptions> = {
  acceptNoContextTakeover: trueOrFalse,
  acceptMaxWindowBits: anyValue,
  requestNoContextTakeover: trueOrFalse,
  requestMaxWindowBits: anyValue,
}
