import { isPlain } from '../messages/is-plain.ts'
import { unsendable } from './misuse.ts'
import { type OctetWriter, sendableLength } from './octet-writer.ts'
import { binaryOf, isSendableInteger, maxSentDepth } from './sendable.ts'
import type { ValueWriter } from './write-octets.ts'

/** Writes values as CBOR, each with the shortest head; integers as such, and floats with 64 bits. */
export const cborWriter: ValueWriter = {
  name: 'cbor',
  list: (to, count) => head(to, list, count),
  id: (to, value) => head(to, positive, value),
  value: (to, value) => write(to, value, 1),
}

function write(to: OctetWriter, value: unknown, depth: number): void {
  switch (typeof value) {
    case 'string':
      return writeText(to, value)
    case 'number':
      return writeNumber(to, value)
    case 'boolean':
      return to.uint8(value ? 0xf5 : 0xf4)
    case 'undefined':
      return to.uint8(0xf6)
    case 'bigint':
      return writeLarge(to, value)
    case 'object':
      return value === null ? to.uint8(0xf6) : writeObject(to, value, depth)
    default:
      throw unsendable
  }
}

function writeObject(to: OctetWriter, value: object, depth: number): void {
  if (depth > maxSentDepth) throw unsendable
  if (Array.isArray(value)) return writeList(to, value, depth)
  if (isPlain(value)) return writeDictionary(to, value, depth)
  const octets = binaryOf(value)
  if (octets === undefined) throw unsendable
  head(to, binary, octets.length)
  to.raw(octets, 0, octets.length)
}

function writeList(to: OctetWriter, items: readonly unknown[], depth: number): void {
  head(to, list, items.length)
  for (let n = 0; n < items.length; n++) write(to, items[n], depth + 1)
}

function writeDictionary(to: OctetWriter, dict: Readonly<Record<string, unknown>>, depth: number): void {
  const keys = Object.keys(dict)
  const start = to.length
  head(to, dictionary, keys.length)
  let count = 0
  for (const key of keys) {
    const value = dict[key]
    if (value === undefined) continue
    count++
    writeText(to, key)
    write(to, value, depth + 1)
  }
  if (count < keys.length) to.recount(start, keys.length < 24 ? dictionary | count : undefined, countSize(keys.length), count)
}

/** Returns the octets that the count of a dictionary takes after its head. */
function countSize(count: number): number {
  if (count < 2 ** 8) return 1
  return count < 2 ** 16 ? 2 : 4
}

function writeText(to: OctetWriter, value: string): void {
  const { length: units } = value
  if (units < 24 ? isAscii(to, text | units, undefined, value) : units < 192 && isAscii(to, text | 24, units, value)) return
  const length = sendableLength(value)
  head(to, text, length)
  to.text(value, length)
}

/** Writes a text that is short and ASCII, which most are, and returns whether it was. */
function isAscii(to: OctetWriter, first: number, second: number | undefined, value: string): boolean {
  return value.charCodeAt(0) !== 0 && to.ascii(first, second, value)
}

function writeNumber(to: OctetWriter, value: number): void {
  if (value >= -(2 ** 53) && value <= 2 ** 53 && Math.floor(value) === value && !Object.is(value, -0)) {
    if (value < 0) head(to, negative, -1 - value)
    else head(to, positive, value)
  } else if (Number.isFinite(value)) to.float64(0xfb, value)
  else throw unsendable
}

function writeLarge(to: OctetWriter, value: bigint): void {
  if (!isSendableInteger(value)) throw unsendable
  const major = value < 0n ? negative : positive
  const argument = value < 0n ? -1n - value : value
  if (argument <= 2n ** 53n) head(to, major, Number(argument))
  else to.head64(major | 27, argument)
}

/** Writes the head of a value: its kind, and a number in the fewest octets. */
function head(to: OctetWriter, major: number, argument: number): void {
  if (argument < 24) to.uint8(major | argument)
  else if (argument < 2 ** 8) to.head8(major | 24, argument)
  else if (argument < 2 ** 16) to.head16(major | 25, argument)
  else if (argument < 2 ** 32) to.head32(major | 26, argument)
  else to.head64(major | 27, argument)
}

/** The kinds of values, in the first three bits of a head. */
const positive = 0x00
const negative = 0x20
const binary = 0x40
const text = 0x60
const list = 0x80
const dictionary = 0xa0
