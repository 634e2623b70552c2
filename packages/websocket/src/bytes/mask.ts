import type { Octets } from './octets.ts'

/**
 * Masks or unmasks in place, RFC 6455 §5.3: octet `i` of the payload is combined with octet `i mod 4` of the key.
 *
 * `key` holds the four octets of the key, the first one highest; `phase` is the position of `start` in the payload. Below `wordsFrom`
 * octets a plain loop is faster than making a view of words.
 */
export function applyMask(octets: Octets, start: number, end: number, key: number, phase: number): void {
  if (key === 0) return
  const turned = turn(key, phase)
  if (end - start < wordsFrom) maskOctets(octets, start, end, turned)
  else maskWords(octets, start, end, turned)
}

/** Returns the key rotated for a position in the payload. */
function turn(key: number, phase: number): number {
  const bits = (phase & 3) << 3
  return bits === 0 ? key : (key << bits) | (key >>> (32 - bits))
}

function maskOctets(octets: Octets, start: number, end: number, key: number): void {
  const first = key >>> 24
  const second = (key >>> 16) & 0xff
  const third = (key >>> 8) & 0xff
  const fourth = key & 0xff
  let at = start
  for (; at + 3 < end; at += 4) {
    octets[at]! ^= first
    octets[at + 1]! ^= second
    octets[at + 2]! ^= third
    octets[at + 3]! ^= fourth
  }
  if (at < end) octets[at]! ^= first
  if (at + 1 < end) octets[at + 1]! ^= second
  if (at + 2 < end) octets[at + 2]! ^= third
}

function maskWords(octets: Octets, start: number, end: number, key: number): void {
  const head = start + (-(octets.byteOffset + start) & 3)
  maskOctets(octets, start, head, key)
  const turned = turn(key, head - start)
  const words = new Int32Array(octets.buffer, octets.byteOffset + head, (end - head) >>> 2)
  const word = inMemoryOrder(turned)
  const unrolled = words.length & ~7
  let at = 0
  for (; at < unrolled; at += 8) {
    words[at]! ^= word
    words[at + 1]! ^= word
    words[at + 2]! ^= word
    words[at + 3]! ^= word
    words[at + 4]! ^= word
    words[at + 5]! ^= word
    words[at + 6]! ^= word
    words[at + 7]! ^= word
  }
  for (; at < words.length; at++) words[at]! ^= word
  maskOctets(octets, head + (words.length << 2), end, turned)
}

function inMemoryOrder(key: number): number {
  view.setInt32(0, key)
  return native[0]!
}

const native = new Int32Array(1)
const view = new DataView(native.buffer)

/** The number of octets from which masking by words is faster: on Node 20 the two loops are equal between 96 and 128. */
const wordsFrom = 112
