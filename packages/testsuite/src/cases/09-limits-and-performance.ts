import type { Case, RoundTrips } from './case.ts'
import { repeated } from './payload.ts'
import { came, cleanClose, close, ok } from './words.ts'

const KiB = 1024
const MiB = 1024 * KiB
/** The time limit in seconds. A slow testee is not wrong, but one that hangs has to end. */
const secondsPerCase = 100

/**
 * The loads of each pair of subgroups, one for text and one for binary: size of the messages in octets, their number, and the way they are
 * sent.
 */
const subgroups: readonly (readonly Figures[])[] = [
  // 9.1, 9.2: sizes
  [64 * KiB, 256 * KiB, 1 * MiB, 4 * MiB, 8 * MiB, 16 * MiB].map(size => ({ size })),
  // 9.3, 9.4: fragments
  [64, 256, 1 * KiB, 4 * KiB, 16 * KiB, 64 * KiB, 256 * KiB, 1 * MiB, 4 * MiB].map(fragmentSize => ({ size: 4 * MiB, fragmentSize })),
  // 9.5, 9.6: chops
  [64, 128, 256, 512, 1024, 2048].map(cut => ({ size: 1 * MiB, cut })),
  // 9.7, 9.8: round trips
  [0, 16, 64, 256, 1024, 4096].map(size => ({ size, count: 1000 })),
]

interface Figures {
  readonly size: number
  readonly count?: number
  readonly fragmentSize?: number
  readonly cut?: number
}

/** Limits and performance: large messages, many fragments, small chops, many messages. Times are measured; each case runs alone. */
export const group9: readonly Case[] = subgroups.flatMap((figures, nth) =>
  (['text', 'binary'] as const).flatMap((kind, isBinary) =>
    figures.map((each, n) => measured(`9.${2 * nth + isBinary + 1}.${n + 1}`, kind, each)),
  ),
)

function measured(id: string, kind: 'text' | 'binary', { size, count = 1, fragmentSize, cut }: Figures): Case {
  const payload = repeated(kind === 'text' ? 'BAsd7&jh23' : Uint8Array.of(0x00, 0xfe, 0x7f, 0xc3), size)
  const how = fragmentSize !== undefined ? ` in frames of ${octets(fragmentSize)}` : cut !== undefined ? `, ${octets(cut)} at a time` : ''
  const step: RoundTrips = {
    step: 'roundTrips',
    count,
    kind,
    message: () => payload,
    seconds: secondsPerCase,
    ...(fragmentSize !== undefined && { fragmentSize }),
    ...(cut !== undefined && { cut }),
  }
  return {
    id,
    title:
      count === 1
        ? `Sends a ${kind} message of ${octets(size)}${how}.`
        : `Sends ${count} ${kind} messages of ${octets(size)}, each after the echo of the one before.`,
    expectation: `${count === 1 ? 'The same message comes' : 'The same messages come'} back; the time is measured.`,
    section: fragmentSize === undefined ? 'RFC 6455 §5.6' : 'RFC 6455 §5.4',
    steps: [step, close()],
    accepted: [ok(came.roundTrips(count))],
    close: cleanClose,
    alone: true,
    seconds: secondsPerCase,
  }
}

function octets(count: number): string {
  if (count >= MiB && count % MiB === 0) return `${count / MiB} MiB`
  return count >= KiB && count % KiB === 0 ? `${count / KiB} KiB` : `${count} octets`
}
