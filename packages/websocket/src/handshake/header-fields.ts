import { ApiMisuse } from '../protocol/errors.ts'
import type { HeadersInput } from './http-exception.ts'
import { quoted } from './quoted.ts'
import { isFieldValue, isToken } from './tokens.ts'

/**
 * The header lines of a request or response, RFC 9110 §5.
 *
 * Names are found in any case; repeated ones are kept apart. Iterating gives the lines in their order, names as they were written.
 */
export class HeaderFields implements Iterable<readonly [name: string, value: string]> {
  readonly #lines: (readonly [name: string, value: string])[] = []
  readonly #values = new Map<string, string[]>()

  /** Checks what an application gives: a name that is no token or a value that HTTP cannot carry is misuse. */
  static from(input: HeadersInput): HeaderFields {
    const fields = new HeaderFields()
    for (const [name, value] of pairsOf(input)) {
      for (const one of valuesOf(name, value)) fields.append(name, one)
    }
    return fields
  }

  /** Header lines, repeated names counted each time. */
  get size(): number {
    return this.#lines.length
  }

  /** The value; where the name is repeated, all of them joined with commas (RFC 9110 §5.3). */
  get(name: string): string | undefined {
    return this.#values.get(name.toLowerCase())?.join(', ')
  }

  /** The values of all lines with the name. */
  all(name: string): readonly string[] {
    return this.#values.get(name.toLowerCase()) ?? []
  }

  has(name: string): boolean {
    return this.#values.has(name.toLowerCase())
  }

  /** Adds a line. Unlike `from` it checks nothing. */
  append(name: string, value: string): void {
    const key = name.toLowerCase()
    const values = this.#values.get(key)
    if (values === undefined) this.#values.set(key, [value])
    else values.push(value)
    this.#lines.push([name, value])
  }

  [Symbol.iterator](): IterableIterator<readonly [name: string, value: string]> {
    return this.#lines[Symbol.iterator]()
  }
}

/** The value of a header that an application sets, once it is known that HTTP can carry it; else misuse. */
export function checkedValue(name: string, value: string): string {
  if (typeof value !== 'string') throw new ApiMisuse(`header ${quoted(name)} must be a string, and not ${typeof value}`)
  if (!isFieldValue(value)) throw new ApiMisuse(`header ${quoted(name)} has a character that HTTP cannot carry`)
  return value
}

function pairsOf(input: HeadersInput): Iterable<readonly [string, string | readonly string[]]> {
  return isIterable(input) ? input : Object.entries(input)
}

function valuesOf(name: string, value: string | readonly string[]): readonly string[] {
  if (typeof name !== 'string' || !isToken(name)) throw new ApiMisuse(`header name ${quoted(String(name))} is no token`)
  const values = Array.isArray(value) ? value : [value]
  return values.map(one => checkedValue(name, one))
}

function isIterable(input: HeadersInput): input is Exclude<HeadersInput, Readonly<Record<string, unknown>>> {
  return Symbol.iterator in input
}
