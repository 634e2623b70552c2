import { payloadFiles } from '../payloads/payload-files.ts'
import type { Case } from './case.ts'
import { compressedMessages } from './compressed-messages.ts'

/** The offer of browsers: it asks nothing of the server, which may choose a window for the client. */
const browserOffer = { offers: [{ noContextTakeover: false, maxWindowBits: 0, takesAnyWindow: true }] }

/** Compression of different files, with the default parameters. */
export const group12: readonly Case[] = [
  ...compressedMessages('12.1', payloadFiles.json, '', browserOffer),
  ...compressedMessages('12.2', payloadFiles.bitmap, '', browserOffer),
  ...compressedMessages('12.3', payloadFiles.prose, '', browserOffer),
  ...compressedMessages('12.4', payloadFiles.html, '', browserOffer),
  ...compressedMessages('12.5', payloadFiles.pdf, '', browserOffer),
]
