import { OctetReader } from './octet-reader.ts'
import { put } from './put.ts'

/** Builds a value from MessagePack that `MsgpackScanner` has accepted, at an index. A text is probably a URI, which occurs again. */
export function buildMsgpack(octets: Uint8Array, at: number): unknown {
  reader.begin(octets, at)
  const value = isText(octets[at]!) ? reader.knownText(textLength(reader)) : build(reader)
  reader.end()
  return value
}

/** Builds the values that follow each other from one index to another. */
export function buildAllMsgpack(octets: Uint8Array, start: number, end: number): unknown[] {
  reader.begin(octets, start)
  const values: unknown[] = []
  while (reader.at < end) values.push(build(reader))
  reader.end()
  return values
}

function build(from: OctetReader): unknown {
  const head = from.uint8()
  if (head < 0x80) return head
  if (head < 0x90) return map(from, head & 0x0f)
  if (head < 0xa0) return list(from, head & 0x0f)
  if (head < 0xc0) return from.text(head & 0x1f)
  if (head >= 0xe0) return head - 0x100
  return typed(from, head)
}

function typed(from: OctetReader, head: number): unknown {
  switch (head) {
    case 0xc2:
      return false
    case 0xc3:
      return true
    case 0xc4:
      return from.binary(from.uint8())
    case 0xc5:
      return from.binary(from.uint16())
    case 0xc6:
      return from.binary(from.uint32())
    case 0xca:
      return from.float32()
    case 0xcb:
      return from.float64()
    case 0xcc:
      return from.uint8()
    case 0xcd:
      return from.uint16()
    case 0xce:
      return from.uint32()
    case 0xcf:
      return from.uint64()
    case 0xd0:
      return (from.uint8() << 24) >> 24
    case 0xd1:
      return (from.uint16() << 16) >> 16
    case 0xd2:
      return from.uint32() | 0
    case 0xd3:
      return from.int64()
    case 0xd9:
      return from.text(from.uint8())
    case 0xda:
      return from.text(from.uint16())
    case 0xdb:
      return from.text(from.uint32())
    case 0xdc:
      return list(from, from.uint16())
    case 0xdd:
      return list(from, from.uint32())
    case 0xde:
      return map(from, from.uint16())
    case 0xdf:
      return map(from, from.uint32())
    case 0xd4: // `undefined` of msgpackr
      from.at += 2
      return undefined
    default:
      return null
  }
}

function list(from: OctetReader, count: number): unknown[] {
  const items: unknown[] = []
  for (let n = 0; n < count; n++) items.push(item(from))
  return items
}

/** Builds an item of a list, in which `undefined` is null, as in JSON; in maps it is left out. */
function item(from: OctetReader): unknown {
  const value = build(from)
  return value === undefined ? null : value
}

function map(from: OctetReader, count: number): Record<string, unknown> {
  const dict: Record<string, unknown> = {}
  for (let n = 0; n < count; n++) {
    const key = from.knownText(textLength(from))
    const value = build(from)
    if (value !== undefined) put(dict, key, value)
  }
  return dict
}

function isText(head: number): boolean {
  return (head >= 0xa0 && head < 0xc0) || (head >= 0xd9 && head <= 0xdb)
}

/** Reads the head of a text, and returns its length. */
function textLength(from: OctetReader): number {
  const head = from.uint8()
  if (head < 0xc0) return head & 0x1f
  if (head === 0xd9) return from.uint8()
  return head === 0xda ? from.uint16() : from.uint32()
}

/** One reader serves all: it is not in use between two calls. */
const reader: OctetReader = /* @__PURE__ */ new OctetReader()
