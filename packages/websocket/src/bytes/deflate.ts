import type { Awaitable } from './awaitable.ts'
import type { Emit, Octets } from './octets.ts'

/**
 * The port to raw DEFLATE (RFC 1951) as RFC 7692 uses it: streams that are flushed and never finished.
 *
 * A method that finishes within the turn returns nothing. A promise means that the work continues, because it is large or because the
 * runtime does it elsewhere; until it settles only `close` may be called. Octets passed in are lent until the call returns: an
 * implementation that continues in a promise copies those it still needs.
 */
export interface Deflate {
  compressor(settings: CompressorSettings): Compressor
  /** `windowBits`: 8 to 15, as negotiated. `dictionary`: the content of the window at first and after each reset; empty by default. */
  decompressor(windowBits: number, dictionary?: Octets): Decompressor
}

export interface CompressorSettings {
  /** The size of the window, 9 to 15: zlib turns 8 into 9 for raw streams, which a window of 8 bits could not read. */
  readonly windowBits: number
  /** The compression level, 0 to 9. */
  readonly level: number
  /** The memory level, 1 to 9. */
  readonly memLevel: number
}

export interface Compressor {
  write(octets: Octets, emit: Emit): Awaitable<void>
  /**
   * Emits everything that was written, so that a reader has all of it; the output ends with 00 00 ff ff. Emits nothing where nothing was
   * written since the last flush.
   */
  flush(emit: Emit): Awaitable<void>
  /** Empties the window, as for a new stream. */
  reset(): void
  /** Frees its memory. May be called at any time and more than once; work in progress ends, and its promise settles. */
  close(): void
}

export interface Decompressor {
  /** Decompresses. Throws or rejects with `CorruptData`; errors of `emit` pass through. After either only `close` may be called. */
  write(octets: Octets, emit: Emit): Awaitable<void>
  /**
   * Ends a message, RFC 7692 §7.2.2: appends 00 00 ff ff. Throws `CorruptData` where that is not the end of a block.
   *
   * Appends nothing where the peer has not removed these octets, and where the last block is marked as final and lacks the octet 00 that
   * §7.2.3.4 demands after it.
   */
  endMessage(emit: Emit): Awaitable<void>
  reset(): void
  close(): void
}

/** The error for octets that are not DEFLATE data, or not up to their end. */
export class CorruptData extends Error {
  override readonly name: string = 'CorruptData'
}
