import { shownValue } from '../protocol/faults/shown-value.ts'
import { scalarText } from './idl-values.ts'

/**
 * Reads the URL of a connection: `http:` and `https:` stand for `ws:` and `wss:`, and a relative one belongs to `location`, where the runtime has it.
 *
 * Throws a `DOMException` named `SyntaxError` for what is not a URL, for other schemes, and for a fragment (WebSockets Standard, §3.1).
 */
export function urlRecord(given: unknown): URL {
  const text = scalarText(given)
  const record = parsed(text, baseOf(globalThis as object))
  if (record === undefined) throw syntaxError(`${shownValue(text)} is not a URL`)
  if (!schemes.test(record.protocol)) throw syntaxError(`the URL has the scheme ${record.protocol} and must have ws, wss, http or https`)
  if (record.href.includes('#')) throw syntaxError('the URL has a fragment, which a WebSocket cannot have')
  return record.protocol.startsWith('http') ? new URL(record.href.replace('http', 'ws')) : record
}

/** Makes a `DOMException` for a value that does not have the right form. */
export function syntaxError(message: string): DOMException {
  return new DOMException(message, 'SyntaxError')
}

function parsed(text: string, base: string | undefined): URL | undefined {
  try {
    return new URL(text, base)
  } catch {
    return undefined
  }
}

function baseOf({ location }: { readonly location?: { readonly href?: unknown } }): string | undefined {
  return typeof location?.href === 'string' ? location.href : undefined
}

const schemes = /^(?:ws|wss|http|https):$/
