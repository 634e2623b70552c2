import type { Awaitable } from './awaitable.ts'

/** Octets as the whole library uses them: a plain `Uint8Array`, so that no runtime's own buffer class leaks in. */
export type Octets = Uint8Array

/**
 * Octets for an application. They lie in an `ArrayBuffer`, so that the platform's APIs take them (`new Blob([…])`, `crypto.subtle.digest`).
 *
 * Since TypeScript 5.7 `Uint8Array` has a type parameter for that, and older versions have none: the type of `Uint8Array.of` is right in
 * each (decision 55).
 */
export type ReceivedOctets = ReturnType<typeof Uint8Array.of>

/**
 * Receives octets that are lent: they are valid until it returns.
 *
 * Where it returns a promise, the caller should emit nothing more until that settles, because the octets go on to a slow reader. A caller
 * that cannot wait may continue; its further output is kept in memory then.
 */
export type Emit = (octets: Octets) => Awaitable<void>

/** Makes an array of a given size. `isOutgrown`: whether it will be copied into a larger one, and then forgotten. */
export type Allocate = (size: number, isOutgrown?: boolean) => ReceivedOctets

export const allocateZeroed: Allocate = size => new Uint8Array(size)

/** An empty array for internal use. Never pass it to an application, which could transfer its shared buffer. */
export const noOctets: ReceivedOctets = new Uint8Array(0)

/** Returns a copy of a part. `slice` would not do: a runtime's buffer class may return a view. */
export function copyOf(octets: Octets, start: number, end: number): ReceivedOctets {
  const copy = new Uint8Array(end - start)
  if (end - start > 64) copy.set(octets.subarray(start, end))
  else for (let at = 0; at < copy.length; at++) copy[at] = octets[start + at]!
  return copy
}

/**
 * Joins pieces into one array.
 *
 * Blocks of zeros are not written to memory that is zero already. The system provides a page of memory when it is first written to, so a
 * message of zeros, as decompression bombs are, takes almost none.
 */
export function joined<Piece extends Octets>(pieces: readonly Piece[], allocate: Allocate = allocateZeroed): Piece | ReceivedOctets {
  if (pieces.length === 1) return pieces[0]!
  const whole = allocate(lengthOf(pieces))
  let at = 0
  for (const piece of pieces) {
    if (allocate === allocateZeroed && piece.length >= blockSize) setBlocks(whole, piece, at)
    else whole.set(piece, at)
    at += piece.length
  }
  return whole
}

function setBlocks(whole: Octets, piece: Octets, at: number): void {
  for (let from = 0; from < piece.length; from += blockSize) {
    const block = piece.subarray(from, from + blockSize)
    if (!isZero(block)) whole.set(block, at + from)
  }
}

/** Tells whether a block has only zeros. Looks at both ends first, where most other blocks differ. */
function isZero(octets: Octets): boolean {
  if (octets[0] !== 0 || octets[octets.length - 1] !== 0) return false
  const isAligned = octets.byteOffset % 4 === 0 && octets.length % 4 === 0
  const words = isAligned ? new Uint32Array(octets.buffer, octets.byteOffset, octets.length / 4) : octets
  // a loop, because every() takes ten times as long
  for (let at = 0; at < words.length; at++) if (words[at] !== 0) return false
  return true
}

const blockSize = 64 * 1024

export function lengthOf(pieces: readonly Octets[]): number {
  return pieces.reduce((length, piece) => length + piece.length, 0)
}
