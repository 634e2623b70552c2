import { hex } from '../wire/octets.ts'
import type { Case, Frame } from './case.ts'
import { type Payload, repeated } from './payload.ts'
import { answers, came, cleanClose, close, failedWith, failure, ok, pause, ping, pong, send } from './words.ts'

/** Pings and pongs. */
export const group2: readonly Case[] = [
  answered('2.1', 'an empty ping', ''),
  answered('2.2', 'a ping with a short text', 'Hello, testee'),
  answered('2.3', 'a ping with octets that are not valid UTF-8', hex('00 ff fe fd fc fb 00 ff')),
  answered('2.4', 'a ping with 125 octets', repeated(hex('fe'), 125)),
  {
    id: '2.5',
    title: 'Sends a ping with 126 octets, one more than a control frame may have.',
    expectation: 'The testee fails the connection at once, without a pong.',
    section: 'RFC 6455 §5.5',
    steps: [send(ping(repeated(hex('fe'), 126))), failure],
    accepted: [ok()],
    close: failedWith(1002),
  },
  answered('2.6', 'a ping with 125 octets, octet by octet', repeated(hex('fe'), 125), 1),
  ignored('2.7', 'an unsolicited pong without a payload', pong()),
  ignored('2.8', 'an unsolicited pong with a payload', pong('nobody asked')),
  {
    id: '2.9',
    title: 'Sends an unsolicited pong with a payload, then a ping with another.',
    expectation: 'The ping is answered, the pong is ignored.',
    section: 'RFC 6455 §5.5.2, §5.5.3',
    steps: [send(pong('nobody asked')), send(ping('are you there?')), answers(), close()],
    accepted: [ok(came.pong('are you there?'))],
    close: cleanClose,
  },
  tenPings('2.10', 'whole', 'whole'),
  tenPings('2.11', 'octet by octet', 1),
]

function answered(id: string, what: string, payload: Payload, cut: 'whole' | 1 = 'whole'): Case {
  return {
    id,
    title: `Sends ${what}.`,
    expectation: 'A pong with the same octets comes back.',
    section: 'RFC 6455 §5.5.2, §5.5.3',
    steps: [send(ping(payload), cut), answers(), close()],
    accepted: [ok(came.pong(payload))],
    close: cleanClose,
  }
}

function ignored(id: string, what: string, frame: Frame): Case {
  return {
    id,
    title: `Sends ${what}.`,
    expectation: 'Nothing comes back.',
    section: 'RFC 6455 §5.5.3',
    // Long enough to see the answer of a slow testee.
    steps: [send(frame), pause(0.5), close()],
    accepted: [ok()],
    close: cleanClose,
  }
}

function tenPings(id: string, how: string, cut: 'whole' | 1): Case {
  const payloads = Array.from({ length: 10 }, (_, n) => `payload ${n}`)
  return {
    id,
    title: `Sends ten pings with payloads, ${how}.`,
    expectation: 'Ten pongs with the same payloads come back in the same order.',
    section: 'RFC 6455 §5.5.2, §5.5.3',
    steps: [
      send(
        payloads.map(payload => ping(payload)),
        cut,
      ),
      answers(),
      close(),
    ],
    accepted: [ok(...payloads.map(payload => came.pong(payload)))],
    close: cleanClose,
  }
}
