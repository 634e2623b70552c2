import type { Octets } from './octets.ts'
import type { Text } from './text.ts'

/** Validates UTF-8 as it arrives, cut anywhere (RFC 3629 §4; surrogates, overlong forms and code points above 10FFFF are invalid). */
export class Utf8Validator {
  readonly #text: Text
  /** The number of octets that the current sequence lacks, and the range of the next one. */
  #missing = 0
  #lowest = 0x80
  #highest = 0xbf

  constructor(text: Text) {
    this.#text = text
  }

  /** Tells whether the octets so far end with a complete code point. */
  get isComplete(): boolean {
    return this.#missing === 0
  }

  reset(): void {
    this.#missing = 0
    this.#lowest = 0x80
    this.#highest = 0xbf
  }

  /** Validates further octets. Returns `false` as soon as no continuation could make the text valid; the validator must be reset then. */
  push(octets: Octets, start: number, end: number): boolean {
    if (this.#text.isValid === undefined || end - start < runtimeFrom) return this.#scan(octets, start, end)
    const begun = start + this.#missing
    if (!this.#scan(octets, start, begun)) return false
    const complete = endOfLastSequence(octets, end)
    return this.#text.isValid(octets.subarray(begun, complete)) && this.#scan(octets, complete, end)
  }

  #scan(octets: Octets, start: number, end: number): boolean {
    for (let at = start; at < end; at++) {
      const octet = octets[at]!
      if (this.#missing === 0) {
        if (octet >= 0x80 && !this.#begin(octet)) return false
      } else {
        if (octet < this.#lowest || octet > this.#highest) return false
        this.#lowest = 0x80
        this.#highest = 0xbf
        this.#missing--
      }
    }
    return true
  }

  /** Begins a sequence, by the table of RFC 3629 §4: which octets may follow a first one. */
  #begin(octet: number): boolean {
    if (octet < 0xc2 || octet > 0xf4) return false
    this.#missing = octet < 0xe0 ? 1 : octet < 0xf0 ? 2 : 3
    if (octet === 0xe0) this.#lowest = 0xa0
    else if (octet === 0xed) this.#highest = 0x9f
    else if (octet === 0xf0) this.#lowest = 0x90
    else if (octet === 0xf4) this.#highest = 0x8f
    return true
  }
}

/** Returns the position where the last sequence begins, if the end cuts it off; else the end. */
function endOfLastSequence(octets: Octets, end: number): number {
  for (let back = 1; back <= 3; back++) {
    const octet = octets[end - back]!
    if (octet >= 0xc0) return lengthOf(octet) > back ? end - back : end
    if (octet < 0x80) return end
  }
  return end
}

function lengthOf(first: number): number {
  return first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2
}

/** The number of octets from which the runtime's validator is faster than the loop, measured on Node 20. */
const runtimeFrom = 24
