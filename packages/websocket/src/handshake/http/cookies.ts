import { percentDecoded } from './query.ts'
import { trimmed } from './tokens.ts'

/**
 * Parses `Cookie` header lines, RFC 6265 §4.2. Several lines, which a proxy in front of HTTP/2 may send, count as one list.
 *
 * Of a repeated name the first value counts: clients send the cookie with the longest path first (RFC 6265 §5.4). Quotes around a value are
 * removed and its percent escapes are resolved, as the servers that set such cookies expect. Escapes that are not UTF-8 stay as they are
 * written.
 *
 * Never fails: a piece without `=` or without a name is left out.
 */
export function parseCookies(lines: readonly string[]): Map<string, string> {
  const cookies = new Map<string, string>()
  for (const line of lines) {
    for (const pair of line.split(';')) {
      const equals = pair.indexOf('=')
      const name = equals < 0 ? '' : trimmed(pair, 0, equals)
      if (name !== '' && !cookies.has(name)) cookies.set(name, decoded(trimmed(pair, equals + 1)))
    }
  }
  return cookies
}

function decoded(written: string): string {
  const isQuoted = written.length > 1 && written.startsWith('"') && written.endsWith('"')
  return percentDecoded(isQuoted ? written.slice(1, -1) : written)
}
