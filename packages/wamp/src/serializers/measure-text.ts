import { tooMuch } from '../faults/peer-fault.ts'

/** The limits of one message, see `WampOptions`. */
export interface TextLimits {
  readonly maxNesting: number
  readonly maxMessageParts: number
}

/**
 * Checks the text of a message before it is parsed, and returns an estimate of the octets of memory that its values will take.
 *
 * `JSON.parse` costs by what is in a text rather than by its length: a text of 1 MiB in which each object has a key of its own takes it 0.8 s,
 * one long string 1 ms. So brackets, values and keys are counted, in one pass and without memory for them. A text that is not JSON passes,
 * or fails by its brackets; the parser says so.
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
  /** For each open bracket a hash of the keys so far, in their order: engines keep a layout for each such list of keys. */
  readonly #layouts: number[] = []
  readonly #seenLayouts = new Set<number>()
  #parts = 0
  /** All letters or'd: above 255 a letter takes two octets. */
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

  /** Takes a text or a key from its first letter on, and returns where it ends: at its quotation mark, or before the colon. */
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

  /** Objects with keys of their own are the dearest: each is a new layout for the engine. */
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

/** How much dearer than a number the others are, in time and in memory. */
const partsOfString = 2
const partsOfBrackets = 4
const partsOfLayout = 16

/** Octets of memory: what a message costs that is in work, whatever its length, and what each part costs. */
const perMessage = 1024
const perPart = 16
/** Letters of a text that is not looked through. */
const shortest = 128
/** Odd, and another in each process, so that no text can be made whose keys seem to be the same. */
const multiplier = (Math.random() * 2 ** 31) | 0x1000_0001
