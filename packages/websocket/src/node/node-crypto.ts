import * as cryptography from 'node:crypto'
import type { Crypto } from '../bytes/crypto.ts'
import type { Octets } from '../bytes/octets.ts'

/** Cryptography as Node has it. Random octets come from a pool, because a mask needs four at a time. */
export const nodeCrypto: Crypto = { sha1: oneShot() ?? streamed, fillRandom }

/** `crypto.hash` is half the time of `createHash`; not every runtime that stands in for Node has it. */
function oneShot(): ((octets: Octets) => Octets) | undefined {
  if (typeof cryptography.hash !== 'function') return undefined
  return octets => cryptography.hash('sha1', octets, 'buffer')
}

function streamed(octets: Octets): Octets {
  return cryptography.createHash('sha1').update(octets).digest()
}

function fillRandom(target: Octets): void {
  const length = target.length
  if (length > largestFromPool) {
    cryptography.randomFillSync(target)
    return
  }
  if (used + length > poolSize) refill()
  // Octet by octet: for a mask of four this is faster than `set` with a view.
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
