/** Concatenates arrays. */
export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

/** Whether two arrays hold the same octets. */
export function same(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && Buffer.compare(one, other) === 0
}

/** Parses hexadecimal digits; spaces are ignored. */
export function hex(digits: string): Uint8Array {
  const dense = digits.replaceAll(' ', '')
  if (!/^([0-9a-f]{2})*$/.test(dense)) throw new TypeError(`expected pairs of hexadecimal digits, not ${digits}`)
  return Uint8Array.from(Buffer.from(dense, 'hex'))
}

/** Encodes text as UTF-8. */
export function utf8(text: string): Uint8Array {
  return encoder.encode(text)
}

/** Decodes octets to text with one character per octet, for the heads of HTTP. */
export function latin1(octets: Uint8Array): string {
  return Buffer.from(octets.buffer, octets.byteOffset, octets.length).toString('latin1')
}

const encoder = new TextEncoder()
