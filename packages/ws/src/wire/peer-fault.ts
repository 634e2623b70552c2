import type { PeerMisbehaved } from '@autobahn-ts/websocket/internals'

/** A fault of the peer as npm `ws` reports it: the error for the application, and the code of the close frame, whose reason is empty. */
export interface PeerFault {
  readonly error: Error & { readonly code: string }
  readonly closeCode: number
}

/**
 * Converts a fault of the peer. The library says it in a sentence, and `ws` by a class, a code and a text of its own.
 *
 * A fault that `ws` does not have, such as a length in more octets than it needs, is a `RangeError` with the code `WS_ERR_INVALID_FRAME` and the
 * sentence.
 */
export function peerFault({ message, closeCode, found }: PeerMisbehaved & { readonly found?: number }): PeerFault {
  for (const [pattern, make] of faults) {
    const match = pattern.exec(message)
    if (match !== null) return { closeCode, ...make(match, found) }
  }
  return { closeCode, error: coded(new RangeError(`Invalid WebSocket frame: ${message}`), 'WS_ERR_INVALID_FRAME') }
}

type Made = Pick<PeerFault, 'error'> & Partial<PeerFault>

const faults: readonly (readonly [pattern: RegExp, make: (match: RegExpExecArray, found: number | undefined) => Made])[] = [
  [/^reserved bits (\d)/, ([, bits]) => ((Number(bits) & 3) === 0 ? rsv1() : rsv2or3())],
  [/^reserved opcode (\d+)/, ([, opcode]) => invalid(`invalid opcode ${opcode}`, 'WS_ERR_INVALID_OPCODE')],
  [/^continuation frame without/, () => invalid('invalid opcode 0', 'WS_ERR_INVALID_OPCODE')],
  [/^new message inside/, (_, opcode) => invalid(`invalid opcode ${opcode}`, 'WS_ERR_INVALID_OPCODE')],
  [/^unmasked client frame/, () => invalid('MASK must be set', 'WS_ERR_EXPECTED_MASK')],
  [/^masked server frame/, () => invalid('MASK must be clear', 'WS_ERR_UNEXPECTED_MASK')],
  [/^fragmented control frame/, () => invalid('FIN must be set', 'WS_ERR_EXPECTED_FIN')],
  [/^close frame with one octet/, () => invalid('invalid payload length 1', 'WS_ERR_INVALID_CONTROL_PAYLOAD_LENGTH')],
  [/^control frame longer than/, (_, length) => invalid(`invalid payload length ${length}`, 'WS_ERR_INVALID_CONTROL_PAYLOAD_LENGTH')],
  [/^close code (\d+)/, ([, code]) => invalid(`invalid status code ${code}`, 'WS_ERR_INVALID_CLOSE_CODE')],
  [/UTF-8/, () => ({ error: coded(new Error('Invalid WebSocket frame: invalid UTF-8 sequence'), 'WS_ERR_INVALID_UTF8') })],
  [/^message of more than \d+ frames/, tooManyFragments],
  [/^(?:frame|message) of (\d+) octets is above/, ([, length]) => (Number(length) > Number.MAX_SAFE_INTEGER ? tooLong() : tooBig())],
  [/^frame length above/, tooLong],
  [/^compressed message cannot be decompressed: (.*)/s, ([, why]) => corrupt(why ?? '')],
]

function rsv1(): Made {
  return invalid('RSV1 must be clear', 'WS_ERR_UNEXPECTED_RSV_1')
}

function rsv2or3(): Made {
  return invalid('RSV2 and RSV3 must be clear', 'WS_ERR_UNEXPECTED_RSV_2_3')
}

function tooManyFragments(): Made {
  return { error: coded(new RangeError('Too many message fragments'), 'WS_ERR_TOO_MANY_BUFFERED_PARTS'), closeCode: 1008 }
}

function tooBig(): Made {
  return { error: coded(new RangeError('Max payload size exceeded'), 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') }
}

/** Makes the error for a frame whose length a number cannot hold. */
function tooLong(): Made {
  const error = new RangeError('Unsupported WebSocket frame: payload length > 2^53 - 1')
  return { error: coded(error, 'WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH'), closeCode: 1009 }
}

/** Makes the error of zlib for data that are not DEFLATE, with its number. */
function corrupt(why: string): Made {
  return { error: coded(Object.assign(new Error(why), { errno: -3 }), 'Z_DATA_ERROR') }
}

function invalid(text: string, code: string): Made {
  return { error: coded(new RangeError(`Invalid WebSocket frame: ${text}`), code) }
}

function coded<E extends Error>(error: E, code: string): E & { readonly code: string } {
  return Object.assign(error, { code })
}
