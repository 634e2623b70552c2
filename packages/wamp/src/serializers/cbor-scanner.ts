import { ProtocolViolation } from '../messages/protocol-violation.ts'
import { hashOfOctets } from './key-hash.ts'
import type { SerializerLimits } from './limits.ts'
import { endsEarly } from './msgpack-scanner.ts'
import type { OctetScanner, ValueKind } from './octet-message-reader.ts'
import { Parts, partsOfBinary, partsOfString } from './parts.ts'
import { type KeysSoFar, RepeatedKeys } from './repeated-keys.ts'
import { isUtf8, textOf } from './utf8.ts'

/**
 * Goes over octets once and checks that they are CBOR (RFC 8949) and in the data model of WAMP, without building a value. Throws
 * `ProtocolViolation`.
 *
 * This refuses tags, simple values, integers that are neither int64 nor uint64, floats that are not finite, keys that are not texts or
 * repeated, and texts that are not UTF-8 or begin with U+0000. Some forms that peers in JavaScript send are foreign: `undefined`,
 * tag 64 before binary data, and tag 55799; also keys in pieces.
 */
export class CborScanner implements OctetScanner {
  readonly #parts: Parts
  readonly #keys: RepeatedKeys
  #octets: Uint8Array = new Uint8Array(0)
  #isIndefinite = false
  at = 0
  end = 0
  isForeign = false

  constructor(limits: SerializerLimits) {
    this.#parts = new Parts(limits)
    this.#keys = new RepeatedKeys(this.#parts, (start, end) => this.#textOfKey(start, end))
  }

  begin(octets: Uint8Array): void {
    this.#octets = octets
    this.at = 0
    this.end = octets.length
    this.isForeign = false
    this.#isIndefinite = false
    this.#parts.reset()
  }

  beginList(): number {
    if (this.kind() !== 'list') throw new ProtocolViolation('a message must be a list')
    const head = this.#octets[this.at++]!
    return head === indefiniteList ? this.#countItems() : this.#argument(head)
  }

  endList(): void {
    if (this.#isIndefinite) this.at++
  }

  kind(): ValueKind {
    const head = this.#octets[this.at] ?? 0
    if (head === 0xf6 || head === 0xf7) return 'null'
    switch (head >> 5) {
      case major.binary:
        return 'binary'
      case major.list:
        return 'list'
      case major.dictionary:
        return 'dictionary'
      default:
        return 'other'
    }
  }

  value(): void {
    const head = this.#next()
    switch (head >> 5) {
      case major.positive:
        this.#argument(head)
        return this.#parts.count(1)
      case major.negative:
        return this.#negative(head)
      case major.binary:
        return this.#string(head, 'binary data')
      case major.text:
        return this.#string(head, 'text')
      case major.list:
        return this.#list(head)
      case major.dictionary:
        return this.#dictionary(head)
      case major.tag:
        return this.#tag(head)
      default:
        return this.#simple(head)
    }
  }

  /** Counts the items of an outermost list without a length, by going over it once more. */
  #countItems(): number {
    const start = this.at
    let count = 0
    for (; !this.#isBreak(); count++) this.value()
    this.#isIndefinite = true
    this.end = this.at
    this.at = start
    this.isForeign = false
    this.#parts.reset()
    return count
  }

  #negative(head: number): void {
    const start = this.at
    this.#argument(head)
    if ((head & 0x1f) === eightOctets && this.#octets[start]! >= 0x80) {
      throw new ProtocolViolation('an integer of the message is neither an int64 nor a uint64')
    }
    this.#parts.count(1)
  }

