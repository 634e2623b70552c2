import { describe, expect, it } from 'vitest'
import { JsonSerializer } from '../../src/serializers/json.ts'
import type { Serializer } from '../../src/serializers/serializer.ts'
import { checkedSerializers, spokenBy, subprotocolsOf } from '../../src/transports/subprotocols.ts'

describe('subprotocolsOf', () => {
  it('offers the batched form of a serializer before its plain one', () => {
    expect(subprotocolsOf({ serializers: [json, cbor], isBatched: false })).toEqual(['wamp.2.json', 'wamp.2.cbor'])
    expect(subprotocolsOf({ serializers: [json], isBatched: true })).toEqual(['wamp.2.json.batched', 'wamp.2.json'])
  })
})

describe('spokenBy', () => {
  it('finds what both sides speak', () => {
    expect(spokenBy('wamp.2.cbor', { serializers: [json, cbor], isBatched: false })).toEqual({ serializer: cbor, isBatched: false })
    expect(spokenBy('wamp.2.json.batched', { serializers: [json], isBatched: true })).toEqual({ serializer: json, isBatched: true })
    expect(spokenBy('wamp.2.json', { serializers: [json], isBatched: true })).toEqual({ serializer: json, isBatched: false })
  })

  for (const name of ['wamp.2.json.batched', 'wamp.2.msgpack', 'wamp', 'json', '', 'wamp.2.', 'wamp.2.JSON'])
    it(`finds nothing for ${JSON.stringify(name)}`, () => {
      expect(spokenBy(name, { serializers: [json, cbor], isBatched: false })).toBe(undefined)
    })
})

describe('checkedSerializers', () => {
  it('takes a list with each serializer once', () => {
    expect(checkedSerializers([json, cbor])).toEqual([json, cbor])
  })

  for (const [given, says] of [
    [[], 'must be a list with at least one serializer'],
    [undefined, 'must be a list with at least one serializer'],
    [['json'], 'option serializers has "json", and takes serializers such as new JsonSerializer()'],
    [[undefined], 'option serializers has undefined'],
    [[json, json], 'option serializers has json twice'],
  ] as const) {
    it(`refuses ${says}: ${JSON.stringify(given)}`, () => {
      expect(() => checkedSerializers(given as never)).toThrow(says)
    })
  }
})

const json = new JsonSerializer()
const cbor = Object.assign(Object.create(new JsonSerializer()) as Serializer, { name: 'cbor' })
