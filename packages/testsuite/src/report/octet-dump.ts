import type { ShownOctets } from '../run/exchange.ts'
import { visible } from './visible-text.ts'

/**
 * Shows octets as lines of an offset, up to 16 octets in hexadecimal digits, and the same as printable ASCII. At most `most` octets of the
 * head are shown, and the tail only where the head is whole.
 */
export function octetDump({ length, head, omitted, tail }: ShownOctets, most: number = Number.POSITIVE_INFINITY): string {
  const known = Buffer.from(head, 'hex')
  const shown = known.subarray(0, most)
  const isCut = shown.length < known.length
  const left = isCut ? length - shown.length : omitted
  return [
    ...lines(shown, 0),
    ...(left > 0 ? [`          … ${left} octets …`] : []),
    ...(isCut ? [] : lines(Buffer.from(tail, 'hex'), length - tail.length / 2)),
  ].join('\n')
}

/** Returns the beginning of a text, at most `most` characters; `undefined` if the octets are not readable text. */
export function textIn({ head, omitted }: ShownOctets, most: number): string | undefined {
  const octets = Buffer.from(head, 'hex')
  // A cut may be within a code point.
  const text = decoded(octets, omitted > 0)
  if (text === undefined || text.length === 0 || controls.test(text)) return undefined
  const characters = [...text]
  return `${visible(characters.slice(0, most).join(''))}${characters.length > most || omitted > 0 ? '…' : ''}`
}

function decoded(octets: Uint8Array, isCut: boolean): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(octets, { stream: isCut })
  } catch {
    return undefined
  }
}

function lines(octets: Uint8Array, offset: number): string[] {
  const count = Math.ceil(octets.length / perLine)
  return Array.from({ length: count }, (_, n) => line(octets.subarray(n * perLine, (n + 1) * perLine), offset + n * perLine))
}

function line(octets: Uint8Array, offset: number): string {
  const digits = [...octets].map(octet => octet.toString(16).padStart(2, '0')).join(' ')
  const ascii = [...octets].map(octet => (octet >= 0x20 && octet < 0x7f ? String.fromCharCode(octet) : '·')).join('')
  return `${offset.toString(16).padStart(8, '0')}  ${digits.padEnd(perLine * 3 - 1)}  ${ascii}`
}

const perLine = 16
/** Control characters that text does not contain; line ends and tabs are not among them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the expression looks for control characters
const controls = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/
