// The messages, each as it is sent and as a router hands it on.
import { payloadOf } from '../../packages/wamp/dist/protocol.js'

const telemetry = Array.from({ length: 60 }, (_, id) => ({ id, name: `sensor number ${id}`, value: id * 1.5, tags: ['a', 'b'] }))

export const messages = [
  { name: 'CALL, two numbers', make: n => [48, n, {}, 'com.example.add', [n, 7]], handOn: handOnCall },
  {
    name: 'EVENT, a line of a chat',
    make: n => [
      36,
      7814135,
      2 ** 52 + n,
      {},
      [n, 'Good morning! Who has seen the new release?'],
      { from: 'Ada', room: 'lobby', time: 1764530000000 + n },
    ],
    handOn: handOnEvent,
  },
  { name: 'EVENT, 60 readings of sensors', make: n => [36, 7814135, 2 ** 52 + n, {}, [n, ...telemetry]], handOn: handOnEvent },
  {
    name: 'EVENT, 4 KiB of binary data',
    make: n => [36, 7814135, 2 ** 52 + n, {}, [n, new Uint8Array(4096).fill(n)]],
    handOn: handOnEvent,
  },
]

/** Makes the message of this library from one that is a list of plain data. All messages here have four elements before the payload. */
export function withPayload([type, first, second, third, args, kwargs]) {
  return [type, first, second, third, payloadOf(args, kwargs)]
}

/** Makes INVOCATION of CALL. The payload is one element, or two, which may be missing. */
function handOnCall([, request, , , ...payload]) {
  return [68, request, 4711, {}, ...payload]
}

/** Makes the EVENT of another subscription. */
function handOnEvent([, , publication, , ...payload]) {
  return [36, 4711, publication, {}, ...payload]
}
