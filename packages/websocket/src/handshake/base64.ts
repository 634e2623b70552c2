import type { Octets } from '../bytes/octets.ts'

/** Base64 with padding, RFC 4648 §4: the portable layers have no `Buffer`, and keys are too short for speed to matter. */
export function base64(octets: Octets): string {
  let text = ''
  for (let i = 0; i < octets.length; i += 3) text += fourCharacters(octets.subarray(i, i + 3))
  return text
}

/** Whether the text is base64 of 16 octets as an encoder writes it: 24 characters, no bits left over in the last one before the padding. */
export function isBase64Of16(text: string): boolean {
  if (text.length !== 24 || !text.endsWith('==')) return false
  for (let i = 0; i < 22; i++) if (!alphabet.includes(text.charAt(i))) return false
  return alphabet.indexOf(text.charAt(21)) % 16 === 0
}

function fourCharacters(octets: Octets): string {
  const [a = 0, b = 0, c = 0] = octets
  const bits = (a << 16) | (b << 8) | c
  const characters = [18, 12, 6, 0].map(shift => alphabet.charAt((bits >> shift) & 63)).join('')
  return characters.slice(0, octets.length + 1).padEnd(4, '=')
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
