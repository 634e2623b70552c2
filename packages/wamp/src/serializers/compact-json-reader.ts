import { octetsOfBase64 } from '../bytes/base64.ts'
import { ProtocolViolation } from '../messages/protocol-violation.ts'
import { hashOfText, mix } from './key-hash.ts'
import type { SerializerLimits } from './limits.ts'
import { freeKeys, partsOfBinary, partsOfBrackets, partsOfLayout, partsOfString } from './parts.ts'
import { put } from './put.ts'

/**
 * Reads the elements of a message in JSON: checks and builds in one pass, with the rules of `JsonScanner` and the values of `buildJson`. Throws
 * `ProtocolViolation`.
 */
export function readCompactJson(text: string, limits: SerializerLimits): readonly unknown[] {
  return new CompactJsonReader(text, limits).elements()
}

class CompactJsonReader {
  readonly #text: string
  readonly #limits: SerializerLimits
  readonly #layouts = new Set<number>()
  /** Whether there may be half of a surrogate pair. */
  readonly #hasSurrogates: boolean
  #at = 0
  /** The list of the message itself counts neither as a level nor as parts. */
  #depth = -1
  #parts: number = -partsOfBrackets
  #keys = 0

  constructor(text: string, limits: SerializerLimits) {
    this.#text = text
    this.#limits = limits
    this.#hasSurrogates = surrogate.test(text)
  }

  elements(): readonly unknown[] {
    if (this.#next() !== '[') throw new ProtocolViolation('a message must be a list')
    const elements = this.#list()
    if (this.#next() !== '') throw this.#unexpected()
    return elements
  }

  /** Skips white space and returns the character after it; an empty text at the end. */
  #next(): string {
    let at = this.#at
    while (isSpace(this.#text.charCodeAt(at))) at++
    this.#at = at
    return this.#text.charAt(at)
  }

  #value(): unknown {
    const next = this.#next()
    if (next === '[') return this.#list()
    if (next === '{') return this.#dict()
    return next === '"' ? this.#textOrBinary() : this.#scalar()
  }

  #list(): unknown[] {
    const list: unknown[] = []
    this.#enter()
    if (this.#isMore(']', true))
      do list.push(this.#value())
      while (this.#isMore(']'))
    return list
  }

  #dict(): Record<string, unknown> {
    const dict: Record<string, unknown> = {}
    let layout = 0
    this.#enter()
    if (this.#isMore('}', true)) {
      do {
        if (this.#next() !== '"') throw this.#unexpected()
        const key = this.#string()
        if (key.startsWith('\0')) throw new ProtocolViolation('a key of the message begins with U+0000')
        if (Object.hasOwn(dict, key)) throw new ProtocolViolation('a dictionary of the message has a key twice')
        layout = this.#countKey(layout, key)
        if (this.#next() !== ':') throw this.#unexpected()
        this.#at++
        put(dict, key, this.#value())
      } while (this.#isMore('}'))
    }
    return dict
  }

  #enter(): void {
    this.#at++
    if (++this.#depth > this.#limits.maxDepth)
      throw new ProtocolViolation(`the message is nested deeper than ${this.#limits.maxDepth} levels`)
    this.#count(partsOfBrackets)
  }

  /** Tells whether an item follows, and steps over the comma before it or the bracket in its place. The first item has no comma. */
  #isMore(close: string, isFirst = false): boolean {
    const next = this.#next()
    const isOver = next === close
    if (isOver) this.#depth--
    else if (isFirst) return true
    else if (next !== ',') throw this.#unexpected()
    this.#at++
    return !isOver
  }

  #textOrBinary(): string | Uint8Array {
    const text = this.#string()
    const isBinary = text.startsWith('\0')
    this.#count(isBinary ? partsOfBinary : partsOfString)
    if (!isBinary) return text
    const octets = octetsOfBase64(text.slice(1))
    if (octets === undefined) throw new ProtocolViolation('a text of the message begins with U+0000, and is not base64 after it')
    return octets
  }

  #string(): string {
    const start = this.#at
    let end = start
    do end = this.#text.indexOf('"', end + 1)
    while (isEscaped(this.#text, end))
    if (end < 0) throw this.#endsEarly()
    const text = parsed(this.#text.slice(start, end + 1))
    if (text === undefined) throw this.#unexpected()
    if (this.#hasSurrogates && loneSurrogate.test(text)) throw new ProtocolViolation('a text of the message has half of a surrogate pair')
    this.#at = end + 1
    return text
  }

  #scalar(): unknown {
    scalar.lastIndex = this.#at
    const text = scalar.exec(this.#text)?.[0]
    if (text === undefined) throw this.#unexpected()
    this.#at += text.length
    this.#count(1)
    return text in literals ? literals[text as keyof typeof literals] : numberOf(text)
  }

  #count(parts: number): void {
    this.#parts += parts
    if (this.#parts > this.#limits.maxParts) throw new ProtocolViolation(`the message has more than ${this.#limits.maxParts} parts`)
  }

  /** Counts a key, and the list of keys that it makes with those before it; see `Parts`. */
  #countKey(layout: number, key: string): number {
    this.#count(partsOfString)
    if (++this.#keys <= freeKeys) return layout
    const next = mix(layout, hashOfText(key, 0, key.length)) | 1
    if (!this.#layouts.has(next)) this.#count(partsOfLayout)
    this.#layouts.add(next)
    return next
  }

  #unexpected(): ProtocolViolation {
    if (this.#at >= this.#text.length) return this.#endsEarly()
    return new ProtocolViolation(`the message is not JSON: the character at ${this.#at} is not expected`)
  }

  #endsEarly(): ProtocolViolation {
    return new ProtocolViolation('the message is not JSON: it ends too early')
  }
}

/** Returns the text of a JSON string, in memory of its own: a slice would keep the whole message. */
function parsed(quoted: string): string | undefined {
  try {
    return JSON.parse(quoted)
  } catch {
    return undefined
  }
}

/** Returns an integer beyond 2^53 as a `bigint`, and everything else as a number. */
function numberOf(text: string): number | bigint {
  const value = Number(text)
  if (!/[.eE]/.test(text) && Math.abs(value) >= 2 ** 53) {
    // millions of digits would take seconds
    const exact = text.length <= longestInteger ? BigInt(text) : undefined
    if (exact === 2n ** 53n || exact === -(2n ** 53n)) return value
    if (exact !== undefined && exact >= -(2n ** 63n) && exact < 2n ** 64n) return exact
    // JavaScript writes floats of this size without an exponent
    if (String(value) !== text) throw new ProtocolViolation('an integer of the message is neither an int64 nor a uint64')
  }
  if (!Number.isFinite(value)) throw new ProtocolViolation('a number of the message is not finite')
  return value
}

/** Tells whether an odd number of backslashes stands before an index. */
function isEscaped(text: string, index: number): boolean {
  let before = index
  while (text[before - 1] === '\\') before--
  return (index - before) % 2 === 1
}

function isSpace(code: number): boolean {
  return code === 32 || code === 10 || code === 13 || code === 9
}

/** Characters of the longest uint64 or int64. */
const longestInteger = 20
const scalar = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const literals = { true: true, false: false, null: null }
const surrogate = /[\ud800-\udfff]|\\u[dD]/
const loneSurrogate = /\p{Surrogate}/u
