/** Tells whether a text is base64 with padding (RFC 4648 §4). */
export function isBase64(text: string): boolean {
  if (text.length % 4 !== 0) return false
  const end = endOfDigits(text)
  for (let at = 0; at < end; at++) {
    const code = text.charCodeAt(at)
    if (code > 127 || digitOf[code] === 0xff) return false
  }
  return true
}

/** Encodes octets as base64 with padding. */
export function toBase64(octets: Uint8Array): string {
  if (octets.length <= chunk) return btoa(String.fromCharCode(...octets))
  let text = ''
  for (let at = 0; at < octets.length; at += chunk) text += btoa(String.fromCharCode(...octets.subarray(at, at + chunk)))
  return text
}

/** Decodes base64 that `isBase64` has accepted. */
export function fromBase64(text: string): Uint8Array {
  const end = endOfDigits(text)
  const octets = new Uint8Array((end * 3) >> 2)
  let bits = 0
  let count = 0
  let to = 0
  for (let at = 0; at < end; at++) {
    bits = ((bits << 6) | digitOf[text.charCodeAt(at)]!) & 0xffffff
    count += 6
    if (count >= 8) {
      count -= 8
      octets[to++] = bits >> count
    }
  }
  return octets
}

/** Returns the index of the padding, of which there is at most `==`. */
function endOfDigits(text: string): number {
  const { length } = text
  if (text.endsWith('==')) return length - 2
  return text.endsWith('=') ? length - 1 : length
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
/** Octets that are handed to one call: a multiple of 3, so that only the last has padding. */
const chunk = 6144
/** The value of each digit by its code. */
const digitOf: Uint8Array = /* @__PURE__ */ digitValues()

function digitValues(): Uint8Array {
  const values = new Uint8Array(128).fill(0xff)
  for (let value = 0; value < 64; value++) values[alphabet.charCodeAt(value)] = value
  return values
}
