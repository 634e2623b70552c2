import { describe, expect, it } from 'vitest'
import { WampServerFactory } from '../../../src/v1/application/server-factory.ts'
import { parsed, serialized, serializedFor } from '../../../src/v1/serializers/serializer.ts'

describe('serialized', () => {
  it('is text, whatever an override of serialize returns', () => {
    const factory = new WampServerFactory()
    expect(serialized(factory, [8, 't', 1])).toBe('[8,"t",1]')
    for (const given of [new Uint8Array(9), undefined, Promise.resolve('[]'), 7]) {
      factory.serialize = () => given as never
      expect(() => serialized(factory, [8, 't', 1])).toThrow('serialize must return a string, and not')
    }
  })
})

describe('serializedFor', () => {
  it('names what cannot be serialized', () => {
    expect(serializedFor('an event', new WampServerFactory(), [8, 't', 1])).toBe('[8,"t",1]')
    expect(() => serializedFor('an event', new WampServerFactory(), [8, 't', 1n])).toThrow(/^an event must be serialisable: /)
  })
})

describe('parsed', () => {
  it('blames the peer for a text that cannot be parsed', () => {
    const factory = new WampServerFactory()
    expect(() => parsed(factory, '[')).toThrow('a WAMP message is a JSON array')
    expect(parsed(factory, '[1]')).toEqual([1])
  })
})
