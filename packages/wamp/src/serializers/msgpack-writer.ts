import { isPlain } from '../messages/is-plain.ts'
import { unsendable } from './misuse.ts'
import { type OctetWriter, sendableLength } from './octet-writer.ts'
import { binaryOf, isSendableInteger, maxSentDepth } from './sendable.ts'
import type { ValueWriter } from './write-octets.ts'

/** Writes values as MessagePack, each in its shortest form; integers as such, also above 2^32. */
export const msgpackWriter: ValueWriter = {
  name: 'msgpack',
  list: (to, count) => head(to, count, 0x90, 15, 0xdc),
  id: integer,
  value: (to, value) => write(to, value, 1),
}

function write(to: OctetWriter, value: unknown, depth: number): void {
  switch (typeof value) {
    case 'string':
      return text(to, value)
    case 'number':
      return number(to, value)
    case 'boolean':
      return to.uint8(value ? 0xc3 : 0xc2)
    case 'undefined':
      return to.uint8(0xc0)
    case 'bigint':
      return large(to, value)
    case 'object':
      return value === null ? to.uint8(0xc0) : object(to, value, depth)
    default:
      throw unsendable
  }
}

function object(to: OctetWriter, value: object, depth: number): void {
  if (depth > maxSentDepth) throw unsendable
  if (Array.isArray(value)) return list(to, value, depth)
  if (isPlain(value)) return map(to, value, depth)
  const octets = binaryOf(value)
  if (octets === undefined) throw unsendable
  const { length } = octets
  if (length < 2 ** 8) to.head8(0xc4, length)
  else if (length < 2 ** 16) to.head16(0xc5, length)
  else to.head32(0xc6, length)
  to.raw(octets, 0, length)
}

function list(to: OctetWriter, items: readonly unknown[], depth: number): void {
  head(to, items.length, 0x90, 15, 0xdc)
  for (let n = 0; n < items.length; n++) write(to, items[n], depth + 1)
}

function map(to: OctetWriter, dict: Readonly<Record<string, unknown>>, depth: number): void {
  const keys = Object.keys(dict)
  const start = to.length
  head(to, keys.length, 0x80, 15, 0xde)
  let count = 0
  for (const key of keys) {
    const value = dict[key]
    if (value === undefined) continue
    count++
    text(to, key)
    write(to, value, depth + 1)
  }
  if (count < keys.length) to.recount(start, keys.length <= 15 ? 0x80 | count : undefined, keys.length < 2 ** 16 ? 2 : 4, count)
}

/** Writes the head of a list or a map: within one octet up to `most`, or with a length of 16 or 32 bits. */
function head(to: OctetWriter, count: number, small: number, most: number, head16: number): void {
  if (count <= most) to.uint8(small | count)
  else if (count < 2 ** 16) to.head16(head16, count)
  else to.head32(head16 + 1, count)
}

function text(to: OctetWriter, value: string): void {
  const { length: units } = value
  if (units < 32 ? isAscii(to, 0xa0 | units, undefined, value) : units < 192 && isAscii(to, 0xd9, units, value)) return
  const length = sendableLength(value)
  if (length < 32) to.uint8(0xa0 | length)
  else if (length < 2 ** 8) to.head8(0xd9, length)
  else if (length < 2 ** 16) to.head16(0xda, length)
  else to.head32(0xdb, length)
  to.text(value, length)
}

/** Writes a text that is short and ASCII, which most are, and returns whether it was. */
function isAscii(to: OctetWriter, head: number, second: number | undefined, value: string): boolean {
  return value.charCodeAt(0) !== 0 && to.ascii(head, second, value)
}

function number(to: OctetWriter, value: number): void {
  if (value >= -(2 ** 53) && value <= 2 ** 53 && Math.floor(value) === value && !Object.is(value, -0)) return integer(to, value)
  if (!Number.isFinite(value)) throw unsendable
  to.float64(0xcb, value)
}

function integer(to: OctetWriter, value: number): void {
  if (value < 0) negative(to, value)
  else if (value < 2 ** 7) to.uint8(value)
  else if (value < 2 ** 8) to.head8(0xcc, value)
  else if (value < 2 ** 16) to.head16(0xcd, value)
  else if (value < 2 ** 32) to.head32(0xce, value)
  else to.head64(0xcf, value)
}

function negative(to: OctetWriter, value: number): void {
  if (value >= -(2 ** 5)) to.uint8(value & 0xff)
  else if (value >= -(2 ** 7)) to.head8(0xd0, value)
  else if (value >= -(2 ** 15)) to.head16(0xd1, value)
  else if (value >= -(2 ** 31)) to.head32(0xd2, value)
  else to.head64(0xd3, value)
}

function large(to: OctetWriter, value: bigint): void {
  if (!isSendableInteger(value)) throw unsendable
  if (value >= -(2n ** 53n) && value <= 2n ** 53n) integer(to, Number(value))
  else to.head64(value < 0n ? 0xd3 : 0xcf, value)
}
