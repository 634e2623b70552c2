import { messageOf, type PayloadFile } from '../payloads/payload-files.ts'
import type { Case, Compression } from './case.ts'
import { came, cleanClose, close, ok } from './words.ts'

const KiB = 1024

/** The eighteen loads of each subgroup of groups 12 and 13: the size of a message in octets, and the size of its frames where it is cut. */
const loads: readonly { readonly size: number; readonly fragmentSize?: number }[] = [
  { size: 16 },
  { size: 64 },
  { size: 256 },
  { size: 1 * KiB },
  { size: 4 * KiB },
  { size: 8 * KiB },
  { size: 16 * KiB },
  { size: 32 * KiB },
  { size: 64 * KiB },
  { size: 128 * KiB },
  { size: 8 * KiB, fragmentSize: 256 },
  { size: 16 * KiB, fragmentSize: 256 },
  { size: 32 * KiB, fragmentSize: 256 },
  { size: 64 * KiB, fragmentSize: 256 },
  { size: 128 * KiB, fragmentSize: 256 },
  { size: 128 * KiB, fragmentSize: 1 * KiB },
  { size: 128 * KiB, fragmentSize: 4 * KiB },
  { size: 128 * KiB, fragmentSize: 32 * KiB },
]

/**
 * Makes the cases of a subgroup: a thousand messages of each load, cut from a file, each sent after the echo of the one before. `agreed`
 * describes the compression for the title.
 */
export function compressedMessages(subgroup: string, file: PayloadFile, agreed: string, compression: Compression): Case[] {
  return loads.map(({ size, fragmentSize }, n) => ({
    id: `${subgroup}.${n + 1}`,
    title: `Sends ${count} compressed messages of ${size} octets from ${file.title}${fragmentSize === undefined ? '' : `, in frames of ${fragmentSize}`}${agreed}.`,
    expectation: 'The same messages come back, compressed within the window that was agreed or as they are.',
    section: 'RFC 7692 §7',
    steps: [
      {
        step: 'roundTrips',
        count,
        kind: file.kind,
        message: nth => messageOf(file, size, nth),
        seconds: secondsPerMessage,
        ...(fragmentSize !== undefined && { fragmentSize }),
      },
      close(),
    ],
    accepted: [ok(came.roundTrips(count))],
    close: cleanClose,
    compression,
    seconds: secondsPerCase,
  }))
}

const count = 1000
const secondsPerMessage = 30
/** The time limit in seconds: enough for a compressor to process 128 MB while seven others run on the same machine. */
const secondsPerCase = 480
