import type { CompressionRecord } from './case-record.ts'
import { limitReached, type Verdicts } from './judge.ts'

/** Returns facts about a testee that are worth knowing but not faults, in sentences. */
export function remarksOn({ limit }: Verdicts, compression: CompressionRecord | undefined): string[] {
  return [...(limit === undefined ? [] : [limitReached(limit)]), ...(compression === undefined ? [] : onCompression(compression))]
}

/**
 * Remarks on compression. Sending uncompressed messages is allowed (RFC 7692 §6), and so is dropping a context; those who enable
 * compression want to know.
 */
function onCompression({ messages, compressedMessages, keepsContext, context, farthest, inflatedOctets }: CompressionRecord): string[] {
  if (messages === 0) return []
  if (compressedMessages === 0) return [`None of ${messages} messages came back compressed, though permessage-deflate was agreed on.`]
  const remarks = compressedMessages < messages ? [`${compressedMessages} of ${messages} messages came back compressed.`] : []
  if (keepsContext && context === 'dropped')
    remarks.push('The testee may keep its compression context from message to message, but never used it.')
  if (farthest === 0 && inflatedOctets >= messages * 1024)
    remarks.push('No message refers back to earlier octets: the compressor of the testee finds no repetitions.')
  return remarks
}
