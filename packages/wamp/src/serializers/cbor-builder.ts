import { OctetReader } from './octet-reader.ts'
import { put } from './put.ts'

/** Builds a value from CBOR that `CborScanner` has accepted, at an index. A text is probably a URI, which occurs again. */
export function buildCbor(octets: Uint8Array, at: number): unknown {
  reader.begin(octets, at)
  const head = octets[at]!
  const value = head >> 5 === text && (head & 0x1f) !== indefinite ? knownText(reader) : build(reader)
  reader.end()
  return value
}

/** Builds the values that follow each other from one index to another. */
export function buildAllCbor(octets: Uint8Array, start: number, end: number): unknown[] {
  reader.begin(octets, start)
  const values: unknown[] = []
  while (reader.at < end) values.push(build(reader))
  reader.end()
  return values
}

function build(from: OctetReader): unknown {
  const head = from.uint8()
  switch (head >> 5) {
    case 0:
      return (head & 0x1f) === 27 ? from.uint64() : argument(from, head)
    case 1:
      return (head & 0x1f) === 27 ? negative(from.uint64()) : -1 - argument(from, head)
    case 2:
      return (head & 0x1f) === indefinite ? joined(pieces(from)) : from.binary(argument(from, head))
    case text:
      return (head & 0x1f) === indefinite ? pieces(from).join('') : from.text(argument(from, head))
    case 4:
      return list(from, head)
    case 5:
      return dictionary(from, head)
    case 6:
      argument(from, head)
      return build(from)
    default:
      return simple(from, head)
  }
}

function simple(from: OctetReader, head: number): unknown {
  switch (head) {
    case 0xf4:
      return false
    case 0xf5:
      return true
    case 0xf9:
      return float16(from.uint16())
    case 0xfa:
      return from.float32()
    case 0xfb:
      return from.float64()
    case 0xf7:
      return undefined
    default:
      return null
  }
}

function list(from: OctetReader, head: number): unknown[] {
  const items: unknown[] = []
  if ((head & 0x1f) === indefinite) {
    while (!isBreak(from)) items.push(item(from))
  } else {
    const count = argument(from, head)
    for (let n = 0; n < count; n++) items.push(item(from))
  }
  return items
}

/** Builds an item of a list, in which `undefined` is null, as in JSON; in dictionaries it is left out. */
function item(from: OctetReader): unknown {
  const value = build(from)
  return value === undefined ? null : value
}

function dictionary(from: OctetReader, head: number): Record<string, unknown> {
  const dict: Record<string, unknown> = {}
  const count = (head & 0x1f) === indefinite ? Number.POSITIVE_INFINITY : argument(from, head)
  for (let n = 0; n < count; n++) {
    if (count === Number.POSITIVE_INFINITY && isBreak(from)) break
    const key = from.octets[from.at] === 0x7f ? (build(from) as string) : knownText(from)
    const value = build(from)
    if (value !== undefined) put(dict, key, value)
  }
  return dict
}

function knownText(from: OctetReader): string {
  const head = from.uint8()
  return from.knownText(argument(from, head))
}

/** Reads the pieces of a text or of binary data, up to the break after them. */
function pieces(from: OctetReader): unknown[] {
  const all: unknown[] = []
  while (!isBreak(from)) all.push(build(from))
  return all
}

function joined(octets: readonly unknown[]): Uint8Array {
  const pieces = octets as readonly Uint8Array[]
  const whole = new Uint8Array(pieces.reduce((size, piece) => size + piece.length, 0))
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.length
  }
  return whole
}

/** Tells whether the next octet is the end of something without a length, and goes over it. */
function isBreak(from: OctetReader): boolean {
  if (from.octets[from.at] !== 0xff) return false
  from.at++
  return true
}

/** Reads the argument of a head. It is not above 2^53 where a length or a tag is read. */
function argument(from: OctetReader, head: number): number {
  const info = head & 0x1f
  switch (info) {
    case 24:
      return from.uint8()
    case 25:
      return from.uint16()
    case 26:
      return from.uint32()
    case 27:
      return Number(from.uint64())
    default:
      return info
  }
}

/** Returns -1 - n: a number from -2^53 on, and else a `bigint`. */
function negative(n: number | bigint): number | bigint {
  return typeof n === 'number' && n < 2 ** 53 ? -1 - n : -1n - BigInt(n)
}

/** Reads a float of 16 bits: 5 of them are the exponent, 10 the fraction. */
function float16(bits: number): number {
  const exponent = (bits >> 10) & 0x1f
  const fraction = bits & 0x3ff
  const size = exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15)
  return bits & 0x8000 ? -size : size
}

const text = 3
const indefinite = 31
/** One reader serves all: it is not in use between two calls. */
const reader: OctetReader = /* @__PURE__ */ new OctetReader()
