import { closePayload } from '../wire/close-payload.ts'
import { hex, joined, utf8 } from '../wire/octets.ts'
import type { Case, Event, Step } from './case.ts'
import { repeated } from './payload.ts'
import {
  answers,
  anything,
  came,
  cleanClose,
  close,
  closeFrame,
  closeWith,
  continuation,
  informationalClose,
  ok,
  ping,
  send,
  text,
} from './words.ts'

const hello = 'Hello, testee'

/** The closing handshake. The fuzzer closes in all cases; the close frame and what follows it differ. */
export const group7: readonly Case[] = [
  closes('7.1.1', 'Sends a text message, then closes.', [send(text(hello)), answers(), close()], came.text(hello)),
  closes('7.1.2', 'Sends two close frames.', [close(), send(closeFrame(closePayload(1000)))]),
  closes('7.1.3', 'Closes, then sends a ping.', [close(), send(ping())]),
  closes('7.1.4', 'Closes, then sends a text message.', [close(), send(text(hello))]),
  closes('7.1.5', 'Sends the first fragment of a text message, closes, and sends the last fragment.', [
    send(text('fragment 1', { fin: false })),
    close(),
    send(continuation('fragment 2')),
  ]),
  {
    id: '7.1.6',
    title: 'Sends a text message of 256 KiB, closes, and sends a ping, back to back.',
    expectation: 'The message comes back or not: how much of it is sent before the connection is closed is up to the testee.',
    section: 'RFC 6455 §5.5.1',
    steps: [send(text(repeated('*', 262_144))), close(), send(ping())],
    accepted: [anything],
    close: informationalClose,
  },

  closes('7.3.1', 'Closes with an empty close frame.', [closeWith(hex(''))]),
  refused('7.3.2', 'Closes with a payload of one octet.', hex('61'), [1002]),
  closes('7.3.3', 'Closes with a code and no reason.', [close(1000)]),
  closes('7.3.4', 'Closes with a code and a reason.', [close(1000, 'Hello, testee')]),
  closes('7.3.5', 'Closes with a code and a reason of 123 octets, the longest that fits.', [close(1000, '*'.repeat(123))]),
  refused(
    '7.3.6',
    'Closes with a code and a reason of 124 octets, one more than a control frame may have.',
    closePayload(1000, '*'.repeat(124)),
    [1002],
  ),

  refused('7.5.1', 'Closes with a reason that is not valid UTF-8.', closePayload(1000, noUtf8()), [1002, 1007]),

  ...[1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999].map(
    (code, n): Case => ({
      id: `7.7.${n + 1}`,
      title: `Closes with code ${code}.`,
      expectation: `The testee closes cleanly, with ${code === 1000 ? '' : `${code}, `}1000 or without a code.`,
      section: 'RFC 6455 §7.4',
      steps: [close(code)],
      accepted: [ok()],
      close: { by: 'fuzzer', codes: [1000, code, 'none'], clean: true, fatal: 'code' },
    }),
  ),

  ...[0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999].map((code, n) =>
    refused(`7.9.${n + 1}`, `Closes with code ${code}, which no endpoint may send.`, closePayload(code), [1002]),
  ),

  ...[5000, 65_535].map(
    (code, n): Case => ({
      id: `7.13.${n + 1}`,
      title: `Closes with code ${code}, of which the standard says nothing.`,
      expectation: 'The testee closes as it likes.',
      section: 'RFC 6455 §7.4.2',
      steps: [close(code)],
      accepted: [anything],
      close: informationalClose,
    }),
  ),
]

function closes(id: string, title: string, steps: readonly Step[], ...events: readonly Event[]): Case {
  return {
    id,
    title,
    expectation: `${events.length > 0 ? 'The message comes back. ' : ''}The testee closes cleanly, with 1000 or without a code; what follows the close frame is ignored.`,
    section: 'RFC 6455 §5.5.1',
    steps,
    accepted: [ok(...events)],
    close: { ...cleanClose, fatal: 'code' },
  }
}

/** A faulty close frame. An empty close frame is not a strict answer to it: it comes from testees that did not check the frame. */
function refused(id: string, title: string, payload: Uint8Array, codes: readonly number[]): Case {
  return {
    id,
    title,
    expectation: `The testee answers with ${codes.join(' or ')} or without a code, or drops the connection.`,
    section: 'RFC 6455 §5.5.1, §7.4',
    steps: [closeWith(payload)],
    accepted: [ok()],
    close: { by: 'fuzzer', codes: [...codes, 'none'], clean: false, fatal: 'code' },
    strict: {
      expectation: `The testee answers with ${codes.join(' or ')}, or drops the connection.`,
      close: { by: 'fuzzer', codes, clean: false, fatal: 'code' },
    },
  }
}

/** Returns letters with a lone surrogate among them. */
function noUtf8(): Uint8Array {
  return joined([hex('ce ba e1 bd b9 cf 83 ce bc ce b5 ed a0 80'), utf8('edited')])
}
