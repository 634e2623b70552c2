import type { Octets } from '../../bytes/octets.ts'

/** Encodes base64 with padding, RFC 4648 §4: the portable layers have no `Buffer`. */
export function base64(octets: Octets): string {
  const { length } = octets
  let text = ''
  for (let i = 0; i < length; i += 3) {
    const bits = (octets[i]! << 16) | ((octets[i + 1] ?? 0) << 8) | (octets[i + 2] ?? 0)
    const third = i + 1 < length ? alphabet[(bits >> 6) & 63]! : '='
    const fourth = i + 2 < length ? alphabet[bits & 63]! : '='
    // joined in groups: added one by one, each character would make a string of its own
    text += `${alphabet[bits >> 18]!}${alphabet[(bits >> 12) & 63]!}${third}${fourth}`
  }
  return text
}

/** Tells whether a text is base64 of 16 octets as an encoder writes it: 24 characters, and no bits left over before the padding. */
export function isBase64Of16(text: string): boolean {
  if (text.length !== 24 || !text.endsWith('==')) return false
  for (let i = 0; i < 22; i++) if (!alphabet.includes(text.charAt(i))) return false
  return alphabet.indexOf(text.charAt(21)) % 16 === 0
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
