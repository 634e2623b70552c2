import type { ExtensionParameters } from '../../protocol/extending/extension.ts'

/** The four parameters of RFC 7692 §7.1 in a response. */
export interface ResponseParameters {
  readonly serverNoContextTakeover: boolean
  readonly clientNoContextTakeover: boolean
  /** 8 to 15; `undefined` where it is absent. */
  readonly serverMaxWindowBits: number | undefined
  /** 8 to 15; `undefined` where it is absent. */
  readonly clientMaxWindowBits: number | undefined
}

/** The four parameters of RFC 7692 §7.1 in an offer. */
export interface OfferParameters extends Omit<ResponseParameters, 'clientMaxWindowBits'> {
  /** 8 to 15; `true` where it has no value, which only an offer may have; `undefined` where it is absent. */
  readonly clientMaxWindowBits: number | true | undefined
}

/** Reads the parameters of an offer. Throws an `Error` that names the parameter if one is unknown or has a wrong value. */
export function parseOffer(parameters: ExtensionParameters): OfferParameters {
  for (const name of parameters.keys()) if (!names.has(name)) throw new Error(`permessage-deflate has no parameter ${show(name)}`)
  return {
    serverNoContextTakeover: flag(parameters, 'server_no_context_takeover'),
    clientNoContextTakeover: flag(parameters, 'client_no_context_takeover'),
    serverMaxWindowBits: windowBits(parameters, 'server_max_window_bits'),
    clientMaxWindowBits: parameters.get('client_max_window_bits') === true ? true : windowBits(parameters, 'client_max_window_bits'),
  }
}

/** Reads the parameters of a response. Throws an `Error` that names the parameter if one is unknown or has a wrong value. */
export function parseResponse(parameters: ExtensionParameters): ResponseParameters {
  const { clientMaxWindowBits, ...others } = parseOffer(parameters)
  if (clientMaxWindowBits === true) throw new Error('client_max_window_bits must have a value in a response')
  return { ...others, clientMaxWindowBits }
}

/** Converts the parameters of an offer or a response to those of a header. */
export function formatParameters(parameters: OfferParameters): ExtensionParameters {
  const { serverNoContextTakeover, clientNoContextTakeover, serverMaxWindowBits, clientMaxWindowBits } = parameters
  const formatted = new Map<string, string | true>()
  if (serverNoContextTakeover) formatted.set('server_no_context_takeover', true)
  if (clientNoContextTakeover) formatted.set('client_no_context_takeover', true)
  if (serverMaxWindowBits !== undefined) formatted.set('server_max_window_bits', String(serverMaxWindowBits))
  if (clientMaxWindowBits !== undefined)
    formatted.set('client_max_window_bits', clientMaxWindowBits === true ? true : String(clientMaxWindowBits))
  return formatted
}

/** Tells whether a value is a size of window, as a power of two: 8 to 15 for 256 octets to 32 KiB. */
export function isWindowBits(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 8 && (value as number) <= 15
}

function flag(parameters: ExtensionParameters, name: string): boolean {
  const value = parameters.get(name)
  if (typeof value === 'string') throw new Error(`${name} must not have a value, and has ${show(value)}`)
  return value === true
}

/** RFC 7692 §7.1.2.1: decimal, without leading zeros. */
function windowBits(parameters: ExtensionParameters, name: string): number | undefined {
  const value = parameters.get(name)
  if (value === undefined) return undefined
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
