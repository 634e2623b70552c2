import { hashOfOctets } from './key-hash.ts'
import { textOf } from './utf8.ts'

/** Reads the parts of values from octets that a scanner has accepted: nothing is checked here. */
export class OctetReader {
  octets: Uint8Array = none
  /** The index of the next octet. */
  at = 0

  /** Begins at an index of other octets. */
  begin(octets: Uint8Array, at: number): void {
    this.octets = octets
    this.at = at
  }

  /** Lets go of the octets, so that they do not stay in memory. */
  end(): void {
    this.octets = none
  }

  uint8(): number {
    return this.octets[this.at++]!
  }

  uint16(): number {
    const value = (this.octets[this.at]! << 8) | this.octets[this.at + 1]!
    this.at += 2
    return value
  }

  uint32(): number {
    return this.uint16() * 2 ** 16 + this.uint16()
  }

  /** Reads an integer of 64 bits without a sign: a number up to 2^53, and else a `bigint`. */
  uint64(): number | bigint {
    const high = this.uint32()
    const low = this.uint32()
    const value = high * 2 ** 32 + low
    if (high < 2 ** 21 || (high === 2 ** 21 && low === 0)) return value
    return (BigInt(high) << 32n) | BigInt(low)
  }

  /** Reads an integer of 64 bits with a sign: a number from -2^53 to 2^53, and else a `bigint`. */
  int64(): number | bigint {
    const high = this.uint32() | 0
    const low = this.uint32()
    if (high >= -(2 ** 21) && (high < 2 ** 21 || (high === 2 ** 21 && low === 0))) return high * 2 ** 32 + low
    return (BigInt(high) << 32n) | BigInt(low)
  }

  float32(): number {
    view.setUint32(0, this.uint32())
    return view.getFloat32(0)
  }

  float64(): number {
    view.setUint32(0, this.uint32())
    view.setUint32(4, this.uint32())
    return view.getFloat64(0)
  }

  /** Copies octets: binary data does not depend on the message that it was in. */
  binary(length: number): Uint8Array {
    const start = this.at
    this.at += length
    const copy = new Uint8Array(length)
    copy.set(this.octets.subarray(start, this.at))
    return copy
  }

  text(length: number): string {
    const start = this.at
    this.at += length
    return textOf(this.octets, start, this.at)
  }

  /**
   * Reads a text that probably occurs again, such as a key or a URI: the last of them are remembered, because comparing octets is faster than
   * making a text, and the engine has to look up a text that it has not seen before.
   */
  knownText(length: number): string {
    if (length > longestKnown || length === 0) return this.text(length)
    const { octets } = this
    const start = this.at
    const place = hashOfOctets(octets, start, start + length) & (known.length - 1)
    const entry = known[place]
    if (entry?.is(octets, start, length)) {
      this.at += length
      return entry.text
    }
    const text = this.text(length)
    known[place] = new KnownText(octets.slice(start, start + length), text)
    return text
  }
}

class KnownText {
  readonly #octets: Uint8Array
  readonly text: string

  constructor(octets: Uint8Array, text: string) {
    this.#octets = octets
    this.text = text
  }

  is(octets: Uint8Array, start: number, length: number): boolean {
    const own = this.#octets
    if (own.length !== length) return false
    for (let at = 0; at < length; at++) if (own[at] !== octets[start + at]) return false
    return true
  }
}

/** Texts of peers, at most 16 KiB in all. */
const known: (KnownText | undefined)[] = /* @__PURE__ */ new Array(256)
const longestKnown = 64
const none: Uint8Array = /* @__PURE__ */ new Uint8Array(0)
const view: DataView = /* @__PURE__ */ eightOctets()

function eightOctets(): DataView {
  return new DataView(new ArrayBuffer(8))
}
