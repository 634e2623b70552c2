import type { ExtensionParameters } from '../../protocol/extending/extension.ts'

/** The four parameters of RFC 7692 §7.1. */
export interface DeflateParameters {
  readonly serverNoContextTakeover: boolean
  readonly clientNoContextTakeover: boolean
  /** 8 to 15; 0 where it is not there. */
  readonly serverMaxWindowBits: number
  /** 8 to 15; 0 where it is not there, `true` where it has no value: a client that would take any. */
  readonly clientMaxWindowBits: number | true
}

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

/** The other way round; what is `false` or 0 is left out. */
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
  if (typeof value === 'string') throw new Error(`${name} has no value, and not ${show(value)}`)
  return value === true
}

/** RFC 7692 §7.1.2.1: decimal, without leading zeros. */
function windowBits(parameters: ExtensionParameters, name: string): number {
  const value = parameters.get(name)
  if (value === undefined) return 0
  if (value === true || !/^([89]|1[0-5])$/.test(value)) throw new Error(`${name} is a number from 8 to 15, and not ${show(value)}`)
  return Number(value)
}

function show(text: string | true): string {
  return text === true ? 'missing' : JSON.stringify(text)
}

const names: ReadonlySet<string> = new Set([
  'server_no_context_takeover',
  'client_no_context_takeover',
  'server_max_window_bits',
  'client_max_window_bits',
])
