import * as cryptography from 'node:crypto'
import type { Crypto } from '../../bytes/crypto.ts'
import type { Octets } from '../../bytes/octets.ts'

/** The cryptography of Node. Random octets come from a pool, because a mask needs four at a time. */
export const nodeCrypto: Crypto = {
  sha1: octets => cryptography.createHash('sha1').update(octets).digest(),
  fillRandom,
  // 0.3 µs in place of 1.0 by way of octets; missing in some runtimes that stand in for Node
  ...(typeof cryptography.hash === 'function' && { sha1Base64: (text: string) => cryptography.hash('sha1', text, 'base64') }),
}

function fillRandom(target: Octets): void {
  const length = target.length
  if (length > largestFromPool) {
    cryptography.randomFillSync(target)
    return
  }
  if (used + length > poolSize) refill()
  // octet by octet, which for a mask of four is faster than `set` with a view
  for (let i = 0; i < length; i++) target[i] = pool[used + i]!
  used += length
}

function refill(): void {
  cryptography.randomFillSync(pool)
  used = 0
}

const poolSize = 8 * 1024
const largestFromPool = 256
const pool = new Uint8Array(poolSize)
let used = poolSize
