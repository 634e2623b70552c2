import { describe, expect, it } from 'vitest'
import { MessageType as T } from '../../src/messages/message-type.ts'
import type { KeepingPayload } from '../../src/messages/payload.ts'
import { CborSerializer } from '../../src/serializers/cbor.ts'
import { MsgpackSerializer } from '../../src/serializers/msgpack.ts'
import { fromHex } from '../fixtures/octets.ts'
import { opened } from '../fixtures/wamp-messages.ts'

const msgpack = new MsgpackSerializer()
const cbor = new CborSerializer()

describe('the reader of binary messages', () => {
  it('refuses octets after the message, and a message that ends too early', () => {
    expect(() => msgpack.decode(fromHex('93 11 01 02 00'))).toThrow('there are octets after the message')
    expect(() => cbor.decode(fromHex('83 11 01 02 00'))).toThrow('there are octets after the message')
    expect(() => msgpack.decode(fromHex('93 11 01'))).toThrow('the message ends too early')
    expect(() => msgpack.decode(fromHex(''))).toThrow('a message must be a list')
  })

  it('refuses text', () => {
    expect(() => msgpack.decode('[17,1,2]')).toThrow('a message that should be binary is a text')
  })

  it('takes ids that are floats, as some peers send them above 2^32', () => {
    expect(msgpack.decode(fromHex('93 11 01 cb41f0000000000000'))).toEqual([T.PUBLISHED, 1, 2 ** 32])
    expect(cbor.decode(fromHex('83 11 01 fb41f0000000000000'))).toEqual([T.PUBLISHED, 1, 2 ** 32])
  })

  it('takes a message that is a list without a length', () => {
    const message = cbor.decode(fromHex('9f 1832 01 a0 8107 a1616108 ff'))
    expect(opened(message)).toEqual([T.RESULT, 1, {}, { args: [7], kwargs: { a: 8 } }])
    expect(cbor.encode(message)).toEqual(fromHex('85 1832 01 a0 8107 a1616108'))
    expect(opened(cbor.decode(fromHex('9f 1832 01 a0 8107 ff'), true))).toEqual([T.RESULT, 1, {}, { args: [7], kwargs: {} }])
    expect(() => cbor.decode(fromHex('9f 1832 01 a0 8107 ff 00'))).toThrow('there are octets after the message')
  })

  it('writes anew what others would not understand', () => {
    const message = cbor.decode(fromHex('85 1832 01 a0 82 f7 d840420102 a2 7f6161ff f7 616201'))
    expect(opened(message)).toEqual([T.RESULT, 1, {}, { args: [null, new Uint8Array([1, 2])], kwargs: { b: 1 } }])
    expect(cbor.encode(message)).toEqual(fromHex('85 1832 01 a0 82 f6 420102 a1 6162 01'))
    const other = msgpack.decode(fromHex('94 32 01 80 92 01 d40000'))
    expect(msgpack.encode(other)).toEqual(fromHex('94 32 01 80 92 01 c0'))
    const next = cbor.decode(fromHex('84 1832 01 a0 81 07'))
    expect((next[3] as KeepingPayload).formOf('cbor')).toMatchObject({ start: 5, end: 7, elements: 1 })
  })

  it('takes options that are undefined as left out', () => {
    expect(cbor.decode(fromHex('84 1830 01 a1 6774696d656f7574 f7 6161'))).toEqual([T.CALL, 1, {}, 'a'])
    expect(msgpack.decode(fromHex('94 30 01 81 a774696d656f7574 d40000 a161'))).toEqual([T.CALL, 1, {}, 'a'])
  })

  it('takes a payload that is undefined as left out', () => {
    for (const trusts of [false, true]) {
      expect(opened(cbor.decode(fromHex('85 1832 01 a0 f7 f7'), trusts))).toEqual([T.RESULT, 1, {}, { args: [], kwargs: {} }])
      expect(opened(msgpack.decode(fromHex('95 32 01 80 d40000 d40000'), trusts))).toEqual([T.RESULT, 1, {}, { args: [], kwargs: {} }])
      expect(msgpack.encode(msgpack.decode(fromHex('95 32 01 80 9107 d40000'), trusts))).toEqual(fromHex('94 32 01 80 9107'))
      expect(() => opened(msgpack.decode(fromHex('95 32 01 80 d40001 80'), trusts))).toThrow('extension type')
    }
  })

  it('keeps a payload where it is', () => {
    const octets = fromHex('94 32 01 80 91 07')
    const form = (msgpack.decode(octets)[3] as KeepingPayload).formOf('msgpack')
    expect(form?.data).toBe(octets)
    expect(form).toMatchObject({ start: 4, end: 6 })
  })

  it('takes octets that stand anywhere in memory', () => {
    const octets = fromHex(`ffff 94 32 01 80 91 c464 ${'07'.repeat(100)} ffff`)
    const message = msgpack.decode(octets.subarray(2, octets.length - 2))
    expect(opened(message)).toEqual([T.RESULT, 1, {}, { args: [new Uint8Array(100).fill(7)], kwargs: {} }])
  })
})
