import { isUtf8 } from 'node:buffer'
import { markAsUntransferable } from 'node:worker_threads'
import type { Octets } from '../../bytes/octets.ts'
import { mostPerUnit, type Text, webText } from '../../bytes/text.ts'
import { fastPathsAreOn } from './fast-paths.ts'

const { utf8Write, utf8Slice } = (fastPathsAreOn ? Buffer.prototype : {}) as Partial<BufferMethods>
const decode: Text['decode'] =
  utf8Slice === undefined ? webText.decode : (octets, start = 0, end = octets.length) => utf8Slice.call(octets, start, end)

/**
 * UTF-8 in the fastest way of Node.
 *
 * `Buffer` has undocumented methods that write and read a part of any array without a view of that part. For about 100 letters writing
 * takes two thirds of the time of the web-standard class, and reading half, since making the view costs as much as decoding the letters.
 */
export const nodeText: Text = {
  encode: text => (text.length > mostPooled ? encodedAlone(text) : encodedInPool(text)),
  encodeInto: utf8Write === undefined ? webText.encodeInto : (text, target, at) => utf8Write.call(target, text, at, target.length - at),
  decode,
  decodeValid: (octets, start, end) => {
    const text = decode(octets, start, end)
    // invalid octets were replaced by U+FFFD; searching the text for one, which few texts have, is faster than validating the octets
    return text.includes('\ufffd') && !isUtf8(octets.subarray(start, end)) ? undefined : text
  },
  isValid: isUtf8,
}

/**
 * Encodes directly into a pool, and cuts the result to its length. This takes half to two thirds of the time of `Buffer.from`, which asks
 * for the length first and returns a `Buffer` that then needs a plain view.
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

/**
 * Makes a pool that cannot be transferred: transferring one text would detach all texts in it. Each text is a view of its own octets, all
 * of which were written.
 */
function newPool(): Buffer<ArrayBuffer> {
  const fresh = Buffer.allocUnsafeSlow(poolSize)
  markAsUntransferable(fresh.buffer)
  return fresh
}

const poolSize = 16 * 1024

/** The number of letters from which a text is encoded alone: a quarter of a pool could be left over. */
const mostPooled = 1024

let pool = newPool()
// reading `buffer` of a typed array is a call into the engine
let memory = pool.buffer
let used = 0

interface BufferMethods {
  utf8Write(this: Octets, text: string, at: number, most: number): number
  utf8Slice(this: Octets, start: number, end: number): string
}
