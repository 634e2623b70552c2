/** A set of Huffman codes is none, or data uses a code that is not in it. */
export class BadDeflate extends Error {
  override readonly name = 'BadDeflate'
}

/** A prefix code as a table: the next `bits` bits of the data, least significant first, give an entry. */
export interface HuffmanCode {
  /** The longest code; 0 where there is no code at all. */
  readonly bits: number
  /** By the next `bits` bits: the symbol times 16, plus the length of its code; 0 where no code begins like this. */
  readonly table: Uint16Array
}

/** Makes the code that lengths describe (RFC 1951 §3.2.2). One that leaves bit patterns without a symbol is refused, but for a single code of one bit (§3.2.7). */
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

/** How many patterns of 15 bits begin with no code; less than none where there are too many codes. */
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

/** Codes are packed with the most significant bit first, everything else the other way (RFC 1951 §3.1.1). */
function reversed(code: number, length: number): number {
  let result = 0
  for (let n = 0; n < length; n++) result |= ((code >> n) & 1) << (length - 1 - n)
  return result
}
