import { decoder } from './utf8.ts'

/** Tells whether a text is base64 with padding (RFC 4648 §4). */
export function isBase64(text: string): boolean {
  return endOfBase64(`${text}"`, 0) === text.length
}

/**
 * Returns the index of the quotation mark that ends a string of JSON whose contents are base64 from an index on, or -1 where they are not, or have escapes.
 */
export function endOfBase64(text: string, start: number): number {
  quotedDigits.lastIndex = start
  if (!quotedDigits.test(text)) return -1
  const end = quotedDigits.lastIndex - 1
  return (end - start) % 4 === 0 ? end : -1
}

/** Encodes octets as base64 with padding. */
export function toBase64(octets: Uint8Array): string {
  const size = octets.length
  const whole = size - (size % 3)
  const text = new Uint8Array(Math.ceil(size / 3) * 4)
  let to = 0
  for (let at = 0; at < whole; at += 3) {
    const bits = (octets[at]! << 16) | (octets[at + 1]! << 8) | octets[at + 2]!
    text[to] = letterOf[bits >> 18]!
    text[to + 1] = letterOf[(bits >> 12) & 63]!
    text[to + 2] = letterOf[(bits >> 6) & 63]!
    text[to + 3] = letterOf[bits & 63]!
    to += 4
  }
  if (whole < size) {
    const bits = (octets[whole]! << 16) | (whole + 1 < size ? octets[whole + 1]! << 8 : 0)
    text[to] = letterOf[bits >> 18]!
    text[to + 1] = letterOf[(bits >> 12) & 63]!
    text[to + 2] = whole + 1 < size ? letterOf[(bits >> 6) & 63]! : padding
    text[to + 3] = padding
  }
  return decoder.decode(text)
}

/** Decodes base64 that `isBase64` has accepted. */
export function fromBase64(text: string): Uint8Array {
  const { length } = text
  const end = text.endsWith('==') ? length - 2 : text.endsWith('=') ? length - 1 : length
  const octets = new Uint8Array((end * 3) >> 2)
  let to = 0
  let at = 0
  for (; at + 4 <= end; at += 4) {
    const bits = (digitOf[text.charCodeAt(at)]! << 18) | (digitOf[text.charCodeAt(at + 1)]! << 12)
    const rest = bits | (digitOf[text.charCodeAt(at + 2)]! << 6) | digitOf[text.charCodeAt(at + 3)]!
    octets[to] = rest >> 16
    octets[to + 1] = rest >> 8
    octets[to + 2] = rest
    to += 3
  }
  if (at < end) {
    const bits = (digitOf[text.charCodeAt(at)]! << 18) | (digitOf[text.charCodeAt(at + 1)]! << 12)
    octets[to] = bits >> 16
    if (at + 2 < end) octets[to + 1] = (bits | (digitOf[text.charCodeAt(at + 2)]! << 6)) >> 8
  }
  return octets
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const padding = 61
const quotedDigits = /[A-Za-z0-9+/]*={0,2}"/y
/** The code of each digit. */
const letterOf: Uint8Array = /* @__PURE__ */ letters()
/** The digit of each code. */
const digitOf: Uint8Array = /* @__PURE__ */ digitsByCode()

function letters(): Uint8Array {
  return new TextEncoder().encode(alphabet)
}

function digitsByCode(): Uint8Array {
  const values = new Uint8Array(128)
  for (let value = 0; value < 64; value++) values[alphabet.charCodeAt(value)] = value
  return values
}
