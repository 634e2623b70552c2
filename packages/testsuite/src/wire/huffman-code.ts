/** Thrown if a set of code lengths is not a Huffman code, or where compressed data breaks another rule of its format. */
export class BadDeflate extends Error {
  override readonly name = 'BadDeflate'
}

/** A prefix code as a table that is indexed by the next `bits` bits of the data, least significant bit first. */
export interface HuffmanCode {
  /** The length of the longest code; 0 if there is no code at all. */
  readonly bits: number
  /** The entry of a code: the symbol times 16, plus the length of the code; 0 if no code begins with these bits. */
  readonly table: Uint16Array
}

/**
 * Makes the code that lengths describe (RFC 1951 §3.2.2). Refuses lengths that leave bit patterns without a symbol, except for a single
 * code of one bit (§3.2.7).
 */
export function huffmanCode(lengths: Uint8Array, what: string): HuffmanCode {
  const counts = new Uint16Array(16)
  for (const length of lengths) counts[length]!++
  const used = lengths.length - counts[0]!
  let bits = 15
  while (bits > 0 && counts[bits] === 0) bits--
  const left = unused(counts)
  if (left < 0) throw new BadDeflate(`more ${what} than their lengths allow (RFC 1951 §3.2.2)`)
  if (left > 0 && used > 0 && !(used === 1 && bits === 1))
    throw new BadDeflate(`${what} that leave patterns without a meaning (RFC 1951 §3.2.2)`)
  return { bits, table: tableOf(lengths, counts, bits) }
}

/** Returns the number of 15-bit patterns that do not begin with a code; negative where there are too many codes. */
function unused(counts: Uint16Array): number {
  let left = 1
  for (let length = 1; length <= 15; length++) left = left * 2 - counts[length]!
  return left
}

function tableOf(lengths: Uint8Array, counts: Uint16Array, bits: number): Uint16Array {
  const next = new Uint16Array(17)
  for (let length = 1; length <= 15; length++) next[length + 1] = (next[length]! + counts[length]!) << 1
  const table = new Uint16Array(1 << bits)
  for (let symbol = 0; symbol < lengths.length; symbol++) {
    const length = lengths[symbol]!
    if (length === 0) continue
    const first = reversed(next[length]!++, length)
    for (let at = first; at < table.length; at += 1 << length) table[at] = (symbol << 4) | length
  }
  return table
}

/** Reverses the bits of a code: codes are packed with the most significant bit first, everything else with the least (RFC 1951 §3.1.1). */
function reversed(code: number, length: number): number {
  let result = 0
  for (let n = 0; n < length; n++) result |= ((code >> n) & 1) << (length - 1 - n)
  return result
}
