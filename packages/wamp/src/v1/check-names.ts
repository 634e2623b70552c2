import { ApiMisuse, shownValue } from '@autobahn-ts/websocket/portable'
import type { Uri } from './message.ts'
import type { PrefixMap } from './prefix-map.ts'

/** What a topic, a prefix and its URI have to be. */
export function checkText(what: string, given: unknown): void {
  if (typeof given !== 'string') throw new ApiMisuse(`${what} must be a string, and not ${typeof given}`)
}

/** `false`: the prefix is defined already, as the same. */
export function isNewPrefix(prefixes: PrefixMap, prefix: string, uri: Uri): boolean {
  checkText('a prefix', prefix)
  checkText('the URI of a prefix', uri)
  if (prefix === '' || prefix.includes(':')) throw new ApiMisuse(`the prefix ${JSON.stringify(prefix)} could never be resolved`)
  const known = prefixes.uriOf(prefix)
  if (known !== undefined && known !== uri) throw new ApiMisuse(`the prefix ${prefix} is defined already, as ${known}`)
  return known === undefined
}

/** What is registered is a function, under a URI. */
export function checkProcedure(uri: Uri, target: unknown): void {
  if (typeof uri !== 'string' || uri === '')
    throw new ApiMisuse(`a procedure's URI must be a string with something in it, and not ${shownValue(uri)}`)
  if (typeof target !== 'function') throw new ApiMisuse(`what is registered under ${uri} must be a function, and not ${typeof target}`)
}
