import { describe, expect, it } from 'vitest'
import type { Octets } from '../../../src/bytes/octets.ts'
import type { Extension, MessageTransform } from '../../../src/protocol/extending/extension.ts'
import { ApiMisuse } from '../../../src/protocol/faults/errors.ts'
import { emittedOctets, givenOctets } from '../../../src/protocol/frames/given-octets.ts'
import { notOctets, unusualOctets } from '../../fixtures/lying-octets.ts'
import { openServer, recording, ServerProtocol } from '../opened.ts'
import { frame, framesIn, summary } from '../wire.ts'

describe('givenOctets', () => {
  it('gives octets, and names the place of anything else', () => {
    expect([...givenOctets(Uint8Array.of(1), 'what a stream gives')]).toEqual([1])
    const value = 5 as unknown as Octets
    expect(() => givenOctets(value, 'what a stream gives')).toThrow(
      new ApiMisuse('what a stream gives must be a Uint8Array, and not number'),
    )
  })
})

describe('emittedOctets', () => {
  it('returns octets, and throws a TypeError for anything else, which is not misuse by the sender of a message', () => {
    expect([...emittedOctets(Uint8Array.of(1), 'what a decoder emits')]).toEqual([1])
    const value = 5 as unknown as Octets
    expect(() => emittedOctets(value, 'what a decoder emits')).toThrow(
      new TypeError('what a decoder emits must be a Uint8Array, and not number'),
    )
  })
})

describe('a byte stream that an application has made', () => {
  for (const [what, value] of Object.entries(notOctets(100))) {
    it(`is told that it gave ${what}`, () => {
      const { stream, protocol } = openServer(ServerProtocol)
      expect(() => stream.receiveValue(value)).toThrow(ApiMisuse)
      expect(protocol.isOpen).toBe(true)
    })
  }

  for (const what of Object.keys(unusualOctets(1))) {
    it(`may give ${what}`, () => {
      const calls: unknown[] = []
      const { stream } = openServer(recording('messages', calls as never))
      const octets = frame(2, Array(100).fill(9))
      const value = unusualOctets(octets.length)[what]!
      Uint8Array.prototype.set.call(value, octets)
      stream.receiveValue(value)
      expect(calls.at(-1)).toEqual(['onMessage', Array(100).fill(9), true])
    })
  }
})

describe('an extension that emits something else than octets', () => {
  for (const [what, value] of Object.entries(notOctets(100))) {
    it(`fails its connection on the way in: ${what}`, () => {
      const { stream, errors } = openServer(ServerProtocol, { extensions: [emitting(value)] }, undefined, true, offer)
      stream.receive(frame(2, [1], { rsv: 4 }))
      expect(summary(stream.sent())).toEqual(['8:1011 internal error'])
      expect(errors.map(({ message }) => message)).toEqual([expect.stringContaining('what a decoder emits must be a Uint8Array, and not')])
    })

    it(`fails its connection on the way out: ${what}`, () => {
      const { stream, protocol, errors } = openServer(ServerProtocol, { extensions: [emitting(value)] }, undefined, true, offer)
      protocol.sendMessage('a')
      expect(summary(stream.sent())).toEqual(['8:1011 internal error'])
      expect(errors.map(({ message }) => message)).toEqual([expect.stringContaining('what an encoder emits must be a Uint8Array, and not')])
    })
  }

  for (const length of [10, 9000]) {
    for (const [what, value] of Object.entries(unusualOctets(length))) {
      it(`may emit ${what}, of ${length} octets`, () => {
        const { stream, protocol } = openServer(ServerProtocol, { extensions: [emitting(value)] }, undefined, true, offer)
        protocol.sendMessage('a')
        expect(framesIn(stream.sent()).map(({ payload }) => payload)).toEqual([Array(length).fill(7)])
      })
    }
  }
})

const offer = 'Sec-WebSocket-Extensions: x-emitting\r\n'

/** An extension that emits the value for each message, in both directions. */
function emitting(value: unknown): Extension {
  const transform: MessageTransform = {
    reserved: 4,
    write: (_octets, emit) => emit(value as Octets),
    end: () => undefined,
  }
  const instance = { reservedBits: 4, opcodes: [], decoder: () => transform, encoder: () => transform, close: () => undefined }
  return { name: 'x-emitting', accept: () => ({ parameters: new Map(), instance }) }
}
