import type { CompressionRecord } from './case-record.ts'
import { limitReached, type Verdicts } from './judge.ts'

/** What is worth knowing of a testee beside the verdicts, in sentences: nothing here is a fault. */
export function remarksOn({ limit }: Verdicts, compression: CompressionRecord | undefined): string[] {
  return [...(limit === undefined ? [] : [limitReached(limit)]), ...(compression === undefined ? [] : onCompression(compression))]
}

/** To send messages as they are is allowed (RFC 7692 §6), and so is to drop a context; who pays for compression wants to know. */
function onCompression({ messages, compressedMessages, keepsContext, context, farthest, inflatedOctets }: CompressionRecord): string[] {
  if (messages === 0) return []
  if (compressedMessages === 0) return [`None of ${messages} messages came back compressed, though permessage-deflate was agreed on.`]
  const remarks = compressedMessages < messages ? [`${compressedMessages} of ${messages} messages came back compressed.`] : []
  if (keepsContext && context === 'dropped') remarks.push('The testee may keep its context from message to message, and never used it.')
  if (farthest === 0 && inflatedOctets >= messages * 1024)
    remarks.push('No message points back at all: the testee codes octets and finds no repetition.')
  return remarks
}
