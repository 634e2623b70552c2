import { octetsOfBase64 } from '../bytes/base64.ts'
import { ProtocolViolation } from '../messages/protocol-violation.ts'
import type { SerializerLimits } from './limits.ts'
import { freeKeys, partsOfBinary, partsOfBrackets, partsOfLayout, partsOfString } from './parts.ts'
import { isSendableInteger } from './sendable.ts'

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
  /** The lists of keys so far, as a tree: one level for each key of a dictionary. */
  readonly #layouts: Layout = new Map()
  #at = 0
  /** The list of the message itself counts neither as a level nor as parts. */
  #depth = -1
  #parts: number = -partsOfBrackets
  #keys = 0

  constructor(text: string, limits: SerializerLimits) {
    this.#text = text
    this.#limits = limits
  }

  elements(): readonly unknown[] {
    if (this.#next() !== '[') throw new ProtocolViolation('a message must be a list')
    const elements = this.#list()
    if (this.#next() !== '') throw this.#unexpected()
    return elements
  }

  /** Skips white space and returns the character after it; an empty text at the end. */
  #next(): string {
    space.lastIndex = this.#at
    space.test(this.#text)
    this.#at = space.lastIndex
    return this.#text.charAt(this.#at)
  }

  /** Steps over a character, if it is the next one. */
  #takes(character: string): boolean {
    const isNext = this.#next() === character
    if (isNext) this.#at++
    return isNext
  }

  #expect(character: string): void {
    if (!this.#takes(character)) throw this.#unexpected()
  }

  #value(): unknown {
    const next = this.#next()
    if (next === '[') return this.#list()
    if (next === '{') return this.#dict()
    return next === '"' ? this.#textOrBinary() : this.#scalar()
  }

  #list(): unknown[] {
    const list: unknown[] = []
    this.#items(']', () => list.push(this.#value()))
    return list
  }

  #dict(): Record<string, unknown> {
    const dict = new Map<string, unknown>()
    let layout = this.#layouts
    this.#items('}', () => {
      if (this.#next() !== '"') throw this.#unexpected()
      const key = this.#string()
      if (key.startsWith('\0')) throw new ProtocolViolation('a key of the message begins with U+0000')
      if (dict.has(key)) throw new ProtocolViolation('a dictionary of the message has a key twice')
      layout = this.#countKey(layout, key)
      this.#expect(':')
      dict.set(key, this.#value())
    })
    return Object.fromEntries(dict)
  }

  /** Reads a list or a dictionary, from the opening bracket to the one that closes it. */
  #items(close: string, readItem: () => void): void {
    const { maxDepth } = this.#limits
    if (++this.#depth > maxDepth) throw new ProtocolViolation(`the message is nested deeper than ${maxDepth} levels`)
    this.#count(partsOfBrackets)
    this.#at++
    if (!this.#takes(close)) {
      do readItem()
      while (this.#takes(','))
      this.#expect(close)
    }
    this.#depth--
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
    if (end < 0) throw this.#unexpected(this.#text.length)
    let text: string
    try {
      // a slice would keep the whole message in memory
      text = JSON.parse(this.#text.slice(start, end + 1))
    } catch {
      throw this.#unexpected()
    }
    if (loneSurrogate.test(text)) throw new ProtocolViolation('a text of the message has half of a surrogate pair')
    this.#at = end + 1
    return text
  }

  #scalar(): unknown {
    scalar.lastIndex = this.#at
    const text = scalar.exec(this.#text)?.[0]
    if (text === undefined) throw this.#unexpected()
    this.#at += text.length
    this.#count(1)
    return scalarOf(text)
  }

  #count(parts: number): void {
    const { maxParts } = this.#limits
    this.#parts += parts
    if (this.#parts > maxParts) throw new ProtocolViolation(`the message has more than ${maxParts} parts`)
  }

  #countKey(layout: Layout, key: string): Layout {
    this.#count(partsOfString)
    if (++this.#keys <= freeKeys) return layout
    const known = layout.get(key)
    if (known !== undefined) return known
    const next: Layout = new Map()
    layout.set(key, next)
    this.#count(partsOfLayout)
    return next
  }

  #unexpected(at = this.#at): ProtocolViolation {
    const what = at < this.#text.length ? `the character at ${at} is not expected` : 'it ends too early'
    return new ProtocolViolation(`the message is not JSON: ${what}`)
  }
}

interface Layout extends Map<string, Layout> {}

/** Returns an integer beyond 2^53 as a `bigint`, and everything else as JavaScript has it. */
function scalarOf(text: string): unknown {
  const value: unknown = JSON.parse(text)
  if (typeof value !== 'number') return value
  if (!/[.e]/i.test(text) && Math.abs(value) >= 2 ** 53) {
    // millions of digits would take seconds
    const exact = text.length <= longestInteger ? BigInt(text) : 2n ** 64n
    if (isSendableInteger(exact)) return Math.abs(value) === 2 ** 53 && exact === BigInt(value) ? value : exact
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

/** Characters of the longest uint64 or int64. */
const longestInteger = 20
const space = /[ \t\n\r]*/y
const scalar = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const loneSurrogate = /\p{Surrogate}/u
