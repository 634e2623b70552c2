import { closePayload } from '../wire/close-payload.ts'
import { hex } from '../wire/octets.ts'
import type { Case, Cut, Frame } from './case.ts'
import { binary, came, closeFrame, failedWith, failure, nonStrict, ok, ping, send, text } from './words.ts'

/** Reserved bits that no extension has claimed. As a number: 4 is RSV1, 2 is RSV2, 1 is RSV3. */
export const group3: readonly Case[] = [
  failsAtOnce('3.1', 'a text message with RSV = 1', text('Hello, testee', { rsv: 1 })),
  failsAfterEcho('3.2', 2, 'all at once', 'whole'),
  failsAfterEcho('3.3', 3, 'frame by frame', 'frames'),
  failsAfterEcho('3.4', 4, 'octet by octet', 1),
  failsAtOnce('3.5', 'a binary message with RSV = 5', binary(hex('00 ff fe fd fc fb 00 ff'), { rsv: 5 })),
  failsAtOnce('3.6', 'a ping with RSV = 6', ping('Hello, testee', { rsv: 6 })),
  {
    ...failsAtOnce('3.7', 'an empty close frame with RSV = 7', closeFrame('', { rsv: 7 })),
    // The first close frame is the fuzzer's, so the bits do not change which side closes.
    close: { by: 'fuzzer', codes: [1002, 'none'], clean: false },
    // A testee that ignores the bits echoes the code.
    strict: {
      title: 'Sends a close frame with code 1000 and RSV = 7.',
      steps: [send(closeFrame(closePayload(1000), { rsv: 7 })), failure],
      close: { by: 'fuzzer', codes: [1002], clean: false },
    },
  },
]

function failsAtOnce(id: string, what: string, frame: Frame): Case {
  return {
    id,
    title: `Sends ${what}.`,
    expectation: 'The testee fails the connection at once.',
    section: 'RFC 6455 §5.2',
    steps: [send(frame), failure],
    accepted: [ok()],
    close: failedWith(1002),
  }
}

function failsAfterEcho(id: string, rsv: number, how: string, cut: Cut): Case {
  const hello = 'Hello, testee'
  return {
    id,
    title: `Sends a text message, then one with RSV = ${rsv}, then a ping, ${how}.`,
    expectation: 'The first message comes back, then the testee fails the connection; no pong comes. Without the echo it is non-strict.',
    section: 'RFC 6455 §5.2',
    steps: [send([text(hello), text(hello, { rsv }), ping()], cut), failure],
    accepted: [ok(came.text(hello)), nonStrict()],
    close: failedWith(1002),
  }
}
