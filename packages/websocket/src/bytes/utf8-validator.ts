import type { Octets } from './octets.ts'
import type { Text } from './text.ts'

/** Validates UTF-8 as it arrives, cut anywhere (RFC 3629 §4; surrogates, overlong forms and points above 10FFFF are refused). */
export class Utf8Validator {
  readonly #text: Text
  /** Octets that the sequence begun still wants, and the range of the next one. */
  #missing = 0
  #lowest = 0x80
  #highest = 0xbf

  constructor(text: Text) {
    this.#text = text
  }

  /** Whether what was pushed ends where a code point ends. */
  get isComplete(): boolean {
    return this.#missing === 0
  }

  reset(): void {
    this.#missing = 0
    this.#lowest = 0x80
    this.#highest = 0xbf
  }

  /** False as soon as no continuation could make the text valid; the validator is of no use until `reset` then. */
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

  /** The table of RFC 3629 §4: what may follow a first octet. */
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

/** Where the last sequence begins, if it is cut off by the end; else the end. */
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

/** Measured on Node 20: below about 24 octets the call into the runtime costs more than the loop. */
const runtimeFrom = 24
