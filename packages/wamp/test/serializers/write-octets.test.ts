import { expect, it } from 'vitest'
import { MessageType as T } from '../../src/messages/message-type.ts'
import { type KeepingPayload, payloadOf } from '../../src/messages/payload.ts'
import { msgpackWriter } from '../../src/serializers/msgpack-writer.ts'
import { writeOctets } from '../../src/serializers/write-octets.ts'
import { fromHex } from '../fixtures/octets.ts'

it('writes a message, and keeps the form of its payload', () => {
  const payload = payloadOf([1], { a: 2 }) as KeepingPayload
  expect(writeOctets(msgpackWriter, [T.RESULT, 7, {}, payload])).toEqual(fromHex('95 32 07 80 91 01 81 a1 61 02'))
  const form = payload.formOf('msgpack')
  expect(form).toEqual({ serializer: 'msgpack', data: fromHex('95 32 07 80 91 01 81 a1 61 02'), start: 4, end: 10, elements: 2 })
  expect(writeOctets(msgpackWriter, [T.RESULT, 8, {}, payload])).toEqual(fromHex('95 32 08 80 91 01 81 a1 61 02'))
})

it('writes a message within another one', () => {
  const inner: Uint8Array[] = []
  const item = {
    get a() {
      inner.push(writeOctets(msgpackWriter, [T.PUBLISHED, 1, 2]))
      return 3
    },
  }
  expect(writeOctets(msgpackWriter, [T.RESULT, 7, {}, payloadOf([item])])).toEqual(fromHex('94 32 07 80 91 81 a1 61 03'))
  expect(inner).toEqual([fromHex('93 11 01 02')])
})

it('leaves out what is undefined at the end', () => {
  expect(writeOctets(msgpackWriter, [T.UNREGISTERED, 7, undefined])).toEqual(fromHex('92 43 07'))
  expect(writeOctets(msgpackWriter, [T.RESULT, 7, {}, undefined])).toEqual(fromHex('93 32 07 80'))
})

it('hands on other errors than misuse', () => {
  const failing = { get a() { throw new RangeError('mine') } } // biome-ignore format: one line is enough
  expect(() => writeOctets(msgpackWriter, [T.RESULT, 7, {}, payloadOf([failing])])).toThrow(new RangeError('mine'))
})
