import { quoted } from '../handshake/http/quoted.ts'
import { isToken } from '../handshake/http/tokens.ts'
import { isIterableObject, scalarText } from './idl-values.ts'
import { syntaxError } from './url-record.ts'

/** Reads the second argument of `WebSocket`: one subprotocol, or a list of them. Throws as `checkedProtocols` does. */
export function requestedProtocols(given: unknown): readonly string[] {
  if (given === undefined) return []
  return checkedProtocols(isIterableObject(given) ? Array.from(given, scalarText) : [scalarText(given)])
}

/** Returns the subprotocols. Throws a `DOMException` named `SyntaxError` for one that is not a token, and for one that comes twice. */
export function checkedProtocols(protocols: readonly string[]): readonly string[] {
  const bad = protocols.find(protocol => !isToken(protocol))
  if (bad !== undefined) throw syntaxError(`subprotocol ${quoted(bad)} is not a valid token`)
  const distinct = new Set(protocols.map(protocol => protocol.toLowerCase()))
  if (distinct.size !== protocols.length) throw syntaxError(`a subprotocol comes twice: ${protocols.join(', ')}`)
  return protocols
}
