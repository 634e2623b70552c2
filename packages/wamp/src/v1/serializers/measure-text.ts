import { tooMuch } from '../../faults/peer-fault.ts'

/** The limits of one message, see `WampOptions` (decision 62). */
export interface TextLimits {
  readonly maxNesting: number
  readonly maxMessageParts: number
}

/**
 * Checks the text of a message before it is parsed, and returns an estimate of the octets of memory that its values will take.
 *
 * The cost of `JSON.parse` depends on the contents of a text more than on its length: a text of 1 MiB takes 0.8 s if each object has
 * different keys, and 1 ms if it is one long string. So brackets, values and keys are counted, in one pass that keeps none of them. A text
 * that is not JSON may pass; the parser rejects it.
 *
 * Throws `PeerMisbehaved` (1008) above a limit.
 */
export function measureText(text: string, limits: TextLimits): number {
  // 64 levels have 128 brackets
  if (text.length <= shortest && limits.maxNesting >= shortest / 2 && limits.maxMessageParts >= 1024) return perMessage + 2 * text.length
  return new TextScan(text, limits).size()
}

/** One pass over the text of a message. */
class TextScan {
  readonly #text: string
  readonly #maxNesting: number
  readonly #maxParts: number
  /** A hash for each open bracket, of its keys so far in their order: engines keep a layout for each such list of keys. */
  readonly #layouts: number[] = []
  readonly #seenLayouts = new Set<number>()
  #parts = 0
  /** Bitwise or of all letters. Above 255, the engine keeps the text with two octets per letter. */
  #letters = 0

  constructor(text: string, { maxNesting, maxMessageParts }: TextLimits) {
    this.#text = text
    this.#maxNesting = maxNesting
    this.#maxParts = maxMessageParts
  }

  size(): number {
    const text = this.#text
    for (let at = 0; at < text.length; at++) {
      const letter = text.charCodeAt(at)
      if (letter === quote) at = this.#string(at + 1)
      else if (letter === openList || letter === openObject) this.#open()
      else if (letter === closeList || letter === closeObject) this.#layouts.pop()
      else if (letter === comma) this.#count(1)
    }
    return perMessage + text.length * (this.#letters > 255 ? 2 : 1) + perPart * this.#parts
  }

  #open(): void {
    if (this.#layouts.length >= this.#maxNesting) throw tooMuch(`the message is nested deeper than ${this.#maxNesting}`)
    this.#layouts.push(0)
    this.#count(partsOfBrackets)
  }

  /**
   * Scans a string or a key from its first letter on. Returns the index of its last character: the quotation mark, or a blank before a
   * colon.
   */
  #string(start: number): number {
    const text = this.#text
    let hash = 0
    let letters = 0
    let at = start
    for (; at < text.length; at++) {
      let letter = text.charCodeAt(at)
      if (letter === quote) break
      if (letter === backslash) {
        at++
        letter = text.charCodeAt(at)
      }
      letters |= letter
      hash = Math.imul(hash ^ letter, multiplier)
      hash ^= hash >>> 15
    }
    this.#letters |= letters
    this.#count(partsOfString)
    const next = afterBlanks(text, at + 1)
    if (text.charCodeAt(next) === colon) this.#key(hash)
    return next - 1
  }

  /** Counts a key. Objects with different keys cost the most: each list of keys is a new layout for the engine. */
  #key(hash: number): void {
    const innermost = this.#layouts.length - 1
    const layout = Math.imul((this.#layouts[innermost] ?? 0) ^ hash, multiplier) | 1
    this.#layouts[innermost] = layout
    if (this.#seenLayouts.has(layout)) return
    this.#seenLayouts.add(layout)
    this.#count(partsOfLayout)
  }

  #count(parts: number): void {
    this.#parts += parts
    if (this.#parts > this.#maxParts) throw tooMuch(`the message has more than ${this.#maxParts} parts`)
  }
}

function afterBlanks(text: string, start: number): number {
  let at = start
  for (let letter = text.charCodeAt(at); letter === 32 || (letter >= 9 && letter <= 13); letter = text.charCodeAt(at)) at++
  return at
}

const quote = 34
const comma = 44
const colon = 58
const openList = 91
const backslash = 92
const closeList = 93
const openObject = 123
const closeObject = 125

/** The cost of a string, of brackets and of a layout, in time and memory, relative to a number. */
const partsOfString = 2
const partsOfBrackets = 4
const partsOfLayout = 16

/** Octets of memory for a message in progress beside its contents, and for each of its parts. */
const perMessage = 1024
const perPart = 16
/** The length, in letters, up to which a text is not scanned. */
const shortest = 128
/** The multiplier of the hash: odd, and different in each process, so that a peer cannot choose keys with equal hashes. */
const multiplier = (Math.random() * 2 ** 31) | 0x1000_0001
