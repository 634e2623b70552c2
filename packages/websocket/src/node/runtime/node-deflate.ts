import type { Deflate } from '../../bytes/deflate.ts'
import { fastPathsAreOn } from './fast-paths.ts'
import { streamDeflate } from './stream-deflate.ts'
import { makeSyncDeflate } from './sync-deflate.ts'

/** DEFLATE as this runtime can do it, looked for when it is first needed. */
export const nodeDeflate: Deflate = {
  compressor: settings => chosen().compressor(settings),
  decompressor: (windowBits, dictionary) => chosen().decompressor(windowBits, dictionary),
}

/** Whether messages are compressed at once, on the handle below a zlib stream: a fast path. */
export function deflatesAtOnce(): boolean {
  return chosen() !== streamDeflate
}

function chosen(): Deflate {
  choice ??= (fastPathsAreOn ? makeSyncDeflate() : undefined) ?? streamDeflate
  return choice
}

let choice: Deflate | undefined