  /** Goes over a text or binary data, whole or in pieces, which are whole themselves. */
  #string(head: number, what: 'text' | 'binary data'): void {
    const parts = what === 'text' ? partsOfString : partsOfBinary
    if ((head & 0x1f) !== indefinite) {
      this.#parts.count(parts)
      this.#octetsOf(head, what)
      return
    }
    this.isForeign = true
    let length = 0
    while (!this.#isBreak()) {
      const piece = this.#next()
      if (piece >> 5 !== head >> 5 || (piece & 0x1f) === indefinite) {
        throw new ProtocolViolation(`a piece of ${what} in the message is not ${what}`)
      }
      this.#parts.count(parts)
      length += this.#octetsOf(piece, what, length === 0)
    }
    this.at++
  }

  /** Goes over the octets of a string that is whole, and returns how many they are. `begins` tells whether they are the beginning of a text. */
  #octetsOf(head: number, what: string, begins = true): number {
    const length = this.#argument(head)
    const start = this.at
    this.#advance(length)
    if (what === 'binary data') return length
    if (begins && length > 0 && this.#octets[start] === 0) throw new ProtocolViolation(`a ${what} of the message begins with U+0000`)
    if (!isUtf8(this.#octets, start, this.at)) throw new ProtocolViolation(`a ${what} of the message is not UTF-8`)
    return length
  }

  #list(head: number): void {
    const base = this.#parts.enter()
    if ((head & 0x1f) === indefinite) {
      while (!this.#isBreak()) this.value()
      this.at++
    } else {
      const count = this.#argument(head)
      for (let n = 0; n < count; n++) this.value()
    }
    this.#parts.leave(base)
  }

  #dictionary(head: number): void {
    const base = this.#parts.enter()
    const isIndefinite = (head & 0x1f) === indefinite
    const count = isIndefinite ? Number.POSITIVE_INFINITY : this.#argument(head)
    let keys: KeysSoFar
    for (let n = 0; n < count; n++) {
      if (isIndefinite && this.#isBreak()) break
      keys = this.#key(base, keys)
      this.value()
    }
    if (isIndefinite) this.at++
    this.#parts.leave(base)
  }

  #key(base: number, keys: KeysSoFar): KeysSoFar {
    const head = this.#next()
    if (head >> 5 !== major.text) throw new ProtocolViolation('a key of the message is not a text')
    if ((head & 0x1f) === indefinite) return this.#keyInPieces(base, head, keys)
    const start = this.at + headSize(head)
    this.#octetsOf(head, 'key')
    return this.#keys.add(base, hashOfOctets(this.#octets, start, this.at), start, this.at, keys)
  }

  /** Adds a key in pieces under the hash of the whole text. Its beginning is noted as a negative number. */
  #keyInPieces(base: number, head: number, keys: KeysSoFar): KeysSoFar {
    const start = this.at
    this.#string(head, 'text')
    const octets = this.#joined(start, this.at)
    return this.#keys.add(base, hashOfOctets(octets, 0, octets.length), -start, this.at, keys)
  }

  #textOfKey(start: number, end: number): string {
    if (start >= 0) return textOf(this.#octets, start, end)
    const octets = this.#joined(-start, end)
    return textOf(octets, 0, octets.length)
  }

  /** Returns the octets of a text in pieces, which have been checked, from the first of them to the end of all. */
  #joined(start: number, end: number): Uint8Array {
    const { at } = this
    const octets = new Uint8Array(end - start)
    let length = 0
    this.at = start
    while (!this.#isBreak()) {
      const size = this.#argument(this.#next())
      octets.set(this.#octets.subarray(this.at, this.at + size), length)
      length += size
      this.at += size
    }
    this.at = at
    return octets.subarray(0, length)
  }

  #tag(head: number): void {
    this.#parts.count(1)
    const tag = this.#argument(head)
    this.isForeign = true
    const isTyped = tag === typedOctets && this.kind() === 'binary'
    if (!isTyped && tag !== selfDescribed) throw new ProtocolViolation(`the message has the tag ${tag} of CBOR, which WAMP does not have`)
    // not by itself again and again, because tags have no limit of depth
    if (!isTyped && (this.#octets[this.at] ?? 0) >> 5 === major.tag) throw new ProtocolViolation('the message has tags within tags')
    this.value()
  }

  #simple(head: number): void {
    this.#parts.count(1)
    switch (head) {
      case 0xf4:
      case 0xf5:
      case 0xf6:
        return
      case 0xf7:
        this.isForeign = true
        return
      case 0xf9:
        return this.#float(2, 0x7c, 0)
      case 0xfa:
        return this.#float(4, 0x7f, 0x80)
      case 0xfb:
        return this.#float(8, 0x7f, 0xf0)
      default:
        throw new ProtocolViolation('the message has a simple value of CBOR that WAMP does not have')
    }
  }

  /** Goes over a float. It is not finite if its exponent has all bits, of which the masks have those in the first and the second octet. */
  #float(size: number, first: number, second: number): void {
    const start = this.at
    this.#advance(size)
    if ((this.#octets[start]! & first) === first && (this.#octets[start + 1]! & second) === second) {
      throw new ProtocolViolation('a number of the message is not finite')
    }
  }

  /** Reads the argument of a head: a small number in it, or the 1 to 8 octets after it. Lengths above 2^53 are not exact, and not there. */
  #argument(head: number): number {
    const info = head & 0x1f
    if (info < oneOctet) return info
    if (info > eightOctets) throw new ProtocolViolation('the message has a head of CBOR that does not exist')
    const end = this.at + (1 << (info - oneOctet))
    if (end > this.#octets.length) throw endsEarly()
    let value = 0
    while (this.at < end) value = value * 256 + this.#octets[this.at++]!
    return value
  }

  #isBreak(): boolean {
    if (this.at >= this.#octets.length) throw endsEarly()
    return this.#octets[this.at] === 0xff
  }

  #next(): number {
    if (this.at >= this.#octets.length) throw endsEarly()
    return this.#octets[this.at++]!
  }

  #advance(size: number): void {
    this.at += size
    if (this.at > this.#octets.length) throw endsEarly()
  }
}

/** Returns how many octets the argument of a head takes. */
function headSize(head: number): number {
  const info = head & 0x1f
  return info < oneOctet ? 0 : 1 << (info - oneOctet)
}

const major = { positive: 0, negative: 1, binary: 2, text: 3, list: 4, dictionary: 5, tag: 6 } as const
const oneOctet = 24
const eightOctets = 27
const indefinite = 31
const indefiniteList = 0x9f
/** The tag of an array of uint8 (RFC 8746), which cbor-x puts before a `Uint8Array`. */
const typedOctets = 64
/** The tag that says that CBOR follows (RFC 8949 §3.4.6). */
const selfDescribed = 55799
