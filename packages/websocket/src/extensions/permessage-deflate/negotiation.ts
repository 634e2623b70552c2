import type { ExtensionParameters } from '../../protocol/extending/extension.ts'
import { ApiMisuse } from '../../protocol/faults/errors.ts'
import { shownValue } from '../../protocol/faults/shown-value.ts'

/*
 * The rules of RFC 7692 §7.1: which parameters a server may answer to those that a client offers, and what both do then.
 *
 * The tables have a line for each case. N and M stand for a number from 8 to 15, – for a parameter that is not there. "Misuse" is a mistake of
 * the application on this side, and "refused" one of the server: the handshake fails. The side that compresses may use a smaller window than was
 * agreed on. The side that decompresses needs one of at least that size.
 */

/** The four parameters of RFC 7692 §7.1, as an offer or an answer has them. */
export interface DeflateParameters {
  readonly serverNoContextTakeover: boolean
  readonly clientNoContextTakeover: boolean
  /** 8 to 15; 0 where it is not there. */
  readonly serverMaxWindowBits: number
  /** 8 to 15; 0 where it is not there; in an offer `true` where it has no value, and any may be answered. */
  readonly clientMaxWindowBits: number | true
}

/** The way in which one side compresses. */
export interface Direction {
  /** 8 to 15. */
  readonly windowBits: number
  readonly noContextTakeover: boolean
}

/** The parameters that a server asks of the client in addition to the offer. */
export interface ServerDemands {
  readonly requestNoContextTakeover: boolean
  /** 8 to 15; 0 asks for nothing. */
  readonly requestMaxWindowBits: number
}

// ---- the server answers

/** Makes the answer to an offer. `own` is how the server will compress, as `ownDirection` allows it. */
export function answerTo(offer: DeflateParameters, own: Direction, demands: ServerDemands): DeflateParameters {
  return {
    serverNoContextTakeover: own.noContextTakeover,
    clientNoContextTakeover: offer.clientNoContextTakeover || demands.requestNoContextTakeover,
    serverMaxWindowBits: answeredServerWindow(offer.serverMaxWindowBits, own.windowBits),
    clientMaxWindowBits: answeredClientWindow(offer.clientMaxWindowBits, demands.requestMaxWindowBits),
  }
}

/*
 * server_max_window_bits, RFC 7692 §7.1.2.1: the window of what the server compresses.
 *
 *     offer    own window      answer
 *     –        15              –
 *     –        M < 15          M           so that the client may decompress with a smaller window
 *     N        M ≤ N           M
 *     N        M > N           misuse      in ownDirection
 */
function answeredServerWindow(offered: number, own: number): number {
  return offered === 0 && own === 15 ? 0 : own
}

/*
 * client_max_window_bits, RFC 7692 §7.1.2.2: the window of what the client compresses.
 *
 *     offer      demanded    answer
 *     –          –           –
 *     –          M           misuse        the client does not accept it
 *     no value   –           –
 *     no value   M           M
 *     N          –           N             the client says that it will not use more
 *     N          M           min(N, M)
 */
function answeredClientWindow(offered: number | true, demanded: number): number {
  if (offered === 0 && demanded !== 0) throw new ApiMisuse('requestMaxWindowBits is not accepted by the offer')
  if (offered === true || demanded === 0) return offered === true ? demanded : offered
  return Math.min(offered, demanded)
}

// ---- the client takes the answer

/*
 * Tells whether a server may answer an offer like this.
 *
 *     parameter                     offer        answer
 *     server_no_context_takeover    –            any
 *                                   there        there        – is refused
 *     client_no_context_takeover    any          any
 *     server_max_window_bits        –            any
 *                                   N            M ≤ N        – and M > N are refused
 *     client_max_window_bits        –            –            M is refused
 *                                   N, no value  any
 */
export function answers(offer: DeflateParameters, answer: DeflateParameters): boolean {
  if (offer.serverNoContextTakeover && !answer.serverNoContextTakeover) return false
  if (offer.serverMaxWindowBits !== 0 && (answer.serverMaxWindowBits === 0 || answer.serverMaxWindowBits > offer.serverMaxWindowBits))
    return false
  return offer.clientMaxWindowBits !== 0 || answer.clientMaxWindowBits === 0
}

/*
 * Limits how a client compresses to what its offers have said, because the server may have counted on it (RFC 7692 §7.1.1.2 and §7.1.2.2). Which
 * one of several it has answered it does not say, so all hold that it may have.
 *
 *     parameter                     offer        answer       the client
 *     client_no_context_takeover    –            –            as it likes
 *                                   –            there        keeps no context
 *                                   there        any          keeps no context
 *     client_max_window_bits        –, no value  –            at most 15
 *                                   no value     M            at most M
 *                                   N            –            at most N
 *                                   N            M            at most min(N, M)
 *
 * `own` has been limited to the answer before, by `ownDirection`.
 */
