import { heeded, isPromise } from '../../bytes/awaitable.ts'
import { ApiMisuse } from '../../protocol/faults/errors.ts'
import { shownValue } from '../../protocol/faults/shown-value.ts'
import type { HeadersInput } from './http-exception.ts'
import { quoted } from './quoted.ts'
import { isFieldValue, isToken } from './tokens.ts'

/** The name of the method that `util.inspect` calls. */
const forInspection: unique symbol = Symbol.for('nodejs.util.inspect.custom') as never

/**
 * The header lines of a request or response, RFC 9110 §5.
 *
 * Names are found in any case; repeated ones are kept apart. Iterating yields the lines in their order, with names as they were written.
 * Every connection keeps its request, so there is one array and no index: a look-up goes through some ten lines.
 *
 * Printed, by `console.log`, `JSON.stringify` or as a string, headers show names and values, but not the values of headers that carry
 * credentials: `Authorization`, `Proxy-Authorization`, `Cookie` and `Set-Cookie` (decision 85). `get`, `all` and iteration return these
 * values too.
 */
export class HeaderFields implements Iterable<readonly [name: string, value: string]> {
  /** Names and values, alternating. */
  readonly #lines: string[] = []

  /**
   * Makes headers from an application's input. Throws `ApiMisuse` for a name that is not a token and for a value that HTTP cannot carry.
   */
  static from(input: HeadersInput): HeaderFields {
    const fields = new HeaderFields()
    for (const pair of pairsOf(input)) {
      if (typeof pair === 'string')
        throw new ApiMisuse("headers must be an object or pairs, such as { 'X-A': 'b' }, and not a list of lines")
      const [name, value] = pair
      for (const one of valuesOf(name, value)) fields.append(name, one)
    }
    return fields
  }

  /** The number of header lines; repeated names count each time. */
  get size(): number {
    return this.#lines.length / 2
  }

  /** Returns the value of a header; where the name is repeated, all values joined with commas (RFC 9110 §5.3). */
  get(name: string): string | undefined {
    const wanted = name.toLowerCase()
    const first = this.#find(wanted, 0)
    if (first < 0) return undefined
    return this.#find(wanted, first + 2) < 0 ? this.#lines[first + 1] : this.all(name).join(', ')
  }

