import { closePayload } from '../wire/close-payload.ts'
import type { LengthForm } from '../wire/frame.ts'
import { hex } from '../wire/octets.ts'
import type { Case, Event, Frame, Outcome } from './case.ts'
import { repeated } from './payload.ts'
import {
  answers,
  binary,
  came,
  cleanClose,
  close,
  closeFrame,
  continuation,
  failedWith,
  failure,
  failureOr,
  informationalClose,
  ok,
  ping,
  pong,
  send,
  text,
} from './words.ts'

/** Payload lengths that are not in the shortest form or that are too large, and masks in the wrong direction. */
export const group21: readonly Case[] = [
  ...(
    [
      [0, 16],
      [5, 16],
      [125, 16],
      [0, 64],
      [125, 64],
      [126, 64],
      [65_535, 64],
    ] as const
  ).map(([length, form], n) => notShortest(`21.1.${n + 1}`, length, form)),
  ...([16, 64] as const).map((form, n) => notShortestPing(`21.1.${n + 8}`, form)),
  {
    ...refused(
      '21.1.10',
      'a close frame whose length of 2 is written in 16 bits',
      closeFrame(closePayload(1000), { lengthForm: 16 }),
      [1002],
    ),
    expectation: 'The testee answers with 1002; to take it for a close frame is non-strict.',
    steps: [send(closeFrame(closePayload(1000), { lengthForm: 16 }))],
    accepted: [ok()],
    close: { by: 'fuzzer', codes: [1000, 1002], clean: false },
  },

  ...(
    [
      ['2^63, whose first bit must not be set', 1n << 63n, [1002, 1009]],
      ['2^64 - 1, whose first bit must not be set', (1n << 64n) - 1n, [1002, 1009]],
      ['2^63 + 5, of which 5 are sent', (1n << 63n) + 5n, [1002, 1009]],
    ] as const
  ).map(([what, claimedLength, codes], n) =>
    refused(`21.2.${n + 1}`, `a text frame with the length ${what}`, text('hello', { claimedLength }), codes),
  ),
  refused('21.2.4', 'a ping with the length 2^63', ping('', { claimedLength: 1n << 63n }), [1002, 1009]),
  refused('21.2.5', 'a close frame with the length 2^63', closeFrame('', { claimedLength: 1n << 63n }), [1002, 1009]),
  refused('21.2.6', 'a ping with the length 126, without its payload', ping('', { claimedLength: 126n }), [1002]),
  refused('21.2.7', 'a pong with the length 65,536, without its payload', pong('', { claimedLength: 65_536n }), [1002]),

  ...(
    [
      ['2^63 - 1', (1n << 63n) - 1n],
      ['2^53', 1n << 53n],
      ['2^53 - 1', (1n << 53n) - 1n],
      ['2^32 + 1', (1n << 32n) + 1n],
      ['2^32', 1n << 32n],
      ['2^31', 1n << 31n],
    ] as const
  ).map(([what, claimedLength], n) => announced(`21.3.${n + 1}`, `a frame of ${what} octets`, [binary('hello', { claimedLength })])),
  announced('21.3.7', 'a frame of 2^53 octets as the second of a message', [
    binary('hello', { fin: false }),
    continuation('hello', { claimedLength: 1n << 53n }),
  ]),
  wronglyMasked('21.4.1', 'a text message', text('hello', { wronglyMasked: true })),
  wronglyMasked('21.4.2', 'an empty text message', text('', { wronglyMasked: true })),
  wronglyMasked('21.4.3', 'a ping', ping('hello', { wronglyMasked: true })),
  wronglyMasked('21.4.4', 'a pong', pong('hello', { wronglyMasked: true })),
  wronglyMasked('21.4.5', 'a binary message of 70,000 octets', binary(repeated(hex('fe'), 70_000), { wronglyMasked: true })),
  {
    ...wronglyMasked('21.4.6', 'the second fragment of a message', text('hello')),
    steps: [send([text('hello', { fin: false }), continuation('hello', { wronglyMasked: true })]), failure],
  },
  {
    ...wronglyMasked('21.4.7', 'a close frame', text('')),
    expectation: 'The testee answers with 1002, or drops the connection.',
    steps: [send(closeFrame(closePayload(1000), { wronglyMasked: true }))],
    close: { by: 'fuzzer', codes: [1002], clean: false },
  },
  {
    id: '21.4.8',
    title: 'Sends a message, then another that is masked as the other side would have to.',
    expectation: 'The first message comes back, then the testee fails the connection; without the echo it is non-strict.',
    section: 'RFC 6455 §5.1',
    steps: [send([text('hello'), text('hello', { wronglyMasked: true })]), failure],
    accepted: [ok(came.text('hello')), { behavior: 'NON-STRICT', events: [] }],
    close: failedWith(1002),
  },
]

/**
 * Waits for the message, or for the failure. A sender has to use the shortest form; RFC 6455 does not say that a receiver has to check it.
 */
function notShortest(id: string, length: number, lengthForm: LengthForm): Case {
  const payload = repeated('*', length)
  return {
    id,
    title: `Sends a text message whose length of ${length} is written in ${lengthForm} bits.`,
    expectation: 'The testee fails the connection; to take the message is non-strict.',
    section: 'RFC 6455 §5.2',
    steps: [send(text(payload, { lengthForm })), answers(), close()],
    accepted: [taken(came.text(payload)), ok()],
    close: failedWith(1002),
  }
}

function notShortestPing(id: string, lengthForm: LengthForm): Case {
  return {
    id,
    title: `Sends a ping whose length of 5 is written in ${lengthForm} bits.`,
    expectation: 'The testee fails the connection; to answer the ping is non-strict.',
    section: 'RFC 6455 §5.2, §5.5',
    steps: [send(ping('hello', { lengthForm })), answers(), close()],
    accepted: [taken(came.pong('hello')), ok()],
    close: failedWith(1002),
  }
}

/** The outcome where the message is accepted and the connection goes on. */
function taken(...events: readonly Event[]): Outcome {
  return { behavior: 'NON-STRICT', events, close: cleanClose }
}

function refused(id: string, what: string, frame: Frame, codes: readonly number[]): Case {
  const isClose = frame.opcode === 8
  return {
    id,
    title: `Sends ${what}.`,
    expectation: `The testee fails the connection with ${codes.join(' or ')}.`,
    section: 'RFC 6455 §5.2, §5.5',
    steps: isClose ? [send(frame)] : [send(frame), failure],
    accepted: [ok()],
    close: { by: isClose ? 'fuzzer' : 'testee', codes: [...codes, 'none'], clean: false },
  }
}

function announced(id: string, what: string, frames: readonly Frame[]): Case {
  return {
    id,
    title: `Announces ${what}, of which 5 are sent.`,
    expectation: 'The testee fails the connection with 1009. It may also have no such limit.',
    section: 'RFC 6455 §5.2, §10.4',
    steps: [send(frames), failureOr('still open')],
    accepted: [ok(), { behavior: 'INFORMATIONAL', events: [came.mark('still open')], close: informationalClose }],
    close: { by: 'testee', codes: [1002, 1008, 1009, 'none'], clean: false },
  }
}

function wronglyMasked(id: string, what: string, frame: Frame): Case {
  return {
    id,
    title: `Sends ${what} with a mask as a server, or without one as a client.`,
    expectation: 'The testee fails the connection with 1002.',
    section: 'RFC 6455 §5.1',
    steps: [send(frame), failure],
    accepted: [ok()],
    close: failedWith(1002),
  }
}
