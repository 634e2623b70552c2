import type { Case } from './case.ts'
import { repeated } from './payload.ts'
import { answers, came, cleanClose, close, fragmented, ok, send } from './words.ts'

const payload = repeated('*', 65_536)

/** Automatic fragmentation. */
export const group10: readonly Case[] = [
  {
    id: '10.1.1',
    title: 'Sends a text message of 65,536 octets in frames of 1,300: 50 full ones and one of 536.',
    expectation: 'The message comes back, in one frame or in many.',
    section: 'RFC 6455 §5.4',
    steps: [send(fragmented('text', payload, 1300)), answers(), close()],
    accepted: [ok(came.text(payload))],
    close: cleanClose,
  },
]
