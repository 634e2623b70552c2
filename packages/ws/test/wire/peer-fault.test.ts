import { PeerMisbehaved } from '@autobahn-ts/websocket/internals'
import { describe, expect, it } from 'vitest'
import { peerFault } from '../../src/wire/peer-fault.ts'
import { closed, type Face, type Note, next, pair, sameAsWs } from '../fixtures/same.ts'

describe('a fault of the peer', () => {
  for (const [what, frame, options] of [
    ['a reserved opcode', '85 00'],
    ['RSV1 without an extension', 'c1 00'],
    ['RSV2', 'a1 00'],
    ['RSV3', '91 00'],
    ['RSV1 on a ping, with compression', 'c9 00', { perMessageDeflate: true }],
    ['RSV1 on a continuation, with compression', '01 00 c0 00', { perMessageDeflate: true }],
    ['a continuation of nothing', '80 00'],
    ['a new message within one', '01 00 02 00'],
    ['a ping of 126 octets', '89 7e 00 7e'],
    ['a pong of more than 65,535 octets', '8a 7f 00 00 00 00 00 01 00 00'],
    ['a masked frame of a server', '81 80 00 00 00 00'],
    ['a ping in fragments', '09 00'],
    ['a close frame with one octet', '88 01 03'],
    ['a close code that must not be sent', '88 02 03 ed'],
    ['a close reason that is not UTF-8', '88 04 03 e8 c3 28'],
    ['a text that is not UTF-8', '81 02 c3 28'],
    ['a text that ends within a character', '81 01 c3'],
    ['a message above the limit', '82 05 01 02 03 04 05', { maxPayload: 4 }],
    ['fragments above the limit', '02 03 01 02 03 80 02 04 05', { maxPayload: 4 }],
    ['a length above 2^53-1', '82 7f 00 20 00 00 00 00 00 00'],
    ['too many fragments', '02 00 00 00 00 00', { maxFragments: 2 }],
    ['octets that are not DEFLATE', 'c2 04 22 fa ec 78', { perMessageDeflate: true }],
  ] as const) {
    sameAsWs(`gives the error, the end, and the close frame: ${what}`, (face, note) => broken(face, note, frame, options))
  }

  it.each([
    ['unmasked client frame', 'Invalid WebSocket frame: MASK must be set', 'WS_ERR_EXPECTED_MASK'],
    ['length 5 in more octets than it needs', 'Invalid WebSocket frame: length 5 in more octets than it needs', 'WS_ERR_INVALID_FRAME'],
  ])('has a code: %s', (sentence, message, code) => {
    const { error, closeCode } = peerFault(new PeerMisbehaved(1002, sentence))
    expect(error).toBeInstanceOf(RangeError)
    expect({ message: error.message, code: error.code, closeCode }).toEqual({ message, code, closeCode: 1002 })
  })
})

/** Writes octets to a client past its server, and notes what both see. */
async function broken(face: Face, note: Note, frame: string, options: object = {}): Promise<void> {
  const { server, client, accepted } = await pair(face, { server: options, client: { perMessageDeflate: false, ...options } })
  const ends = Promise.all([next(client, 'close'), next(accepted, 'close')])
  client.on('error', error => note(client.readyState, error))
  accepted._socket?.write(Buffer.from(frame.replaceAll(' ', ''), 'hex'))
  const [atClient, atServer] = await ends
  note(client.readyState, ...atClient)
  note(accepted.readyState, ...atServer)
  await closed(server)
}
