import { quoted } from '../handshake/http/quoted.ts'
import { isToken } from '../handshake/http/tokens.ts'
import { ApiMisuse } from '../protocol/faults/errors.ts'
import { shownValue } from '../protocol/faults/shown-value.ts'

/**
 * Checks a factory's list of subprotocols; `undefined` gives an empty list. Throws `ApiMisuse` for a string, which would be searched for
 * parts of names.
 */
export function checkedSubprotocols(protocols: readonly string[] | undefined): readonly string[] {
  if (protocols === undefined) return []
  if (!Array.isArray(protocols)) throw new ApiMisuse(`protocols must be a list of subprotocols, and not ${shownValue(protocols)}`)
  const bad = protocols.find(protocol => typeof protocol !== 'string' || !isToken(protocol))
  if (bad !== undefined) throw new ApiMisuse(`subprotocol ${quoted(String(bad))} is not a valid token`)
  return protocols
}
