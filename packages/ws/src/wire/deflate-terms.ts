import type { Direction, ExtensionParameters } from '@autobahn-ts/websocket/internals'

/** The options of `ws` for permessage-deflate that are negotiated; as in its documentation. */
export interface DeflateTermsOptions {
  readonly serverNoContextTakeover?: boolean | undefined
  readonly clientNoContextTakeover?: boolean | undefined
  readonly serverMaxWindowBits?: number | boolean | undefined
  readonly clientMaxWindowBits?: number | boolean | null | undefined
}

/** The ways in which server and client compress, and the parameters that say so in the server's response. */
export interface DeflateTerms {
  readonly server: Direction
  readonly client: Direction
  readonly parameters: ExtensionParameters
}

/** Returns the parameters of a client's offer. */
export function offerFor(options: DeflateTermsOptions): ExtensionParameters {
  const { serverMaxWindowBits, clientMaxWindowBits } = options
  const offer = new Map<string, string | true>()
  if (options.serverNoContextTakeover) offer.set(serverAlone, true)
  if (options.clientNoContextTakeover) offer.set(clientAlone, true)
  if (serverMaxWindowBits) offer.set(serverWindow, String(serverMaxWindowBits))
  if (clientMaxWindowBits === undefined || clientMaxWindowBits === null || clientMaxWindowBits === true) offer.set(clientWindow, true)
  else if (clientMaxWindowBits) offer.set(clientWindow, String(clientMaxWindowBits))
  return offer
}

/**
 * Chooses the first offer that the server's options allow, and returns the terms. Throws an `Error` where an offer has an unknown parameter or a
 * wrong value, or where none is allowed.
 */
export function acceptedTerms(offers: readonly ExtensionParameters[], options: DeflateTermsOptions): DeflateTerms {
  for (const offer of offers) checkParameters(offer, true)
  const offer = offers.find(each => isAllowed(each, options))
  if (offer === undefined) throw new Error('none of the offers can be accepted')
  const { serverMaxWindowBits: ownWindow, clientMaxWindowBits: itsWindow } = options
  const parameters = new Map(offer)
  if (options.serverNoContextTakeover) parameters.set(serverAlone, true)
  if (options.clientNoContextTakeover) parameters.set(clientAlone, true)
  if (typeof ownWindow === 'number') parameters.set(serverWindow, String(ownWindow))
  if (typeof itsWindow === 'number') parameters.set(clientWindow, String(itsWindow))
  else if (parameters.get(clientWindow) === true || itsWindow === false) parameters.delete(clientWindow)
  return termsOf(parameters)
}

/**
 * Returns the terms of the server's response to an offer made with the same options. Throws an `Error` where the response has an unknown parameter,
 * a wrong value, or one that the options do not allow.
 */
export function confirmedTerms(response: ExtensionParameters, options: DeflateTermsOptions): DeflateTerms {
  checkParameters(response, false)
  const { clientMaxWindowBits: window } = options
  const given = response.get(clientWindow)
  if (options.clientNoContextTakeover === false && response.has(clientAlone)) throw new Error(`unexpected parameter ${clientAlone}`)
  const isTooLarge = given !== undefined && (window === false || (typeof window === 'number' && Number(given) > window))
  if (isTooLarge) throw new Error(`unexpected or invalid parameter ${clientWindow}`)
  const parameters = new Map(response)
  if (given === undefined && typeof window === 'number') parameters.set(clientWindow, String(window))
  return termsOf(parameters)
}

function isAllowed(offer: ExtensionParameters, options: DeflateTermsOptions): boolean {
  const { serverMaxWindowBits: window } = options
  const asked = offer.get(serverWindow)
  if (options.serverNoContextTakeover === false && offer.has(serverAlone)) return false
  if (asked !== undefined && (window === false || (typeof window === 'number' && window > Number(asked)))) return false
  return typeof options.clientMaxWindowBits !== 'number' || offer.has(clientWindow)
}

function termsOf(parameters: ExtensionParameters): DeflateTerms {
  return {
    server: { windowBits: Number(parameters.get(serverWindow) ?? largestWindow), noContextTakeover: parameters.has(serverAlone) },
    client: { windowBits: Number(parameters.get(clientWindow) ?? largestWindow), noContextTakeover: parameters.has(clientAlone) },
    parameters,
  }
}

/** Checks names and values, RFC 7692 §7.1. Only in an offer, `client_max_window_bits` may be without a value. */
function checkParameters(parameters: ExtensionParameters, isOffer: boolean): void {
  for (const [name, value] of parameters) {
    const isFlag = name === serverAlone || name === clientAlone
    const isWindow = name === serverWindow || name === clientWindow
    if (!isFlag && !isWindow) throw new Error(`unknown parameter ${name}`)
    if (isFlag ? value === true : isWindowBits(value) || (isOffer && name === clientWindow && value === true)) continue
    throw new Error(`parameter ${name} must not be ${String(value)}`)
  }
}

function isWindowBits(value: string | true): boolean {
  return value !== true && Number.isInteger(Number(value)) && Number(value) >= smallestWindow && Number(value) <= largestWindow
}

const serverAlone = 'server_no_context_takeover'
const clientAlone = 'client_no_context_takeover'
const serverWindow = 'server_max_window_bits'
const clientWindow = 'client_max_window_bits'
const smallestWindow = 8
const largestWindow = 15
