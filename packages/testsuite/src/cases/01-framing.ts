import type { Case, Cut } from './case.ts'
import { repeated } from './payload.ts'
import { answers, binary, came, cleanClose, close, ok, send, text } from './words.ts'

/** The sizes of the messages. 125 is the largest length of 7 bits, 65,535 the largest of 16. */
const sizes: readonly { readonly size: number; readonly cut: Cut }[] = [
  { size: 0, cut: 'whole' },
  { size: 125, cut: 'whole' },
  { size: 126, cut: 'whole' },
  { size: 127, cut: 'whole' },
  { size: 128, cut: 'whole' },
  { size: 65_535, cut: 'whole' },
  { size: 65_536, cut: 'whole' },
  { size: 65_536, cut: 997 },
]

/** Framing: text and binary messages in every form of the payload length. */
export const group1: readonly Case[] = (['text', 'binary'] as const).flatMap((kind, nth) =>
  sizes.map(({ size, cut }, n): Case => {
    const payload = repeated(kind === 'text' ? '*' : Uint8Array.of(0xfe), size)
    return {
      id: `1.${nth + 1}.${n + 1}`,
      title: `Sends a ${kind} message of ${size} octets${typeof cut === 'number' ? `, ${cut} octets at a time` : ''}.`,
      expectation: 'The same message comes back.',
      section: 'RFC 6455 §5.2, §5.6',
      steps: [send(kind === 'text' ? text(payload) : binary(payload), cut), answers(), close()],
      accepted: [ok(came[kind](payload))],
      close: cleanClose,
    }
  }),
)
