import type { Case, Cut, Frame } from './case.ts'
import { came, failedWith, failure, nonStrict, ok, ping, send, text } from './words.ts'

/** Reserved opcodes: 3 to 7 for data, 11 to 15 for control frames. */
export const group4: readonly Case[] = [
  ...failing('4.1', [3, 4, 5, 6, 7]), // reserved for data
  ...failing('4.2', [11, 12, 13, 14, 15]), // reserved for control
]

function failing(group: string, [first, second, third, fourth, fifth]: readonly [number, number, number, number, number]): Case[] {
  return [
    failsAtOnce(`${group}.1`, { opcode: first, payload: '' }),
    failsAtOnce(`${group}.2`, { opcode: second, payload: 'reserved' }),
    failsAfterEcho(`${group}.3`, { opcode: third, payload: '' }, 'all at once', 'whole'),
    failsAfterEcho(`${group}.4`, { opcode: fourth, payload: 'reserved' }, 'frame by frame', 'frames'),
    failsAfterEcho(`${group}.5`, { opcode: fifth, payload: 'reserved' }, 'octet by octet', 1),
  ]
}

function failsAtOnce(id: string, frame: Frame): Case {
  return {
    id,
    title: `Sends a frame with opcode ${frame.opcode}${withPayload(frame)}.`,
    expectation: 'The testee fails the connection at once.',
    section: 'RFC 6455 §5.2',
    steps: [send(frame), failure],
    accepted: [ok()],
    close: failedWith(1002),
  }
}

function failsAfterEcho(id: string, frame: Frame, how: string, cut: Cut): Case {
  const hello = 'Hello, testee'
  return {
    id,
    title: `Sends a text message, then a frame with opcode ${frame.opcode}${withPayload(frame)}, then a ping, ${how}.`,
    expectation: 'The message comes back, then the testee fails the connection; no pong comes. Without the echo it is non-strict.',
    section: 'RFC 6455 §5.2',
    steps: [send([text(hello), frame, ping()], cut), failure],
    accepted: [ok(came.text(hello)), nonStrict()],
    close: failedWith(1002),
  }
}

function withPayload({ payload }: Frame): string {
  return payload === '' ? '' : ' and a payload'
}
