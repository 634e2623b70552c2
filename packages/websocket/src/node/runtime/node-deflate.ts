import type { Deflate } from '../../bytes/deflate.ts'
import { fastPathsAreOn } from './fast-paths.ts'
import { streamDeflate } from './stream-deflate.ts'
import { makeSyncDeflate } from './sync-deflate.ts'

/** The DEFLATE of this runtime; the way is chosen when it is first needed. */
export const nodeDeflate: Deflate = {
  compressor: settings => chosen().compressor(settings),
  decompressor: (windowBits, dictionary) => chosen().decompressor(windowBits, dictionary),
}

/** Tells whether messages are compressed at once, on the handle below a zlib stream, which is a fast path. */
export function deflatesAtOnce(): boolean {
  return chosen() !== streamDeflate
}

function chosen(): Deflate {
  choice ??= (fastPathsAreOn ? makeSyncDeflate() : undefined) ?? streamDeflate
  return choice
}

let choice: Deflate | undefined
