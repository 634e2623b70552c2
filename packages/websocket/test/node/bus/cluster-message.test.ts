import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ClusterMessage, packed, unpacked } from '../../../src/node/bus/cluster-message.ts'

describe('packed and unpacked', () => {
  it('are the inverse of each other, through JSON and as they are', () => {
    fc.assert(
      fc.property(messages, message => {
        expect(unpacked(JSON.parse(JSON.stringify(packed(message, false))))).toEqual(message)
        expect(unpacked(packed(message, true))).toEqual(message)
      }),
    )
  })
})

describe('unpacked', () => {
  it('leaves messages of others alone', () => {
    for (const other of [undefined, null, 5, 'x', {}, [], { kind: 'publish' }]) expect(unpacked(other)).toBeUndefined()
  })

  it('tells what has the mark and is not a message', () => {
    const mark = 'autobahn-ts:bus'
    for (const wrong of [
      { [mark]: 'hello' },
      { [mark]: 'hello', participant: 'x' },
      { [mark]: 'ask', participant: 1 },
      { [mark]: 'publish', participant: 1, subject: 'a' },
      { [mark]: 'publish', participant: 1, subject: 'a', octets: { 0: 1 } },
      { [mark]: 'publish', participant: 1, octets: '' },
      { [mark]: 'other', participant: 1 },
    ]) {
      expect(unpacked(wrong)).toBe('malformed')
    }
  })

  it('returns octets with memory of their own', () => {
    const message = unpacked(packed({ kind: 'publish', participant: 1, subject: 'a', octets: Uint8Array.of(1, 2) }, false))
    expect(message).toMatchObject({ octets: { byteLength: 2, buffer: { byteLength: 2 } } })
  })
})

const participant = fc.nat()
const text = fc.string()
const octets = fc.uint8Array()
const messages: fc.Arbitrary<ClusterMessage> = fc.oneof(
  fc.record({ kind: fc.constantFrom('hello' as const, 'bye' as const), participant }),
  fc.record({ kind: fc.constant('welcome' as const), participant, takesOctets: fc.boolean() }),
  fc.record({ kind: fc.constantFrom('ask' as const, 'drop' as const), participant, pattern: text }),
  fc.record({ kind: fc.constant('granted' as const), participant, pattern: text }),
  fc.record({ kind: fc.constantFrom('publish' as const, 'deliver' as const), participant, subject: text, octets }),
)
