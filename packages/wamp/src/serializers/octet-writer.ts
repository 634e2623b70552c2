import { unsendable } from './sendable.ts'
import { utf8Length } from './utf8.ts'

/** Writes the parts of values one after the other into memory that grows, and is used for all messages. */
export class OctetWriter {
  #octets = new Uint8Array(smallest)
  #view = new DataView(this.#octets.buffer)
  /** The number of octets so far. */
  length = 0

  /** Begins another message. Lets go of the memory for an unusually large one. */
  begin(): void {
    this.length = 0
    if (this.#octets.length > largestKept) this.#replace(new Uint8Array(smallest))
  }

  /** Returns a copy of what was written, from an index on. */
  copy(start = 0): Uint8Array {
    const size = this.length - start
    const copy = new Uint8Array(size)
    if (size > few) copy.set(this.#octets.subarray(start, this.length))
    else for (let at = 0; at < size; at++) copy[at] = this.#octets[start + at]!
    return copy
  }

  uint8(value: number): void {
    if (this.length === this.#octets.length) this.#grow(1)
    this.#octets[this.length++] = value
  }

  /** Writes an octet, the head of a value, and an integer of 8, 16 or 32 bits. */
  head8(head: number, value: number): void {
    this.#room(2)
    this.#octets[this.length] = head
    this.#octets[this.length + 1] = value
    this.length += 2
  }

  head16(head: number, value: number): void {
    this.#room(3)
    this.#octets[this.length] = head
    this.#view.setUint16(this.length + 1, value)
    this.length += 3
  }

  head32(head: number, value: number): void {
    this.#room(5)
    this.#octets[this.length] = head
    this.#view.setUint32(this.length + 1, value)
    this.length += 5
  }

  /** Writes a head and the 64 bits of an integer, of which a negative one is in two's complement. */
  head64(head: number, value: number | bigint): void {
    this.#room(9)
    this.#octets[this.length] = head
    if (typeof value === 'bigint') this.#view.setBigUint64(this.length + 1, BigInt.asUintN(64, value))
    else {
      const high = Math.floor(value / 2 ** 32)
      this.#view.setUint32(this.length + 1, high)
      this.#view.setUint32(this.length + 5, value - high * 2 ** 32)
    }
    this.length += 9
  }

  /**
   * Writes the count of a dictionary again, whose head is at an index: some keys had no value. `small` is the head where the count is in it; else the
   * count stands after the head, in as many octets as before.
   */
  recount(at: number, small: number | undefined, octets: number, count: number): void {
    if (small !== undefined) this.#octets[at] = small
    else for (let n = octets, left = count; n > 0; n--, left = Math.floor(left / 256)) this.#octets[at + n] = left
  }

  float64(head: number, value: number): void {
    this.#room(9)
    this.#octets[this.length] = head
    this.#view.setFloat64(this.length + 1, value)
    this.length += 9
  }

  /** Writes octets as they are. */
  raw(octets: Uint8Array): void {
    const { length } = octets
    this.#room(length)
    const start = this.length
    if (length > few) this.#octets.set(octets, start)
    else for (let at = 0; at < length; at++) this.#octets[start + at] = octets[at]!
    this.length = start + length
  }

  /**
   * Writes the characters of a text if it is ASCII, with one octet for its head before them, which the caller fills in. Returns whether it was
   * ASCII; if not, nothing was written.
   */
  shortAscii(head: number, text: string): boolean {
    const { length } = text
    this.#room(length + 1)
    const octets = this.#octets
    const start = this.length + 1
    for (let at = 0; at < length; at++) {
      const unit = text.charCodeAt(at)
      if (unit >= 0x80) return false
      octets[start + at] = unit
    }
    octets[start - 1] = head
    this.length = start + length
    return true
  }

  /** Writes a text in UTF-8, whose length `utf8Length` has told. */
  text(text: string, length: number): void {
    this.#room(length)
    const target = this.#octets.subarray(this.length, this.length + length)
    encoder.encodeInto(text, target)
    this.length += length
  }

  #room(size: number): void {
    if (this.length + size > this.#octets.length) this.#grow(size)
  }

  #grow(size: number): void {
    const larger = new Uint8Array(Math.max(2 * this.#octets.length, this.length + size))
    larger.set(this.#octets.subarray(0, this.length))
    this.#replace(larger)
  }

  #replace(octets: Uint8Array<ArrayBuffer>): void {
    this.#octets = octets
    this.#view = new DataView(octets.buffer)
  }
}

/** Returns the number of octets of a text in UTF-8. Throws `unsendable` for a text that WAMP cannot express. */
export function sendableLength(text: string): number {
  const length = utf8Length(text)
  if (length < 0 || text.charCodeAt(0) === 0) throw unsendable
  return length
}

const encoder = /* @__PURE__ */ new TextEncoder()
const smallest = 4096
const largestKept = 1024 * 1024
/** The number of octets up to which a loop is faster than a call of the runtime. */
const few = 48
