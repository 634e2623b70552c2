import { fromBase64 } from './base64.ts'
import { put } from './put.ts'

/**
 * Builds the values of a text that `JsonScanner` has accepted, and that `JSON.parse` would not keep: integers beyond 2^53, which become `bigint`, and
 * binary data.
 */
export function buildJson(text: string): unknown {
  return new JsonBuilder(text).value()
}

class JsonBuilder {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  value(): unknown {
    const start = this.#next()
    switch (this.#text[start]) {
      case '"':
        return this.#stringOrBinary()
      case '[':
        return this.#list()
      case '{':
        return this.#dict()
      default:
        return this.#scalar(start)
    }
  }

  #list(): unknown[] {
    const list: unknown[] = []
    this.#at++
    if (this.#text[this.#next()] === ']') this.#at++
    else {
      do list.push(this.value())
      while (this.#text[this.#step()] === ',')
    }
    return list
  }

  #dict(): Record<string, unknown> {
    const dict: Record<string, unknown> = {}
    this.#at++
    if (this.#text[this.#next()] === '}') this.#at++
    else {
      do {
        this.#next()
        const key = this.#string()
        this.#step()
        put(dict, key, this.value())
      } while (this.#text[this.#step()] === ',')
    }
    return dict
  }

  #stringOrBinary(): string | Uint8Array {
    const text = this.#string()
    return text.charCodeAt(0) === 0 ? fromBase64(text.slice(1)) : text
  }

  #string(): string {
    const text = this.#text
    const start = this.#at
    let end = text.indexOf('"', start + 1)
    while (isEscaped(text, end)) end = text.indexOf('"', end + 1)
    this.#at = end + 1
    return JSON.parse(text.slice(start, end + 1))
  }

  #scalar(start: number): unknown {
    scalarEnd.lastIndex = start
    const end = scalarEnd.exec(this.#text)?.index ?? this.#text.length
    this.#at = end
    const text = this.#text.slice(start, end)
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'number' || Math.abs(value) < 2 ** 53 || !integer.test(text)) return value
    const exact = BigInt(text)
    if (exact === BigInt(value) && Math.abs(value) === 2 ** 53) return value
    return exact >= -(2n ** 63n) && exact < 2n ** 64n ? exact : value
  }

  /** Skips white space, and returns the index of the character after it. */
  #next(): number {
    while (this.#text.charCodeAt(this.#at) <= 32) this.#at++
    return this.#at
  }

  /** Skips white space and the character after it, and returns the index of that character. */
  #step(): number {
    const at = this.#next()
    this.#at++
    return at
  }
}

/** Tells whether an odd number of backslashes stands before an index. */
function isEscaped(text: string, index: number): boolean {
  let before = index
  while (text[before - 1] === '\\') before--
  return (index - before) % 2 === 1
}

const integer = /^-?\d+$/
const scalarEnd = /[\s,\]}]/g
