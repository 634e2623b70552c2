import { closePayload } from '../wire/close-payload.ts'
import type { Case, Frame, Outcome, Step } from './case.ts'
import { type Payload, pieces, repeated } from './payload.ts'
import { answers, came, cleanClose, close, closeFrame, continuation, limited, ok, ping, pong, reading, send, text } from './words.ts'

/**
 * Hundreds of control frames. A testee need not answer each ping: a pong to the latest is enough where it has not answered those before
 * (RFC 6455 §5.5.3), and better where the other side does not read.
 */
export const group22: readonly Case[] = [
  flood('22.1.1', 'Sends 1,000 empty pings at once.', Array(1000).fill('')),
  flood('22.1.2', 'Sends 1,000 pings of 125 octets at once.', numbered(1000, 125)),
  flood('22.1.3', 'Sends 300 pings, frame by frame.', numbered(300), 'frames'),
  {
    ...flood('22.1.4', 'Sends 5,000 pings of 125 octets and reads nothing meanwhile, then reads.', numbered(5000, 125)),
    steps: [reading(false), send(numbered(5000, 125).map(payload => ping(payload))), reading(true), answers(), close()],
  },
  interleaved('22.2.1', 'Sends a message in two fragments with 100 pings between them.', 2, 100),
  interleaved('22.2.2', 'Sends a message in 100 fragments with a ping after each but the last.', 100, 1),
  interleaved('22.2.3', 'Sends a message in 20 fragments with 50 pings after each but the last.', 20, 50),
  {
    ...echoed(
      '22.2.4',
      'Sends 500 empty fragments with pings between them, and then the last fragment.',
      [...emptyFragments(500), continuation('hello')],
      'hello',
    ),
    accepted: orLimited({ ...ok(came.text('hello')), pongs: numbered(500) }),
    section: 'RFC 6455 §5.4, §5.5.2, §5.5.3',
  },
  {
    ...echoed('22.2.5', 'Sends a message of 1 MiB with a ping within it at each 16 KiB, and reads nothing meanwhile, then reads.', [], ''),
    steps: [reading(false), send(interwoven(64, 1, repeated('*', 1_048_576), 16_384)), reading(true), answers(), close()],
    accepted: orLimited({ ...ok(came.text(repeated('*', 1_048_576))), pongs: numbered(63) }),
    section: 'RFC 6455 §5.4, §5.5.2, §5.5.3',
  },
  {
    ...echoed(
      '22.3.1',
      'Sends 5,000 unsolicited pongs, then a message.',
      [...Array.from({ length: 5000 }, () => pong('nobody asked')), text('hello')],
      'hello',
    ),
    section: 'RFC 6455 §5.5.3',
  },
  {
    ...flood('22.3.2', 'Sends pings and unsolicited pongs in turn, 500 of each.', numbered(500)),
    steps: [send(numbered(500).flatMap(payload => [pong(payload), ping(payload)])), answers(), close()],
  },
  {
    ...echoed(
      '22.4.1',
      'Sends 2,000 empty messages at once.',
      Array.from({ length: 2000 }, () => text('')),
      '',
    ),
    accepted: orLimited(ok(...Array.from({ length: 2000 }, () => came.text('')))),
    expectation: 'They all come back.',
  },
  closes(
    '22.5.1',
    'Sends 100 close frames at once.',
    [],
    Array.from({ length: 99 }, () => closeFrame(closePayload(1000))),
  ),
  closes(
    '22.5.2',
    'Closes, and sends 1,000 pings after the close frame.',
    [],
    Array.from({ length: 1000 }, () => ping('late')),
  ),
  closes(
    '22.5.3',
    'Closes, and sends 1,000 messages after the close frame.',
    [],
    Array.from({ length: 1000 }, () => text('late')),
  ),
  closes('22.5.4', 'Closes within a message in fragments.', [send(text('hello', { fin: false }))], []),
  closes(
    '22.5.5',
    'Closes within a message in fragments, and sends the missing fragments after the close frame.',
    [send(text('hello', { fin: false }))],
    [continuation('hello')],
  ),
]

function flood(id: string, title: string, payloads: readonly string[], cut: 'whole' | 'frames' = 'whole'): Case {
  return {
    id,
    title,
    expectation: 'Pongs come back in the order of the pings, and one for the last ping. Others may be left out.',
    section: 'RFC 6455 §5.5.2, §5.5.3',
    steps: [
      send(
        payloads.map(payload => ping(payload)),
        cut,
      ),
      answers(),
      close(),
    ],
    accepted: orLimited({ ...ok(), pongs: payloads }),
    close: cleanClose,
  }
}

function interleaved(id: string, title: string, fragments: number, pings: number): Case {
  const message = 'hello '.repeat(fragments)
  const pongs = numbered((fragments - 1) * pings)
  return {
    id,
    title,
    expectation: 'The message comes back, and pongs in the order of the pings, one for the last ping among them.',
    section: 'RFC 6455 §5.4, §5.5.2, §5.5.3',
    steps: [send(interwoven(fragments, pings, message, 6)), answers(), close()],
    accepted: orLimited({ ...ok(came.text(message)), pongs }),
    close: cleanClose,
  }
}

function echoed(id: string, title: string, frames: readonly Frame[], message: Payload): Case {
  return {
    id,
    title,
    expectation: 'The message comes back, and a pong for the last ping if there was one.',
    section: 'RFC 6455 §5.4',
    steps: [send(frames), answers(), close()],
    accepted: orLimited(ok(came.text(message))),
    close: cleanClose,
  }
}

function closes(id: string, title: string, before: readonly Step[], behind: readonly Frame[]): Case {
  return {
    id,
    title,
    expectation: 'The testee answers with one close frame, and with nothing else.',
    section: 'RFC 6455 §5.5.1',
    steps: [...before, send([closeFrame(closePayload(1000)), ...behind])],
    accepted: [ok()],
    close: cleanClose,
  }
}

/** Adds outcomes for a testee that limits the number of pings, fragments or messages at once. */
function orLimited(outcome: Outcome): Outcome[] {
  return [outcome, limited(outcome)]
}

/** Puts a message into fragments, with `pings` pings after each fragment but the last. */
function interwoven(fragments: number, pings: number, message: Payload, size: number): Frame[] {
  return pieces(message, size)
    .slice(0, fragments)
    .flatMap((piece, n, all) => {
      const fin = n === all.length - 1
      const frame = n === 0 ? text(piece, { fin }) : continuation(piece, { fin })
      return [frame, ...(fin ? [] : numbered(pings, 0, n * pings).map(payload => ping(payload)))]
    })
}

function emptyFragments(count: number): Frame[] {
  return numbered(count).flatMap((payload, n) => [n === 0 ? text('', { fin: false }) : continuation('', { fin: false }), ping(payload)])
}

/** Returns `count` different payloads, numbered from `first` and filled up to a length. */
function numbered(count: number, length = 0, first = 0): string[] {
  return Array.from({ length: count }, (_, n) => String(first + n).padEnd(length, '.'))
}
