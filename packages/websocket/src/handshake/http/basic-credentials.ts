import { webText } from '../../bytes/text.ts'
import { ApiMisuse } from '../../protocol/faults/errors.ts'
import { base64 } from './base64.ts'

/**
 * Returns the value of an `Authorization` header for a user name and a password, RFC 7617, in UTF-8.
 *
 * Throws `ApiMisuse` for a colon in the name, and for control characters. `what` names the place of the credentials; they are never part of
 * the error.
 */
export function basicCredentials({ username, password }: { readonly username: string; readonly password: string }, what: string): string {
  if (username.includes(':')) throw new ApiMisuse(`${what} has a user name with a colon, which Basic authentication cannot carry`)
  const text = `${username}:${password}`
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code < 0x20 || code === 0x7f) throw new ApiMisuse(`${what} has a control character in its user name or password`)
  }
  return `Basic ${base64(webText.encode(text))}`
}
