import type { Awaitable } from './awaitable.ts'

/** Octets as the whole library sees them: a plain `Uint8Array`, so that no runtime's own buffer class leaks in. */
export type Octets = Uint8Array

/**
 * Octets that an application is given: they lie in an `ArrayBuffer`, so the platform's APIs take them (`new Blob([…])`, `crypto.subtle.digest`).
 *
 * Since TypeScript 5.7 `Uint8Array` has a parameter for that, and older versions know none: what `Uint8Array.of` returns is right in each.
 */
export type ReceivedOctets = ReturnType<typeof Uint8Array.of>

/**
 * Takes octets that are lent: they are valid until it returns.
 *
 * Where it returns a promise, its caller should emit nothing more until that settles: the octets go on to a reader that is slow. A caller
 * that cannot wait may go on; what it emits is then kept in memory.
 */
export type Emit = (octets: Octets) => Awaitable<void>

/** Makes an array of a size. */
export type Allocate = (size: number) => ReceivedOctets

export const allocateZeroed: Allocate = size => new Uint8Array(size)

/** For within: an application that is given it for good may transfer its memory, and nobody could read it any more. */
export const noOctets: ReceivedOctets = new Uint8Array(0)

/** A copy of a part. Not by `slice`: a runtime's buffer class may give a view there. */
export function copyOf(octets: Octets, start: number, end: number): ReceivedOctets {
  const copy = new Uint8Array(end - start)
  if (end - start > 64) copy.set(octets.subarray(start, end))
  else for (let at = 0; at < copy.length; at++) copy[at] = octets[start + at]!
  return copy
}

/**
 * All pieces as one.
 *
 * Blocks of zeros are not written to memory that is zero already: the system gives a page its memory when it is first written to, so a
 * message of zeros, as decompression bombs are, takes next to none.
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

/** Looks at the ends first: most blocks that have anything else have it there. */
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
