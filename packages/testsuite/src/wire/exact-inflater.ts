import { BadDeflate, type HuffmanCode, huffmanCode } from './huffman-code.ts'

/** The window that a compressor has agreed to for its direction (RFC 7692 §7.1). */
export interface AgreedWindow {
  /** 8 to 15. */
  readonly windowBits: number
  /** Whether a message may refer back to earlier messages. */
  readonly keepsContext: boolean
}

/** The use that a compressor has made of its window so far. */
export interface WindowUse {
  /** The largest distance of any back reference, in octets; 0 if there was none. */
  readonly farthest: number
  /** The number of messages that refer back to earlier messages. */
  readonly messagesWithContext: number
}

/** Thrown if the inflated data exceeds what this suite keeps; the sender is not at fault. */
export class TooMuch extends Error {
  override readonly name = 'TooMuch'
}

/**
 * Inflates the messages of one direction of permessage-deflate by RFC 1951 and RFC 7692, with exactly the window that was agreed. A back
 * reference beyond the window, before the first message, or into a context that was to be dropped is an error, within a message and across
 * messages alike. It also measures how far the compressor refers back. It does not use zlib, which accepts any reference that lies within
 * its memory.
 */
export class ExactInflater {
  readonly #agreed: AgreedWindow
  readonly #window: number
  /** The octets of earlier messages, at most the largest window, followed by the current message. */
  #octets: Uint8Array = new Uint8Array(1 << 18)
  /** The number of octets of earlier messages. */
  #history = 0
  #farthest = 0
  #messagesWithContext = 0
  // The data of one message and the position of reading: `#bits` holds `#count` bits that were taken from the data.
  #data: Uint8Array = new Uint8Array(0)
  #size = 0
  #at = 0
  #bits = 0
  #count = 0
  #end = 0
  /** The largest number of octets by which the message refers back into earlier ones. */
  #reach = 0
  /** Whether the empty block of the flush has come with nothing after it. */
  #isComplete = false
  #looseEnd: string | undefined

  constructor(agreed: AgreedWindow) {
    this.#agreed = agreed
    this.#window = 1 << agreed.windowBits
  }

  get use(): WindowUse {
    return { farthest: this.#farthest, messagesWithContext: this.#messagesWithContext }
  }

  /**
   * Describes the end of the first message that did not end as RFC 7692 demands, but as implementations accept; `undefined` if there was
   * none.
   */
  get looseEnd(): string | undefined {
    return this.#looseEnd
  }

  /**
   * Inflates one message, without the marker of the flush after it (RFC 7692 §7.2.2). Throws `BadDeflate`, after which the inflater cannot
   * be used any more. Three wrong ends are accepted, because the implementations in use accept them: see `looseEnd`.
   */
  inflate(message: Uint8Array): Uint8Array {
    if (message.length === 0) {
      this.#looseEnd ??= 'a compressed message of no octets, which does not end a block (RFC 7692 §7.2.3.6)'
      return message
    }
    const hasMarker = tail.every((octet, at) => message[message.length - tail.length + at] === octet)
    if (hasMarker) this.#looseEnd ??= 'a message from whose end 00 00 ff ff was not removed (RFC 7692 §7.2.1)'
    return this.#inflate(hasMarker ? message.subarray(0, -tail.length) : message)
  }

  #inflate(message: Uint8Array): Uint8Array {
    this.#begin(message)
    while (!this.#isComplete) this.#block()
    if (this.#reach > 0) this.#messagesWithContext++
    const inflated = this.#octets.slice(this.#history, this.#end)
    this.#remember()
    return inflated
  }

  #begin(message: Uint8Array): void {
    // Zeros after the data let the loops read ahead; #checkEnd finds out whether they were used.
    this.#data = new Uint8Array(message.length + tail.length + readAhead)
    this.#data.set(message)
    this.#data.set(tail, message.length)
    this.#size = message.length + tail.length
    this.#at = 0
    this.#bits = 0
    this.#count = 0
    this.#end = this.#history
    this.#reach = 0
    this.#isComplete = false
  }

  /**
   * Keeps the end of the message as the context of the next. It is kept even where it should be dropped, so that a reference to it can be
   * told from a random distance.
   */
  #remember(): void {
    const kept = Math.min(this.#end, largestWindow)
    this.#octets.copyWithin(0, this.#end - kept, this.#end)
    this.#history = kept
  }

  #block(): void {
    const isFinal = this.#take(1) === 1
    const type = this.#take(2)
    if (type === 0) this.#stored()
    else if (type === 1) this.#compressed(fixedLiterals, fixedDistances)
    else if (type === 2) this.#dynamic()
    else throw new BadDeflate('a block of the reserved type 3 (RFC 1951 §3.2.3)')
    this.#checkEnd()
    // A compressor that finishes its stream for each message begins the next block with an octet (RFC 7692 §7.2.3.4).
    if (!isFinal) return
    this.#align()
    if (this.#at !== this.#size - tail.length) return
    this.#isComplete = true
    this.#looseEnd ??= 'a message whose last block says so, without the octet 00 behind it (RFC 7692 §7.2.3.4)'
  }

  #stored(): void {
    this.#align()
    const length = this.#take(16)
    const check = this.#take(16)
    if (length !== (~check & 0xffff)) throw new BadDeflate('a stored block whose length does not fit its complement (RFC 1951 §3.2.4)')
    this.#checkEnd()
    const from = this.#at
    this.#isComplete = length === 0 && from === this.#size
    // Octets that repeat the marker of the flush are a block without an end.
    if (length > 0 && from + length > this.#size - tail.length) throw new BadDeflate(endsTooEarly)
    this.#reserve(length)
    this.#octets.set(this.#data.subarray(from, from + length), this.#end)
    this.#end += length
    this.#at = from + length
  }

  #dynamic(): void {
    const literals = this.#take(5) + 257
    const distances = this.#take(5) + 1
    const count = this.#take(4) + 4
    if (literals > 286) throw new BadDeflate(`${literals} codes for literals and lengths, which are 286 (RFC 1951 §3.2.7)`)
    const ofLengths = new Uint8Array(19)
    for (let n = 0; n < count; n++) ofLengths[lengthOrder[n]!] = this.#take(3)
    const lengths = this.#lengths(huffmanCode(ofLengths, 'codes for the lengths of codes'), literals + distances)
    if (lengths[endOfBlock] === 0) throw new BadDeflate('a block without a code for its end (RFC 1951 §3.2.7)')
    const literalCode = huffmanCode(lengths.subarray(0, literals), 'codes for literals and lengths')
    this.#compressed(literalCode, huffmanCode(lengths.subarray(literals), 'codes for distances'))
  }

