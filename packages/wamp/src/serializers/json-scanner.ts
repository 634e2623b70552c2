import { ProtocolViolation } from '../messages/protocol-violation.ts'
import { endOfBase64, isBase64 } from './base64.ts'
import { hashOfText } from './key-hash.ts'
import type { SerializerLimits } from './limits.ts'
import { Parts, partsOfBinary, partsOfString } from './parts.ts'
import { type KeysSoFar, RepeatedKeys } from './repeated-keys.ts'

/**
 * Goes over a text once and checks that it is JSON (RFC 8259) and in the data model of WAMP, without building a value: `JSON.parse` never throws for a text
 * that has passed. Throws `ProtocolViolation`.
 *
 * Beyond JSON, this refuses dictionaries in which a key is repeated, integers that are neither int64 nor uint64, numbers that are not finite, lone
 * surrogates, keys that begin with U+0000, and texts that begin with it without being base64 after it.
 */
export class JsonScanner {
  readonly #parts: Parts
  readonly #keys: RepeatedKeys
  #text = ''
  /** The index of the next character. */
  at = 0
  /** Whether an integer beyond 2^53, or binary data, has been found since this was set to false. `JSON.parse` would lose them. */
  isSpecial = false

  constructor(limits: SerializerLimits) {
    this.#parts = new Parts(limits)
    this.#keys = new RepeatedKeys(this.#parts, (start, end) => this.#keyAt(start, end))
  }

  /** Begins another text. */
  begin(text: string): void {
    this.#text = text
    this.at = 0
    this.isSpecial = false
    this.#parts.reset()
  }

  /** Skips white space and returns the code of the character after it; -1 at the end of the text. */
  next(): number {
    const text = this.#text
    while (this.at < text.length) {
      const code = text.charCodeAt(this.at)
      if (code > space || !(code === space || code === newline || code === carriageReturn || code === tab)) return code
      this.at++
    }
    return -1
  }

  /** Goes over one value. */
  value(): void {
    const code = this.next()
    if (code === quote) this.string()
    else if (code === openList) this.#list()
    else if (code === openObject) this.object()
    else if (code === minus || (code >= zero && code <= nine)) this.number()
    else this.#literal(code)
  }

  /** Makes the fault of a character that is not JSON. */
  unexpected(): ProtocolViolation {
    if (this.at >= this.#text.length) return new ProtocolViolation('the message is not JSON: it ends too early')
    return new ProtocolViolation(`the message is not JSON: the character at ${this.at} is not expected`)
  }

  #list(): void {
    const parts = this.#parts
    const base = parts.enter()
    this.at++
    if (this.next() === closeList) this.at++
    else {
      for (;;) {
        this.value()
        const code = this.next()
        this.at++
        if (code === closeList) break
        if (code !== comma) throw this.#before()
      }
    }
    parts.leave(base)
  }

  /** Goes over a dictionary; the next character is its brace. */
  object(): void {
    const parts = this.#parts
    const base = parts.enter()
    this.at++
    if (this.next() === closeObject) this.at++
    else {
      let keys: KeysSoFar
      for (;;) {
        if (this.next() !== quote) throw this.unexpected()
        const hash = this.#key()
        keys = this.#keys.add(base, hash, this.#keyStart, this.at - 1, keys)
        if (this.next() !== colon) throw this.unexpected()
        this.at++
        this.value()
        const code = this.next()
        this.at++
        if (code === closeObject) break
        if (code !== comma) throw this.#before()
      }
    }
    parts.leave(base)
  }

  /** Goes over a number. Returns it if it is an integer below 2^53 without a sign, else -1. */
  number(): number {
    const text = this.#text
    const start = this.at
    let at = start
    let code = text.charCodeAt(at)
    if (code === minus) code = text.charCodeAt(++at)
    const first = at
    let integer = 0
    while (code >= zero && code <= nine) {
      integer = integer * 10 + (code - zero)
      at++
      if (at === text.length) break
      code = text.charCodeAt(at)
    }
    const digits = at - first
    this.at = at
    if (digits === 0 || (digits > 1 && text.charCodeAt(first) === zero)) {
      this.at = first
      throw this.unexpected()
    }
    this.#parts.count(1)
    if (at < text.length && (code === dot || code === letterE || code === letterUpperE)) this.#fraction(start)
    else if (digits > 15 && integer >= 2 ** 53) this.#largeInteger(text.slice(start, at))
    else if (first === start) return integer
    return -1
  }