export function asOffered(own: Direction, offers: readonly DeflateParameters[]): Direction {
  const windows = offers.map(offer => offer.clientMaxWindowBits).filter(bits => typeof bits === 'number')
  return {
    windowBits: Math.min(own.windowBits, ...windows.map(bits => bits || 15)),
    noContextTakeover: own.noContextTakeover || offers.some(offer => offer.clientNoContextTakeover),
  }
}

// ---- both sides

/**
 * Decides how this side compresses, from what the application chose and from what the other side asked for. To do with less window or without
 * context is a choice; to take more is misuse.
 *
 * `asked.windowBits` is 0 where the other side did not ask for a window.
 */
export function ownDirection(chosen: Partial<Direction>, asked: Direction): Direction {
  const most = asked.windowBits || 15
  const { windowBits = most, noContextTakeover = asked.noContextTakeover } = chosen
  if (asked.noContextTakeover && !noContextTakeover) throw new ApiMisuse('noContextTakeover was asked for, and must not be false')
  if (!isWindowBits(windowBits)) throw new ApiMisuse(`windowBits must be a whole number from 8 to 15, and not ${shownValue(windowBits)}`)
  if (windowBits > most) throw new ApiMisuse(`windowBits must be at most ${most}, as asked for, and not ${shownValue(windowBits)}`)
  return { windowBits, noContextTakeover }
}

/** Returns how the server compresses, by its answer. `windowBits` is 15 where the answer does not name it. */
export function serverDirection({ serverMaxWindowBits, serverNoContextTakeover }: DeflateParameters): Direction {
  return { windowBits: serverMaxWindowBits || 15, noContextTakeover: serverNoContextTakeover }
}

/** Returns how the client compresses, by the server's answer. */
export function clientDirection({ clientMaxWindowBits, clientNoContextTakeover }: DeflateParameters): Direction {
  return { windowBits: clientMaxWindowBits === true ? 15 : clientMaxWindowBits || 15, noContextTakeover: clientNoContextTakeover }
}

/** Tells whether a value is a size of window, as a power of two: 8 to 15 for 256 octets to 32 KiB. */
export function isWindowBits(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 8 && (value as number) <= 15
}

// ---- as text

/** Reads what a peer wrote. Throws an `Error` that names the parameter where one is unknown, or has a value that it must not have. */
export function parseParameters(parameters: ExtensionParameters): DeflateParameters {
  for (const name of parameters.keys()) if (!names.has(name)) throw new Error(`permessage-deflate has no parameter ${show(name)}`)
  return {
    serverNoContextTakeover: flag(parameters, 'server_no_context_takeover'),
    clientNoContextTakeover: flag(parameters, 'client_no_context_takeover'),
    serverMaxWindowBits: windowBits(parameters, 'server_max_window_bits'),
    clientMaxWindowBits: parameters.get('client_max_window_bits') === true ? true : windowBits(parameters, 'client_max_window_bits'),
  }
}

/** Writes parameters as a header has them. One that is `false` or 0 is left out. */
export function formatParameters(parameters: Partial<DeflateParameters>): ExtensionParameters {
  const { serverNoContextTakeover, clientNoContextTakeover, serverMaxWindowBits, clientMaxWindowBits } = parameters
  const written = new Map<string, string | true>()
  if (serverNoContextTakeover) written.set('server_no_context_takeover', true)
  if (clientNoContextTakeover) written.set('client_no_context_takeover', true)
  if (serverMaxWindowBits) written.set('server_max_window_bits', String(serverMaxWindowBits))
  if (clientMaxWindowBits) written.set('client_max_window_bits', clientMaxWindowBits === true ? true : String(clientMaxWindowBits))
  return written
}

function flag(parameters: ExtensionParameters, name: string): boolean {
  const value = parameters.get(name)
  if (typeof value === 'string') throw new Error(`${name} must not have a value, and has ${show(value)}`)
  return value === true
}

/** RFC 7692 §7.1.2.1: decimal, without leading zeros. */
function windowBits(parameters: ExtensionParameters, name: string): number {
  const value = parameters.get(name)
  if (value === undefined) return 0
  if (value === true || !/^([89]|1[0-5])$/.test(value))
    throw new Error(`${name} must be a number from 8 to 15, and ${value === true ? 'has no value' : `not ${show(value)}`}`)
  return Number(value)
}

function show(text: string): string {
  return JSON.stringify(text)
}

const names: ReadonlySet<string> = new Set([
  'server_no_context_takeover',
  'client_no_context_takeover',
  'server_max_window_bits',
  'client_max_window_bits',
])