  /** Reads the lengths of codes, which are compressed themselves (RFC 1951 §3.2.7). */
  #lengths(code: HuffmanCode, count: number): Uint8Array {
    const lengths = new Uint8Array(count)
    for (let n = 0; n < count; ) {
      const symbol = this.#symbol(code)
      if (symbol < 16) {
        lengths[n++] = symbol
        continue
      }
      if (symbol === 16 && n === 0) throw new BadDeflate('a length that repeats nothing (RFC 1951 §3.2.7)')
      const times = symbol === 16 ? this.#take(2) + 3 : symbol === 17 ? this.#take(3) + 3 : this.#take(7) + 11
      if (n + times > count) throw new BadDeflate('more lengths than codes (RFC 1951 §3.2.7)')
      lengths.fill(symbol === 16 ? lengths[n - 1]! : 0, n, n + times)
      n += times
      this.#checkEnd()
    }
    return lengths
  }

  /** Inflates the octets of one block. The state is in local variables: this loop sees every octet of groups 12 and 13. */
  #compressed(literals: HuffmanCode, distances: HuffmanCode): void {
    const data = this.#data
    const literalTable = literals.table
    const literalMask = literalTable.length - 1
    const distanceTable = distances.table
    const distanceMask = distanceTable.length - 1
    let octets = this.#octets
    let end = this.#end
    let at = this.#at
    let bits = this.#bits
    let count = this.#count
    for (;;) {
      if (at > this.#size + readAhead / 2) throw new BadDeflate(endsTooEarly)
      if (count < 15) {
        bits |= (data[at]! | (data[at + 1]! << 8)) << count
        at += 2
        count += 16
      }
      let entry = literalTable[bits & literalMask]!
      if (entry === 0) throw new BadDeflate('a code for a literal or a length that stands for nothing (RFC 1951 §3.2.2)')
      bits >>>= entry & 15
      count -= entry & 15
      const symbol = entry >> 4
      if (symbol < endOfBlock) {
        if (end === octets.length) octets = this.#grow(end, 1)
        octets[end++] = symbol
        continue
      }
      if (symbol === endOfBlock) break
      if (symbol > 285) throw new BadDeflate(`the length code ${symbol}, which is reserved (RFC 1951 §3.2.6)`)
      if (count < 15) {
        bits |= (data[at]! | (data[at + 1]! << 8)) << count
        at += 2
        count += 16
      }
      let extra = lengthExtra[symbol - 257]!
      const length = lengthBase[symbol - 257]! + (bits & ((1 << extra) - 1))
      bits >>>= extra
      count -= extra
      if (count < 15) {
        bits |= (data[at]! | (data[at + 1]! << 8)) << count
        at += 2
        count += 16
      }
      entry = distanceTable[bits & distanceMask]!
      if (entry === 0) throw new BadDeflate('a code for a distance that stands for nothing (RFC 1951 §3.2.2)')
      bits >>>= entry & 15
      count -= entry & 15
      const distanceSymbol = entry >> 4
      if (distanceSymbol > 29) throw new BadDeflate(`the distance code ${distanceSymbol}, which is reserved (RFC 1951 §3.2.6)`)
      if (count < 15) {
        bits |= (data[at]! | (data[at + 1]! << 8)) << count
        at += 2
        count += 16
      }
      extra = distanceExtra[distanceSymbol]!
      const distance = distanceBase[distanceSymbol]! + (bits & ((1 << extra) - 1))
      bits >>>= extra
      count -= extra
      if (distance > this.#farthest || distance > end - this.#history) this.#pointsBack(distance, end)
      if (end + length > octets.length) octets = this.#grow(end, length)
      for (let from = end - distance, to = end + length; end < to; ) octets[end++] = octets[from++]!
    }
    this.#end = end
    this.#at = at
    this.#bits = bits
    this.#count = count
  }

  /** Checks a distance that is larger than all before or reaches into earlier messages. */
  #pointsBack(distance: number, end: number): void {
    if (distance > this.#window)
      throw new BadDeflate(`a distance of ${distance} octets, but the agreed window has ${this.#window} (RFC 7692 §7.1.2)`)
    if (distance > end) throw new BadDeflate(`a distance of ${distance} octets, ${distance - end} before anything that was sent`)
    const reach = distance - (end - this.#history)
    if (reach > 0 && !this.#agreed.keepsContext)
      throw new BadDeflate(
        `a distance that reaches ${reach} octets into earlier messages, whose context was to be dropped (RFC 7692 §7.1.1)`,
      )
    this.#farthest = Math.max(this.#farthest, distance)
    this.#reach = Math.max(this.#reach, reach)
  }

  #symbol({ bits, table }: HuffmanCode): number {
    this.#need(15)
    const entry = table[this.#bits & ((1 << bits) - 1)]!
    if (entry === 0) throw new BadDeflate('a code for a length of codes that stands for nothing (RFC 1951 §3.2.7)')
    this.#bits >>>= entry & 15
    this.#count -= entry & 15
    return entry >> 4
  }

  #take(count: number): number {
    this.#need(count)
    const value = this.#bits & ((1 << count) - 1)
    this.#bits >>>= count
    this.#count -= count
    return value
  }

  #need(count: number): void {
    if (this.#at > this.#size + readAhead / 2) throw new BadDeflate(endsTooEarly)
    for (; this.#count < count; this.#count += 8) this.#bits |= this.#data[this.#at++]! << this.#count
  }

  /** Skips to the next whole octet. */
  #align(): void {
    const rest = this.#count % 8
    this.#bits >>>= rest
    this.#count -= rest
  }

  /** Checks that all bits used belong to the data, and gives back the octets that were read ahead. */
  #checkEnd(): void {
    const whole = this.#count >> 3
    this.#at -= whole
    this.#count -= whole * 8
    this.#bits &= (1 << this.#count) - 1
    if (this.#at > this.#size) throw new BadDeflate(endsTooEarly)
  }

  #reserve(length: number): void {
    if (this.#end + length > this.#octets.length) this.#grow(this.#end, length)
  }

  #grow(end: number, length: number): Uint8Array {
    if (end + length - this.#history > largestMessage) throw new TooMuch(`more than the ${largestMessage} octets that are kept`)
    const grown = new Uint8Array(Math.max(this.#octets.length * 2, end + length))
    grown.set(this.#octets.subarray(0, end))
    this.#octets = grown
    return grown
  }
}

/** The marker at the end of a flush; it is not sent (RFC 7692 §7.2.1). */
const tail = Uint8Array.of(0, 0, 0xff, 0xff)
/** The number of octets that the loops may read beyond the data before they check their position. */
const readAhead = 32
const endsTooEarly = 'data that ends within a block (RFC 1951 §3.2.3)'
/** In octets. */
const largestMessage = 32 * 1024 * 1024
const largestWindow = 1 << 15
const endOfBlock = 256

// The tables of RFC 1951 §3.2.5.
const lengthBase = Uint16Array.of(
  3,
  4,
  5,
  6,
  7,
  8,
  9,
  10,
  11,
  13,
  15,
  17,
  19,
  23,
  27,
  31,
  35,
  43,
  51,
  59,
  67,
  83,
  99,
  115,
  131,
  163,
  195,
  227,
  258,
)
const lengthExtra = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0)
const distanceExtra = Uint8Array.of(0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13)
/** The first distance of each code: one more than the last distance of the code before. */
const distanceBase = bases(distanceExtra, 1)
/** The order of the code lengths in RFC 1951 §3.2.7. */
const lengthOrder = Uint8Array.of(16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15)

// The fixed codes of RFC 1951 §3.2.6.
const fixedLiterals = huffmanCode(
  Uint8Array.from({ length: 288 }, (_, symbol) => (symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8)),
  'fixed codes',
)
const fixedDistances = huffmanCode(new Uint8Array(32).fill(5), 'fixed codes')

function bases(extra: Uint8Array, first: number): Uint16Array {
  let base = first
  return Uint16Array.from(extra, bits => {
    const own = base
    base += 1 << bits
    return own
  })
}
