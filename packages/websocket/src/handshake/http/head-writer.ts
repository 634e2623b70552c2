import type { Octets } from '../../bytes/octets.ts'
import { ApiMisuse } from '../../protocol/faults/errors.ts'
import { checkedValue, HeaderFields } from './header-fields.ts'
import type { HeadersInput } from './http-exception.ts'
import { encodeLatin1 } from './latin1.ts'
import { quoted } from './quoted.ts'

/** A header line; without a value it is left out. */
export type Line = readonly [name: string, value: string | undefined]

/** A head in octets. A value that HTTP cannot carry is misuse, wherever it came from: no line break gets through here. */
export function formatHead(startLine: string, lines: Iterable<Line>): Octets {
  let text = `${checkedValue('start line', startLine)}\r\n`
  for (const [name, value] of lines) text += formatLine(name, value)
  return encodeLatin1(`${text}\r\n`)
}

/** One line of a head with its line break; nothing without a value. A value that HTTP cannot carry is misuse. */
export function formatLine(name: string, value: string | undefined): string {
  return value === undefined ? '' : `${name}: ${checkedValue(name, value)}\r\n`
}

/** The headers an application adds; those which the handshake itself sets are misuse. `own` has lower-case names. */
export function addedHeaders(input: HeadersInput | undefined, own: ReadonlySet<string>): HeaderFields {
  if (input === undefined || (Array.isArray(input) && input.length === 0)) return none
  const headers = HeaderFields.from(input)
  for (const [name] of headers) {
    if (own.has(name.toLowerCase())) throw new ApiMisuse(`header ${quoted(name)} is set by the handshake itself`)
  }
  return headers
}

const none = new HeaderFields()
