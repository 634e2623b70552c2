import { fromBase64 } from './base64.ts'
import { put } from './put.ts'

/**
 * Builds the values of a text that `JsonScanner` has accepted: of short texts, for which this is faster than `JSON.parse`, and of those that
 * `JSON.parse` would not keep, because they have integers beyond 2^53, which become `bigint`, or binary data.
 */
export function buildJson(text: string): unknown {
  builder.begin(text)
  const value = builder.value()
  builder.begin('')
  return value
}

class JsonBuilder {
  #text = ''
  #at = 0

  begin(text: string): void {
    this.#text = text
    this.#at = 0
  }

  value(): unknown {
    const code = this.#next()
    if (code === quote) return this.#text.startsWith(nul, this.#at + 1) ? this.#binary() : this.#string()
    if (code === openList) return this.#list()
    if (code === openObject) return this.#dict()
    return code === minus || code <= nine ? this.#number() : this.#literal(code)
  }

  #list(): unknown[] {
    const list: unknown[] = []
    this.#at++
    if (this.#next() === closeList) this.#at++
    else {
      do list.push(this.value())
      while (this.#step() === comma)
    }
    return list
  }

  #dict(): Record<string, unknown> {
    const dict: Record<string, unknown> = {}
    this.#at++
    if (this.#next() === closeObject) this.#at++
    else {
      do {
        this.#next()
        const key = this.#string()
        this.#step()
        put(dict, key, this.value())
      } while (this.#step() === comma)
    }
    return dict
  }

  #string(): string {
    const text = this.#text
    const start = this.#at
    let at = start + 1
    let code = text.charCodeAt(at)
    while (code !== quote && code !== backslash) code = text.charCodeAt(++at)
    if (code === quote) {
      this.#at = at + 1
      // a slice of a long text would keep all of it in memory
      return text.length <= longestSliced ? text.slice(start + 1, at) : JSON.parse(text.slice(start, at + 1))
    }
    this.#at = endOfString(text, at)
    return JSON.parse(text.slice(start, this.#at))
  }

  #binary(): Uint8Array {
    const text = this.#text
    const start = this.#at + 1 + nul.length
    const end = endOfString(text, start)
    this.#at = end
    const digits = text.slice(start, end - 1)
    return fromBase64(digits.includes('\\') ? JSON.parse(`"${digits}"`) : digits)
  }

  #number(): number | bigint {
    const text = this.#text
    const start = this.#at
    let at = start
    let code = text.charCodeAt(at)
    let integer = 0
    while (code >= zero && code <= nine) {
      integer = integer * 10 + (code - zero)
      code = text.charCodeAt(++at)
    }
    if (at > start && integer < 2 ** 53 && code !== dot && (code | 0x20) !== letterE) {
      this.#at = at
      return integer
    }
    // a sign, a fraction, an exponent, or many digits
    while (isInNumber(code)) code = text.charCodeAt(++at)
    this.#at = at
    return numberOf(text.slice(start, at))
  }

  #literal(code: number): boolean | null {
    this.#at += code === letterF ? 5 : 4
    return code === letterT ? true : code === letterF ? false : null
  }

  /** Skips white space, and returns the character after it. */
  #next(): number {
    let code = this.#text.charCodeAt(this.#at)
    while (code <= space) code = this.#text.charCodeAt(++this.#at)
    return code
  }

  /** Skips white space and the character after it, which is returned. */
  #step(): number {
    const code = this.#next()
    this.#at++
    return code
  }
}

/** Returns an integer beyond 2^53 as a `bigint`, if it has 64 bits, and everything else as a number. */
function numberOf(text: string): number | bigint {
  const value = Number(text)
  if (Math.abs(value) < 2 ** 53 || !integer.test(text)) return value
  const exact = BigInt(text)
  if (Math.abs(value) === 2 ** 53 && exact === BigInt(value)) return value
  return exact >= -(2n ** 63n) && exact < 2n ** 64n ? exact : value
}

/** Returns the index behind the end of a string, from an index within it. */
function endOfString(text: string, from: number): number {
  let end = text.indexOf('"', from)
  while (isEscaped(text, end)) end = text.indexOf('"', end + 1)
  return end + 1
}

/** Tells whether an odd number of backslashes stands before an index. */
function isEscaped(text: string, index: number): boolean {
  let before = index
  while (text.charCodeAt(before - 1) === backslash) before--
  return (index - before) % 2 === 1
}

function isInNumber(code: number): boolean {
  return (code >= zero && code <= nine) || code === dot || code === minus || code === plus || (code | 0x20) === letterE
}

const integer = /^-?\d+$/
const nul = '\\u0000'
/** The length of a text up to which its strings may be slices of it. */
const longestSliced = 512

const space = 32
const quote = 34
const plus = 43
const comma = 44
const minus = 45
const dot = 46
const zero = 48
const nine = 57
const openList = 91
const backslash = 92
const closeList = 93
const letterE = 101
const letterF = 102
const letterT = 116
const openObject = 123
const closeObject = 125

/** One builder serves all: it is not in use between two calls. */
const builder: JsonBuilder = /* @__PURE__ */ new JsonBuilder()
