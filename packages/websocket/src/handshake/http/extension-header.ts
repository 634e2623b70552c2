import type { ExtensionParameters } from '../../protocol/extending/extension.ts'
import { ApiMisuse } from '../../protocol/faults/errors.ts'
import { MalformedHead } from './malformed-head.ts'
import { quoted } from './quoted.ts'
import { isSpace, isToken, isTokenCode } from './tokens.ts'

/** An element of `Sec-WebSocket-Extensions`: an offer of a client, or an answer of a server. */
export interface OfferedExtension {
  readonly name: string
  readonly parameters: ExtensionParameters
}

/**
 * Parses `Sec-WebSocket-Extensions`, RFC 6455 §9.1; several header lines are joined with commas before.
 *
 * Throws `MalformedHead` where the grammar or a limit is broken: 32 extensions, 32 parameters each. An element with a repeated parameter
 * has no meaning. `drop` leaves it out, as a server declines an offer, and `refuse` throws, as a client fails on such an answer.
 */
export function parseExtensions(value: string, repeated: 'drop' | 'refuse' = 'drop'): OfferedExtension[] {
  const scanner = new Scanner(value)
  const extensions: OfferedExtension[] = []
  let count = 0
  while (scanner.skipCommas()) {
    if (++count > maxExtensions) throw new MalformedHead(`more than ${maxExtensions} extensions`, 431)
    const { name, parameters, twice } = extension(scanner)
    if (twice === undefined) extensions.push({ name, parameters })
    else if (repeated === 'refuse') throw new MalformedHead(`parameter ${quoted(twice)} of extension ${quoted(name)} is repeated`)
  }
  return extensions
}

/** Formats an element of `Sec-WebSocket-Extensions`. Throws `ApiMisuse` for a name or value that is not a token. */
export function formatExtension(name: string, parameters: ExtensionParameters): string {
  let text = checkedToken(name)
  for (const [key, value] of parameters) text += value === true ? `; ${checkedToken(key)}` : `; ${checkedToken(key)}=${checkedToken(value)}`
  return text
}

interface Element extends OfferedExtension {
  /** The first parameter that is repeated; `undefined` for none. */
  readonly twice: string | undefined
}

function extension(scanner: Scanner): Element {
  const name = scanner.token('an extension')
  const parameters = new Map<string, string | true>()
  let twice: string | undefined
  for (let count = 1; scanner.take(SEMICOLON); count++) {
    if (count > maxParameters) throw new MalformedHead(`more than ${maxParameters} parameters of extension ${quoted(name)}`, 431)
    const key = scanner.token('a parameter')
    if (parameters.has(key)) twice ??= key
    parameters.set(key, scanner.take(EQUALS) ? scanner.value() : true)
  }
  return { name, parameters, twice }
}

/** Reads the header once, from left to right. */
class Scanner {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  /** Tells whether another element follows. Empty elements are ignored; otherwise one comma separates two elements (RFC 9110 §5.6.1.2). */
  skipCommas(): boolean {
    const isFirst = this.#at === 0
    let commas = 0
    while (this.take(COMMA)) commas++
    if (this.#at === this.#text.length) return false
    if (!isFirst && commas === 0) throw this.#unexpected('a comma')
    return true
  }

  /** Skips the character if it is next after spaces, and tells whether it was. */
  take(code: number): boolean {
    this.#skipSpaces()
    if (this.#text.charCodeAt(this.#at) !== code) return false
    this.#at++
    return true
  }

  token(wanted: string): string {
    this.#skipSpaces()
    const start = this.#at
    while (isTokenCode(this.#text.charCodeAt(this.#at))) this.#at++
    if (this.#at === start) throw this.#unexpected(wanted)
    return this.#text.slice(start, this.#at)
  }

  /** Reads a token, or a quoted string whose content is a token (RFC 6455 §9.1). */
  value(): string {
    if (!this.take(QUOTE)) return this.token('a value')
    let content = ''
    for (;;) {
      const code = this.#text.charCodeAt(this.#at)
      if (code === QUOTE) break
      if (code === BACKSLASH) this.#at++
      if (this.#at >= this.#text.length) throw new MalformedHead('quoted value without end in the extensions')
      content += this.#text.charAt(this.#at++)
    }
    this.#at++
    if (!isToken(content)) throw new MalformedHead(`extension value ${quoted(content)} is not a token`)
    return content
  }

  #skipSpaces(): void {
    while (isSpace(this.#text.charCodeAt(this.#at))) this.#at++
  }

  #unexpected(wanted: string): MalformedHead {
    const found = this.#at === this.#text.length ? 'the end' : quoted(this.#text.charAt(this.#at))
    return new MalformedHead(`extensions have ${found} where ${wanted} is due`)
  }
}

function checkedToken(text: string): string {
  if (!isToken(text)) throw new ApiMisuse(`${quoted(text)} in an extension is not a token`)
  return text
}

const COMMA = 0x2c
const SEMICOLON = 0x3b
const EQUALS = 0x3d
const QUOTE = 0x22
const BACKSLASH = 0x5c
const maxExtensions = 32
const maxParameters = 32
