import { unsendable } from './misuse.ts'
import { utf8Length } from './utf8.ts'

/**
 * Writes the parts of values one after the other. Small messages are written into blocks of memory that many of them share, and handed out as
 * views, because memory of its own would cost more than all the rest of a small message.
 */
export class OctetWriter {
  #octets = new Uint8Array(blockSize)
  #view = new DataView(this.#octets.buffer)
  /** The index at which the message begins, and that of its next octet. */
  #start = 0
  #at = 0

  /** Begins a message. One that was not ended is forgotten. */
  begin(): void {
    this.#at = this.#start
  }

  /** The number of octets of the message so far. */
  get length(): number {
    return this.#at - this.#start
  }

  /** Ends the message and returns its octets. */
  end(): Uint8Array {
    const octets = new Uint8Array(this.#octets.buffer, this.#start, this.#at - this.#start)
    if (this.#octets.length > blockSize) {
      // the block was made for this message alone
      const exact = octets.length > this.#octets.length - slack ? octets : octets.slice()
      this.#replace(new Uint8Array(blockSize))
      this.#start = 0
      this.#at = 0
      return exact
    }
    this.#start = this.#at
    return octets
  }

  uint8(value: number): void {
    if (this.#at === this.#octets.length) this.#grow(1)
    this.#octets[this.#at++] = value
  }

  /** Writes an octet, the head of a value, and an integer of 8, 16 or 32 bits. */
  head8(head: number, value: number): void {
    this.#room(2)
    this.#octets[this.#at] = head
    this.#octets[this.#at + 1] = value
    this.#at += 2
  }

  head16(head: number, value: number): void {
    this.#room(3)
    this.#octets[this.#at] = head
    this.#view.setUint16(this.#at + 1, value)
    this.#at += 3
  }

  head32(head: number, value: number): void {
    this.#room(5)
    this.#octets[this.#at] = head
    this.#view.setUint32(this.#at + 1, value)
    this.#at += 5
  }

  /** Writes a head and the 64 bits of an integer, of which a negative one is in two's complement. */
  head64(head: number, value: number | bigint): void {
    this.#room(9)
    this.#octets[this.#at] = head
    if (typeof value === 'bigint') this.#view.setBigUint64(this.#at + 1, BigInt.asUintN(64, value))
    else {
      const high = Math.floor(value / 2 ** 32)
      this.#view.setUint32(this.#at + 1, high)
      this.#view.setUint32(this.#at + 5, value - high * 2 ** 32)
    }
    this.#at += 9
  }

  float64(head: number, value: number): void {
    this.#room(9)
    this.#octets[this.#at] = head
    this.#view.setFloat64(this.#at + 1, value)
    this.#at += 9
  }

  /** Writes octets as they are, from one index to another. */
  raw(octets: Uint8Array, start: number, end: number): void {
    const size = end - start
    this.#room(size)
    const to = this.#at
    if (size > few) this.#octets.set(octets.subarray(start, end), to)
    else for (let at = 0; at < size; at++) this.#octets[to + at] = octets[start + at]!
    this.#at = to + size
  }

  /**
   * Writes a text if it is ASCII, after one octet or two that are its head, of which the second is left out where it is undefined. Returns whether
   * it was ASCII; if not, nothing was written.
   */
  ascii(head: number, second: number | undefined, text: string): boolean {
    const { length } = text
    this.#room(length + 2)
    const octets = this.#octets
    let at = this.#at
    octets[at++] = head
    if (second !== undefined) octets[at++] = second
    for (let n = 0; n < length; n++) {
      const unit = text.charCodeAt(n)
      if (unit >= 0x80) return false
      octets[at++] = unit
    }
    this.#at = at
    return true
  }

  /** Writes a text in UTF-8, whose length `utf8Length` has told. */
  text(text: string, length: number): void {
    this.#room(length)
    encoder.encodeInto(text, this.#octets.subarray(this.#at, this.#at + length))
    this.#at += length
  }

  /**
   * Writes the count of a dictionary again, whose head is at an index of the message: some keys had no value. `small` is the head where the count is in it;
   * else the count stands after the head, in as many octets as before.
   */
  recount(index: number, small: number | undefined, octets: number, count: number): void {
    const at = this.#start + index
    if (small !== undefined) this.#octets[at] = small
    else for (let n = octets, left = count; n > 0; n--, left = Math.floor(left / 256)) this.#octets[at + n] = left
  }

  #room(size: number): void {
    if (this.#at + size > this.#octets.length) this.#grow(size)
  }

  /** Goes on in a new block, in which the message has room. */
  #grow(size: number): void {
    const { length } = this
    const needed = length + size
    const next = new Uint8Array(needed <= blockSize / 2 ? blockSize : Math.max(2 * length, needed + 512))
    next.set(this.#octets.subarray(this.#start, this.#at))
    this.#replace(next)
    this.#start = 0
    this.#at = length
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
/** The octets of a block: a message that waits keeps the block in memory. */
const blockSize = 16 * 1024
/** The number of octets that a large message may leave unused in memory. */
const slack = 4096
/** The number of octets up to which a loop is faster than a call of the runtime. */
const few = 48
