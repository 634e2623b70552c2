import { isUtf8 } from 'node:buffer'
import { markAsUntransferable } from 'node:worker_threads'
import type { Octets } from '../../bytes/octets.ts'
import { mostPerUnit, type Text, webText } from '../../bytes/text.ts'
import { fastPathsAreOn } from './fast-paths.ts'

const { utf8Write, utf8Slice } = (fastPathsAreOn ? Buffer.prototype : {}) as Partial<BufferMethods>
const decode: Text['decode'] =
  utf8Slice === undefined ? webText.decode : (octets, start = 0, end = octets.length) => utf8Slice.call(octets, start, end)

/**
 * UTF-8 as Node does it fastest.
 *
 * `Buffer` has methods that its documentation does not name and that write and read a part of any array, without a view of that part: for about
 * 100 letters writing takes two thirds of the time of the web-standard class, and reading half, since the view costs as much as the letters.
 */
export const nodeText: Text = {
  encode: text => (text.length > mostPooled ? encodedAlone(text) : encodedInPool(text)),
  encodeInto: utf8Write === undefined ? webText.encodeInto : (text, target, at) => utf8Write.call(target, text, at, target.length - at),
  decode,
  decodeValid: (octets, start, end) => {
    const text = decode(octets, start, end)
    // whatever is not valid was replaced by U+FFFD; whether a text has one, which few have, is known sooner than whether octets are valid
    return text.includes('\ufffd') && !isUtf8(octets.subarray(start, end)) ? undefined : text
  },
  isValid: isUtf8,
}

/**
 * Written at once to where it stays, and cut to what was written: of `Buffer.from` a third to a half of the time, since that asks for the
 * length first and is then turned into a plain view, because `slice` of a `Buffer` does not copy.
 */
function encodedInPool(text: string): Octets {
  if (used + mostPerUnit * text.length > poolSize) renew()
  const length = pool.write(text, used)
  const octets = new Uint8Array(memory, used, length)
  used += length
  return octets
}

function encodedAlone(text: string): Octets {
  const octets = Buffer.from(text)
  return new Uint8Array(octets.buffer, octets.byteOffset, octets.byteLength)
}

function renew(): void {
  pool = newPool()
  memory = pool.buffer
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

let pool = newPool()
// asking a typed array for its buffer is a call into the engine
let memory = pool.buffer
let used = 0

interface BufferMethods {
  utf8Write(this: Octets, text: string, at: number, most: number): number
  utf8Slice(this: Octets, start: number, end: number): string
}