  /** Returns the values of all lines with the name. */
  all(name: string): readonly string[] {
    const wanted = name.toLowerCase()
    const first = this.#find(wanted, 0)
    if (first < 0) return []
    const values = [this.#lines[first + 1]!]
    for (let at = this.#find(wanted, first + 2); at >= 0; at = this.#find(wanted, at + 2)) values.push(this.#lines[at + 1]!)
    return values
  }

  has(name: string): boolean {
    return this.#find(name.toLowerCase(), 0) >= 0
  }

  /** Adds a line without checking it. */
  append(name: string, value: string): void {
    this.#lines.push(sharedText(name), sharedText(value))
  }

  *[Symbol.iterator](): IterableIterator<readonly [name: string, value: string]> {
    for (let i = 0; i < this.#lines.length; i += 2) yield [this.#lines[i]!, this.#lines[i + 1]!]
  }

  /** Returns the lines as HTTP writes them, each `Name: value`, joined by line breaks; credentials are hidden. For logs. */
  toString(): string {
    return [...this].map(([name, value]) => `${name}: ${shown(name, value)}`).join('\n')
  }

  /** Returns the values by name, a list for a name that is repeated; credentials are hidden. For logs. */
  toJSON(): Record<string, string | string[]> {
    const byName = new Map<string, { readonly name: string; readonly values: string[] }>()
    for (const [name, value] of this) {
      const key = name.toLowerCase()
      const known = byName.get(key) ?? { name, values: [] }
      known.values.push(shown(name, value))
      byName.set(key, known)
    }
    const entries = [...byName.values()].map(({ name, values }) => [name, values.length === 1 ? values[0]! : values] as const)
    return Object.fromEntries(entries)
  }

  /** @internal Returns what `console.log` of Node, Deno and Bun prints. */
  [forInspection](_depth: number, options: object, inspect?: (value: unknown, options: object) => string): unknown {
    const values = this.toJSON()
    return inspect === undefined ? values : `HeaderFields ${inspect(values, options)}`
  }

  /** Finds the next line with this name, which is in lower case; -1 if there is none. */
  #find(wanted: string, from: number): number {
    const lines = this.#lines
    for (let at = from; at < lines.length; at += 2) {
      const name = lines[at]!
      if (name.length === wanted.length && isSameName(name, wanted)) return at
    }
    return -1
  }
}

/** Returns the value for a log. Secrets in logs are how most credentials leak, and what was sent can be asked for by name. */
function shown(name: string, value: string): string {
  return secret.has(name.toLowerCase()) ? '(hidden)' : value
}

const secret: ReadonlySet<string> = new Set(['authorization', 'proxy-authorization', 'cookie', 'set-cookie'])

/** Tells whether two names of equal length are the same in any case; `wanted` is in lower case. Names are ASCII (RFC 9110 §5.1). */
function isSameName(name: string, wanted: string): boolean {
  for (let i = 0; i < wanted.length; i++) {
    const code = name.charCodeAt(i)
    const isUpper = code >= 0x41 && code <= 0x5a
    if ((isUpper ? code + 0x20 : code) !== wanted.charCodeAt(i)) return false
  }
  return true
}

/** Names and values of nearly every handshake, as strings that all connections share. */
function sharedText(text: string): string {
  return usual.get(text) ?? text
}

const usual: ReadonlyMap<string, string> = new Map(
  [
    ...['Host', 'Upgrade', 'Connection', 'Origin', 'User-Agent', 'Accept', 'Accept-Encoding', 'Accept-Language', 'Cache-Control', 'Pragma'],
    ...[
      'Sec-WebSocket-Key',
      'Sec-WebSocket-Version',
      'Sec-WebSocket-Extensions',
      'Sec-WebSocket-Protocol',
      'Sec-WebSocket-Accept',
      'Cookie',
    ],
    ...['Sec-Fetch-Dest', 'Sec-Fetch-Mode', 'Sec-Fetch-Site', 'websocket', 'upgrade', '13', 'no-cache', 'gzip, deflate, br, zstd', '*/*'],
    ...['same-origin', 'permessage-deflate; client_max_window_bits', 'host', 'origin', 'user-agent', 'connection', 'cookie'],
    ...['sec-websocket-key', 'sec-websocket-version', 'sec-websocket-extensions', 'sec-websocket-protocol', 'Keep-Alive', 'keep-alive'],
  ].map(text => [text, text]),
)

/** Returns the value of a header if HTTP can carry it; throws `ApiMisuse` otherwise. */
export function checkedValue(name: string, value: string): string {
  if (typeof value !== 'string') throw new ApiMisuse(`header ${quoted(name)} must be a string, and not ${typeof value}`)
  if (!isFieldValue(value)) throw new ApiMisuse(`header ${quoted(name)} has a character that HTTP cannot carry`)
  return value
}

/**
 * Returns headers that can be read again for each connection. An iterator, such as a generator or `Map.entries()`, can be read only once
 * and is copied.
 */
export function lastingHeaders(input: HeadersInput): HeadersInput {
  const isIterator = typeof input === 'object' && input !== null && 'next' in input && isIterable(input)
  return isIterator ? [...input] : input
}

function pairsOf(input: HeadersInput): Iterable<readonly [string, string | readonly string[]]> {
  if (typeof input !== 'object' || input === null) throw new ApiMisuse(`headers must be an object or pairs, and not ${shownValue(input)}`)
  if (isPromise(heeded(input))) throw new ApiMisuse('headers must be an object or pairs, and not a promise')
  return isIterable(input) ? input : Object.entries(input)
}

function valuesOf(name: string, value: string | readonly string[]): readonly string[] {
  if (typeof name !== 'string' || !isToken(name)) throw new ApiMisuse(`header name ${quoted(String(name))} is not a token`)
  const values = Array.isArray(value) ? value : [value]
  return values.map(one => checkedValue(name, one))
}

function isIterable(input: HeadersInput): input is Exclude<HeadersInput, Readonly<Record<string, unknown>>> {
  return Symbol.iterator in input
}
