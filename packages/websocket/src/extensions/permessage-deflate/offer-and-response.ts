import { anyValue, checkOptions, type OptionChecks } from '../../protocol/checks/check-options.ts'
import { trueOrFalse } from '../../protocol/checks/option-values.ts'
import type { ExtensionParameters } from '../../protocol/extending/extension.ts'
import { ApiMisuse } from '../../protocol/faults/errors.ts'
import { shownValue } from '../../protocol/faults/shown-value.ts'
import {
  answers,
  answerTo,
  clientDirection,
  type DeflateParameters,
  type Direction,
  formatParameters,
  isWindowBits,
  ownDirection,
  parseParameters,
  serverDirection,
} from './negotiation.ts'
import { type DeflateSettings, perMessageDeflateOptions } from './options.ts'

// The four steps of a negotiation in AutobahnPython's API. negotiation.ts has the rules for each parameter.

/** The outcome of a negotiation, as one side sees it. */
export interface DeflateAgreement {
  readonly own: Direction
  readonly peer: Direction
  readonly settings: DeflateSettings
}

/** The settings of one side for what it accepts. A setting that is left out has its default. */
export interface AcceptOptions extends Partial<DeflateSettings> {
  /** Whether to compress each message by itself. Default: as asked for. */
  readonly noContextTakeover?: boolean
  /** The size of the own window, 9 to 15, at most the requested one. Default: the requested one. */
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
    const parsed = parseParameters(parameters)
    return new PerMessageDeflateOffer({
      acceptNoContextTakeover: parsed.clientNoContextTakeover,
      acceptMaxWindowBits: parsed.clientMaxWindowBits || false,
      requestNoContextTakeover: parsed.serverNoContextTakeover,
      requestMaxWindowBits: parsed.serverMaxWindowBits,
    })
  }

  get parameters(): ExtensionParameters {
    return formatParameters(offeredBy(this))
  }
}

/** The parameters of an offer by their names in RFC 7692. */
export function offeredBy(offer: PerMessageDeflateOffer): DeflateParameters {
  return {
    clientNoContextTakeover: offer.acceptNoContextTakeover,
    clientMaxWindowBits: offer.acceptMaxWindowBits || 0,
    serverNoContextTakeover: offer.requestNoContextTakeover,
    serverMaxWindowBits: offer.requestMaxWindowBits,
  }
}

// ---- 2. a server accepts an offer

export interface OfferAcceptOptions extends AcceptOptions {
  /** Whether the client has to compress each message by itself. Default: false. */
  readonly requestNoContextTakeover?: boolean
  /** The size of the window that the client has to keep to, 8 to 15, if the offer allows to ask for it. Default: 0, as in the offer. */
  readonly requestMaxWindowBits?: number
}

/**
 * The acceptance of an offer, which `perMessageCompressionAccept` of servers returns. Parameters that the offer does not allow are misuse.
 */
export class PerMessageDeflateOfferAccept {
  readonly agreement: DeflateAgreement
  readonly parameters: ExtensionParameters

  constructor(offer: PerMessageDeflateOffer, options: OfferAcceptOptions = {}) {
    checkOptions<OfferAcceptOptions>(options, offerAcceptOptions, 'PerMessageDeflateOfferAccept')
    const { requestNoContextTakeover = false, requestMaxWindowBits = 0 } = options
    checkRequested(requestMaxWindowBits)
    const asked = { windowBits: offer.requestMaxWindowBits, noContextTakeover: offer.requestNoContextTakeover }
    const own = ownDirection(options, asked)
    const answer = answerTo(offeredBy(offer), own, { requestNoContextTakeover, requestMaxWindowBits })
    this.agreement = { own, peer: clientDirection(answer), settings: settingsOf(options) }
    this.parameters = formatParameters(answer)
  }
}

// ---- 3. the client reads the answer

/** An answer of a server, RFC 7692 §7.1, which `perMessageCompressionAccept` of clients gets. */
export class PerMessageDeflateResponse {
  readonly serverNoContextTakeover: boolean
  readonly clientNoContextTakeover: boolean
  /** The window of the server, 8 to 15; 0 if the answer has none. */
  readonly serverMaxWindowBits: number
  readonly clientMaxWindowBits: number

  private constructor(parameters: DeflateParameters, clientMaxWindowBits: number) {
    this.serverNoContextTakeover = parameters.serverNoContextTakeover
    this.clientNoContextTakeover = parameters.clientNoContextTakeover
    this.serverMaxWindowBits = parameters.serverMaxWindowBits
    this.clientMaxWindowBits = clientMaxWindowBits
  }

  /** Reads the parameters of an answer. Throws an `Error` if they are not valid. */
  static parse(parameters: ExtensionParameters): PerMessageDeflateResponse {
    const parsed = parseParameters(parameters)
    if (parsed.clientMaxWindowBits === true) throw new Error('client_max_window_bits must have a value in an answer')
    return new PerMessageDeflateResponse(parsed, parsed.clientMaxWindowBits)
  }

  /**
   * Tells whether the response answers the offer: a server may use less than was offered, and ask only for what was (RFC 7692 §7.1.1 and
   * §7.1.2).
   */
  answers(offer: PerMessageDeflateOffer): boolean {
    return answers(offeredBy(offer), this)
  }
}

// ---- 4. the client accepts the answer

/**
 * The acceptance of an answer, which `perMessageCompressionAccept` of clients returns. Settings that the answer does not allow are misuse.
 */
export class PerMessageDeflateResponseAccept {
  readonly agreement: DeflateAgreement

  constructor(response: PerMessageDeflateResponse, options: AcceptOptions = {}) {
    checkOptions<AcceptOptions>(options, acceptOptions, 'PerMessageDeflateResponseAccept')
    const own = ownDirection(options, { windowBits: response.clientMaxWindowBits, noContextTakeover: response.clientNoContextTakeover })
    this.agreement = { own, peer: serverDirection(response), settings: settingsOf(options) }
  }
}

// ---- checks

function checkRequested(requestMaxWindowBits: number): void {
  if (requestMaxWindowBits !== 0 && !isWindowBits(requestMaxWindowBits))
    throw new ApiMisuse(`requestMaxWindowBits must be 0, or a whole number from 8 to 15, and not ${shownValue(requestMaxWindowBits)}`)
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
