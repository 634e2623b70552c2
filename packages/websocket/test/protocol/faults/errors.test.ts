import { describe, expect, it } from 'vitest'
import {
  ApiMisuse,
  ConnectionClosed,
  HandshakeFailed,
  PeerMisbehaved,
  protocolError,
  UnsentLimitExceeded,
} from '../../../src/protocol/faults/errors.ts'

const cause = new Error('why')

describe('errors', () => {
  for (const [error, name, code] of [
    [new PeerMisbehaved(1007, 'text'), 'PeerMisbehaved', 'ERR_PEER_MISBEHAVED'],
    [new ApiMisuse('text'), 'ApiMisuse', 'ERR_API_MISUSE'],
    [new UnsentLimitExceeded('text'), 'UnsentLimitExceeded', 'ERR_UNSENT_LIMIT_EXCEEDED'],
    [new ConnectionClosed(1006, 'text'), 'ConnectionClosed', 'ERR_CONNECTION_CLOSED'],
    [new HandshakeFailed('text'), 'HandshakeFailed', 'ERR_HANDSHAKE_FAILED'],
  ] as const) {
    it(`${name} has a stable name and code, and its message`, () => {
      expect(error).toBeInstanceOf(Error)
      expect({ name: error.name, code: error.code, message: error.message }).toEqual({ name, code, message: 'text' })
    })
  }

  it('carry what belongs to them', () => {
    expect(new PeerMisbehaved(1007, '').closeCode).toBe(1007)
    expect(protocolError('x')).toMatchObject({ closeCode: 1002, message: 'x' })
    expect(new ConnectionClosed(1001, 'gone', { cause })).toMatchObject({ closeCode: 1001, cause })
    expect(new HandshakeFailed('no', 403, { cause })).toMatchObject({ status: 403, cause })
    expect(new HandshakeFailed('no').status).toBeUndefined()
  })
})
