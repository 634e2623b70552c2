import { isUtf8 } from 'node:buffer'
import { markAsUntransferable } from 'node:worker_threads'
import type { Octets } from '../bytes/octets.ts'
import { type Text, webText } from '../bytes/text.ts'

/**
 * UTF-8 as Node does it fastest.
 *
 * Decoding is the web-standard class: on Node 20 `latin1Slice` behind `isAscii` was no faster for 20 to 130 letters, and `Buffer.from` with
 * `toString` half as fast.
 */
export const nodeText: Text = {
  encode: text => (text.length > mostPooled ? encodedAlone(text) : encodedInPool(text)),
  decode: webText.decode,
  isValid: isUtf8,
}

/**
 * Written at once to where it stays, and cut to what was written: of `Buffer.from` a third to a half of the time, since that asks for the
 * length first and is then turned into a plain view, because `slice` of a `Buffer` does not copy.
 */
function encodedInPool(text: string): Octets {
  if (used + mostPerLetter * text.length > poolSize) renew()
  const length = pool.write(text, used)
  const octets = new Uint8Array(pool.buffer, used, length)
  used += length
  return octets
}

function encodedAlone(text: string): Octets {
  const octets = Buffer.from(text)
  return new Uint8Array(octets.buffer, octets.byteOffset, octets.byteLength)
}

function renew(): void {
  pool = newPool()
  used = 0
}

/** Guarded: whoever transferred one text's memory would take the neighbours along. Each text sees its own octets, and all of them were written. */
function newPool(): Buffer<ArrayBuffer> {
  const fresh = Buffer.allocUnsafeSlow(poolSize)
  markAsUntransferable(fresh.buffer)
  return fresh
}

const poolSize = 16 * 1024

/** Letters; from here on a quarter of a pool could be left over. */
const mostPooled = 1024

/** UTF-8 has at most three octets for a UTF-16 unit. */
const mostPerLetter = 3

let pool = newPool()
let used = 0
