import type { Awaitable } from './awaitable.ts'
import type { Emit, Octets } from './octets.ts'

/**
 * The port to raw DEFLATE (RFC 1951) as RFC 7692 uses it: streams that are flushed and never finished.
 *
 * What is done within the turn returns nothing. A promise means that the work goes on, because it is large or because the runtime does it
 * elsewhere; until it settles nothing but `close` may be called. Octets given are lent until the call returns: who goes on in a promise
 * copies what is still needed of them.
 */
export interface Deflate {
  compressor(settings: CompressorSettings): Compressor
  /** `windowBits`: 8 to 15, as negotiated. `dictionary`: what the window contains at first, and after each reset; nothing by default. */
  decompressor(windowBits: number, dictionary?: Octets): Decompressor
}

export interface CompressorSettings {
  /** 9 to 15: zlib makes 9 of 8 for raw streams, which a window of 8 bits could not read. */
  readonly windowBits: number
  /** 0 to 9. */
  readonly level: number
  /** 1 to 9. */
  readonly memLevel: number
}

export interface Compressor {
  write(octets: Octets, emit: Emit): Awaitable<void>
  /** Gives out everything written, so that a reader has it all; ends with 00 00 ff ff. Nothing where nothing was written since the last. */
  flush(emit: Emit): Awaitable<void>
  /** Forgets what was written before. */
  reset(): void
  /** Gives its memory back. May be called at any time and more than once; work under way ends, its promise settles. */
  close(): void
}

export interface Decompressor {
  /** Rejects and throws `CorruptData`; what `emit` throws goes through. After either nothing but `close` may be called. */
  write(octets: Octets, emit: Emit): Awaitable<void>
  /**
   * Ends a message, RFC 7692 §7.2.2: appends 00 00 ff ff. Throws `CorruptData` where that is not the end of a block.
   *
   * Nothing is appended where the peer has not removed these octets, and where its last block says that no other follows and the octet 00
   * is missing that §7.2.3.4 wants after it.
   */
  endMessage(emit: Emit): Awaitable<void>
  reset(): void
  close(): void
}

/** Octets that are no DEFLATE data, or not to their end. */
export class CorruptData extends Error {
  override readonly name: string = 'CorruptData'
}
