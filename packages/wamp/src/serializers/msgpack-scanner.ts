import { ProtocolViolation } from '../messages/protocol-violation.ts'
import { hashOfOctets } from './key-hash.ts'
import type { SerializerLimits } from './limits.ts'
import type { OctetScanner, ValueKind } from './octet-message-reader.ts'
import { Parts, partsOfBinary, partsOfString } from './parts.ts'
import { type KeysSoFar, RepeatedKeys } from './repeated-keys.ts'
import { isUtf8, textOf } from './utf8.ts'

/**
 * Goes over octets once and checks that they are MessagePack and in the data model of WAMP, without building a value. Throws
 * `ProtocolViolation`.
 *
 * This refuses extension types, floats that are not finite, keys that are not texts or repeated, and texts that are not UTF-8 or begin with
 * U+0000.
 */
export class MsgpackScanner implements OctetScanner {
  readonly #parts: Parts
  readonly #keys: RepeatedKeys
  #octets: Uint8Array = new Uint8Array(0)
  at = 0
  end = 0
  isForeign = false

  constructor(limits: SerializerLimits) {
    this.#parts = new Parts(limits)
    this.#keys = new RepeatedKeys(this.#parts, (start, end) => textOf(this.#octets, start, end))
  }

  begin(octets: Uint8Array): void {
    this.#octets = octets
    this.at = 0
    this.end = octets.length
    this.isForeign = false
    this.#parts.reset()
  }

  beginList(): number {
    if (this.kind() !== 'list') throw new ProtocolViolation('a message must be a list')
    const head = this.#uint8()
    if (head === 0xdc) return this.#uint16()
    return head === 0xdd ? this.#uint32() : head & 0x0f
  }

  endList(): void {}

  kind(): ValueKind {
    const head = this.#octets[this.at] ?? 0
    if ((head & 0xf0) === 0x90 || head === 0xdc || head === 0xdd) return 'list'
    if ((head & 0xf0) === 0x80 || head === 0xde || head === 0xdf) return 'dictionary'
    if (head === 0xc0 || head === 0xd4) return 'null'
    return head >= 0xc4 && head <= 0xc6 ? 'binary' : 'other'
  }

  value(): void {
    if (this.at >= this.#octets.length) throw endsEarly()
    const head = this.#octets[this.at++]!
    if (head < 0x80 || head >= 0xe0) this.#parts.count(1)
    else if (head < 0x90) this.#map(head & 0x0f)
    else if (head < 0xa0) this.#list(head & 0x0f)
    else if (head < 0xc0) this.#text(head & 0x1f)
    else this.#typed(head)
  }

  #typed(head: number): void {
    switch (head) {
      case 0xc0: // nil
      case 0xc2: // false
      case 0xc3: // true
        return this.#parts.count(1)
      case 0xc4: // bin 8, 16, 32
        return this.#binary(this.#uint8())
      case 0xc5:
        return this.#binary(this.#uint16())
      case 0xc6:
        return this.#binary(this.#uint32())
      case 0xca: // float 32
        return this.#float(4, 0x80)
      case 0xcb: // float 64
        return this.#float(8, 0xf0)
      case 0xcc: // uint 8 and int 8
      case 0xd0:
        return this.#skip(1)
      case 0xcd: // uint 16 and int 16
      case 0xd1:
        return this.#skip(2)
      case 0xce: // uint 32 and int 32
      case 0xd2:
        return this.#skip(4)
      case 0xcf: // uint 64 and int 64
      case 0xd3:
        return this.#skip(8)
      case 0xd9: // str 8, 16, 32
        return this.#text(this.#uint8())
      case 0xda:
        return this.#text(this.#uint16())
      case 0xdb:
        return this.#text(this.#uint32())
      case 0xdc: // array 16, 32
        return this.#list(this.#uint16())
      case 0xdd:
        return this.#list(this.#uint32())
      case 0xde: // map 16, 32
        return this.#map(this.#uint16())
      case 0xdf:
        return this.#map(this.#uint32())
      case 0xd4: // fixext 1
        return this.#undefined()
      default:
        throw extensionType()
    }
  }

  /** Goes over the form in which msgpackr sends `undefined`: extension type 0 with one octet, which is 0. */
  #undefined(): void {
    if (this.#uint16() !== 0) throw extensionType()
    this.isForeign = true
    this.#parts.count(1)
  }

  #list(count: number): void {
    const base = this.#parts.enter()
    for (let n = 0; n < count; n++) this.value()
    this.#parts.leave(base)
  }

  #map(count: number): void {
    const base = this.#parts.enter()
    let keys: KeysSoFar
    for (let n = 0; n < count; n++) {
      const length = this.#keyLength()
      const start = this.at
      this.#textOctets(length, 'key')
      keys = this.#keys.add(base, hashOfOctets(this.#octets, start, this.at), start, this.at, keys)
      this.value()
    }
    this.#parts.leave(base)
  }

  /** Goes over the head of a key, and returns the length of its text. */
  #keyLength(): number {
    const head = this.#uint8()
    if (head >= 0xa0 && head < 0xc0) return head & 0x1f
    if (head === 0xd9) return this.#uint8()
    if (head === 0xda) return this.#uint16()
    if (head === 0xdb) return this.#uint32()
    throw new ProtocolViolation('a key of the message is not a text')
  }

  #text(length: number): void {
    this.#parts.count(partsOfString)
    this.#textOctets(length, 'text')
  }

  #textOctets(length: number, what: string): void {
    const start = this.at
    this.#advance(length)
    if (length > 0 && this.#octets[start] === 0) throw new ProtocolViolation(`a ${what} of the message begins with U+0000`)
    if (!isUtf8(this.#octets, start, this.at)) throw new ProtocolViolation(`a ${what} of the message is not UTF-8`)
  }

  #binary(length: number): void {
    this.#parts.count(partsOfBinary)
    this.#advance(length)
  }

  /** Goes over a float. It is not finite if its exponent has all bits, of which `mask` has those in the second octet. */
  #float(size: number, mask: number): void {
    const start = this.at
    this.#skip(size)
    if ((this.#octets[start]! & 0x7f) === 0x7f && (this.#octets[start + 1]! & mask) === mask) {
      throw new ProtocolViolation('a number of the message is not finite')
    }
  }

  #skip(size: number): void {
    this.#parts.count(1)
    this.#advance(size)
  }

  #advance(size: number): void {
    this.at += size
    if (this.at > this.#octets.length) throw endsEarly()
  }

  #uint8(): number {
    this.#advance(1)
    return this.#octets[this.at - 1]!
  }

  #uint16(): number {
    this.#advance(2)
    return (this.#octets[this.at - 2]! << 8) | this.#octets[this.at - 1]!
  }

  #uint32(): number {
    return this.#uint16() * 2 ** 16 + this.#uint16()
  }
}

function extensionType(): ProtocolViolation {
  return new ProtocolViolation('the message has a value of an extension type of MessagePack, which WAMP does not have')
}

/** Makes the fault of octets that end within a value. */
export function endsEarly(): ProtocolViolation {
  return new ProtocolViolation('the message ends too early')
}