  #fraction(start: number): void {
    const text = this.#text
    if (text.charCodeAt(this.at) === dot) {
      this.at++
      this.#digits()
    }
    const code = this.at < text.length ? text.charCodeAt(this.at) : 0
    if (code === letterE || code === letterUpperE) {
      this.at++
      const sign = text.charCodeAt(this.at)
      if (sign === plus || sign === minus) this.at++
      this.#digits()
    } else if (this.at - start < 300) return
    if (!Number.isFinite(Number(text.slice(start, this.at)))) throw new ProtocolViolation('a number of the message is not finite')
  }

  #digits(): void {
    const text = this.#text
    const start = this.at
    while (this.at < text.length) {
      const code = text.charCodeAt(this.at)
      if (code < zero || code > nine) break
      this.at++
    }
    if (this.at === start) throw this.unexpected()
  }

  /**
   * Checks an integer from 2^53 on, of either sign. One beyond the 64 bits passes only in the form in which JavaScript writes a float of that size,
   * such as 100000000000000000000.
   */
  #largeInteger(digits: string): void {
    if (digits.length <= 20) {
      const integer = BigInt(digits)
      if (integer === 2n ** 53n || integer === -(2n ** 53n)) return
      if (integer >= -(2n ** 63n) && integer < 2n ** 64n) {
        this.isSpecial = true
        return
      }
    }
    if (String(Number(digits)) !== digits) throw new ProtocolViolation('an integer of the message is neither an int64 nor a uint64')
  }

  #literal(code: number): void {
    const word = code === letterT ? 'true' : code === letterF ? 'false' : 'null'
    if (!this.#text.startsWith(word, this.at)) throw this.unexpected()
    this.at += word.length
    this.#parts.count(1)
  }

  /** Goes over a text; the next character is its quotation mark. Returns whether it has escapes. */
  string(): boolean {
    const start = this.at + 1
    if (!this.#text.startsWith('\\u0000', start)) {
      this.#parts.count(partsOfString)
      return !this.#restOfString(start)
    }
    this.#parts.count(partsOfBinary)
    this.isSpecial = true
    const end = endOfBase64(this.#text, start + 6)
    if (end >= 0) this.at = end + 1
    else {
      this.#restOfString(start)
      if (!isBase64(this.#contents(start + 6)))
        throw new ProtocolViolation('a text of the message begins with U+0000, and is not base64 after it')
    }
    return true
  }

  #keyStart = 0

  /** Goes over a key, and returns its hash. */
  #key(): number {
    const start = this.at + 1
    this.#keyStart = start
    if (this.#restOfString(start)) return hashOfText(this.#text, start, this.at - 1)
    const key = this.#contents(start)
    if (key.charCodeAt(0) === 0) throw new ProtocolViolation('a key of the message begins with U+0000')
    return hashOfText(key, 0, key.length)
  }

  /** Goes over a text from an index on, to behind its end. Returns whether it has no escapes. */
  #restOfString(start: number): boolean {
    const text = this.#text
    const length = text.length
    let isPlain = true
    let at = start
    while (at < length) {
      const code = text.charCodeAt(at)
      if (code === quote) {
        this.at = at + 1
        return isPlain
      }
      if (code === backslash) {
        isPlain = false
        at = this.#escape(at)
      } else if (code < space) break
      else if ((code & 0xf800) === 0xd800) {
        if (code > 0xdbff || at + 1 >= length || (text.charCodeAt(at + 1) & 0xfc00) !== 0xdc00) throw loneSurrogate()
        at += 2
      } else at++
    }
    this.at = at
    throw this.unexpected()
  }

  /** Goes over an escape, and a second one where both are a pair of surrogates. Returns the index behind. */
  #escape(at: number): number {
    const code = this.#text.charCodeAt(at + 1)
    if (code !== letterU) {
      if (escapes.includes(code)) return at + 2
      this.at = at
      throw this.unexpected()
    }
    const unit = this.#unit(at)
    if ((unit & 0xf800) !== 0xd800) return at + 6
    if (unit > 0xdbff || !this.#text.startsWith('\\u', at + 6) || (this.#unit(at + 6) & 0xfc00) !== 0xdc00) throw loneSurrogate()
    return at + 12
  }

  /** Reads the four digits of an escape at an index. */
  #unit(at: number): number {
    let unit = 0
    for (let n = 2; n < 6; n++) {
      const digit = hexDigit(this.#text.charCodeAt(at + n))
      if (digit < 0) {
        this.at = at
        throw this.unexpected()
      }
      unit = unit * 16 + digit
    }
    return unit
  }

  /** Reads the text that begins at an index and has just been gone over. */
  #contents(start: number): string {
    return JSON.parse(`"${this.#text.slice(start, this.at - 1)}"`)
  }

  #keyAt(start: number, end: number): string {
    const raw = this.#text.slice(start, end)
    return raw.includes('\\') ? JSON.parse(`"${raw}"`) : raw
  }

  /** Makes the fault of the character before the index. */
  #before(): ProtocolViolation {
    this.at--
    return this.unexpected()
  }
}

function hexDigit(code: number): number {
  if (code >= zero && code <= nine) return code - zero
  const lower = code | 0x20
  return lower >= 97 && lower <= 102 ? lower - 87 : -1
}

function loneSurrogate(): ProtocolViolation {
  return new ProtocolViolation('a text of the message has half of a surrogate pair')
}

const tab = 9
const newline = 10
const carriageReturn = 13
const space = 32
const quote = 34
const plus = 43
const comma = 44
const minus = 45
const dot = 46
const zero = 48
const nine = 57
const colon = 58
const letterUpperE = 69
const openList = 91
const backslash = 92
const closeList = 93
const letterE = 101
const letterF = 102
const letterT = 116
const letterU = 117
const openObject = 123
const closeObject = 125
/** The characters after a backslash, but for `u`: `"\/bfnrt`. */
const escapes: readonly number[] = [34, 92, 47, 98, 102, 110, 114, 116]
