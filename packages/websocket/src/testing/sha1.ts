import type { Octets } from '../bytes/octets.ts'

/**
 * Computes SHA-1 in plain TypeScript, RFC 3174, for the testing runtime only.
 *
 * Real runtimes have their own, several times faster. A test that must run anywhere cannot rely on it: in a browser `crypto.subtle` is
 * asynchronous and needs a secure page.
 */
export function sha1(octets: Octets): Octets {
  const hash = Uint32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0)
  const message = padded(octets)
  for (let at = 0; at < message.byteLength; at += blockSize) addBlock(hash, new DataView(message.buffer, at, blockSize))
  const digest = new DataView(new ArrayBuffer(20))
  for (const [i, word] of hash.entries()) digest.setUint32(4 * i, word)
  return new Uint8Array(digest.buffer)
}

/** Pads the octets, RFC 3174 §4: one bit, zeros, and the length in bits as 64 bits. */
function padded(octets: Octets): Uint8Array<ArrayBuffer> {
  const message = new Uint8Array(Math.ceil((octets.length + 9) / blockSize) * blockSize)
  message.set(octets)
  message[octets.length] = 0x80
  new DataView(message.buffer).setBigUint64(message.length - 8, BigInt(octets.length) * 8n)
  return message
}

/** Processes a block, RFC 3174 §6.1. */
function addBlock(hash: Uint32Array, block: DataView): void {
  const words = expanded(block)
  let [a, b, c, d, e] = hash as unknown as [number, number, number, number, number]
  for (let t = 0; t < rounds; t++) {
    const word = (rotated(a, 5) + mixed(t, b, c, d) + e + words[t]! + constants[Math.floor(t / 20)]!) >>> 0
    e = d
    d = c
    c = rotated(b, 30)
    b = a
    a = word
  }
  for (const [i, word] of [a, b, c, d, e].entries()) hash[i] = hash[i]! + word
}

function expanded(block: DataView): Uint32Array {
  const words = new Uint32Array(rounds)
  for (let t = 0; t < 16; t++) words[t] = block.getUint32(4 * t)
  for (let t = 16; t < rounds; t++) words[t] = rotated(words[t - 3]! ^ words[t - 8]! ^ words[t - 14]! ^ words[t - 16]!, 1)
  return words
}

function mixed(t: number, b: number, c: number, d: number): number {
  if (t < 20) return (b & c) | (~b & d)
  if (t < 40 || t >= 60) return b ^ c ^ d
  return (b & c) | (b & d) | (c & d)
}

function rotated(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits))
}

const blockSize = 64
const rounds = 80
const constants: readonly number[] = [0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6]
