import type { Octets } from '../../bytes/octets.ts'
import { ApiMisuse } from '../../protocol/faults/errors.ts'
import { checkedValue, HeaderFields } from './header-fields.ts'
import type { HeadersInput } from './http-exception.ts'
import { encodeLatin1 } from './latin1.ts'
import { quoted } from './quoted.ts'

/** A header line; it is left out where the value is `undefined`. */
export type Line = readonly [name: string, value: string | undefined]

/** Formats a head in octets. Throws `ApiMisuse` for a value that HTTP cannot carry, so that no line break gets through here. */
export function formatHead(startLine: string, lines: Iterable<Line>): Octets {
  let text = `${checkedValue('start line', startLine)}\r\n`
  for (const [name, value] of lines) text += formatLine(name, value)
  return encodeLatin1(`${text}\r\n`)
}

/** Formats a line of a head with its line break; empty without a value. Throws `ApiMisuse` for a value that HTTP cannot carry. */
export function formatLine(name: string, value: string | undefined): string {
  return value === undefined ? '' : `${name}: ${checkedValue(name, value)}\r\n`
}

/**
 * Returns the headers that an application adds. Throws `ApiMisuse` for those that the handshake sets itself; `own` has their names in lower
 * case.
 */
export function addedHeaders(input: HeadersInput | undefined, own: ReadonlySet<string>): HeaderFields {
  if (input === undefined || (Array.isArray(input) && input.length === 0)) return none
  const headers = HeaderFields.from(input)
  for (const [name] of headers) {
    if (own.has(name.toLowerCase())) throw new ApiMisuse(`header ${quoted(name)} is set by the handshake itself`)
  }
  return headers
}

const none = new HeaderFields()
