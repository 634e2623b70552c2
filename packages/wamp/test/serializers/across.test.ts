import { decode as decodeMsgpack, encode as encodeMsgpack } from '@msgpack/msgpack'
import { decode as decodeCbor, encode as encodeCbor } from 'cborg'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MessageType as T } from '../../src/messages/message-type.ts'
import { payloadOf } from '../../src/messages/payload.ts'
import { ProtocolViolation } from '../../src/messages/protocol-violation.ts'
import { CborSerializer } from '../../src/serializers/cbor.ts'
import { JsonSerializer } from '../../src/serializers/json.ts'
import { MsgpackSerializer } from '../../src/serializers/msgpack.ts'
import type { Serializer } from '../../src/serializers/serializer.ts'
import { anyMessage, anyWampValue, opened } from '../fixtures/wamp-messages.ts'

const serializers: readonly Serializer[] = [new JsonSerializer(), new MsgpackSerializer(), new CborSerializer()]
const [, msgpack, cbor] = serializers as [Serializer, Serializer, Serializer]

describe('a message that goes through a router', () => {
  for (const from of serializers) {
    for (const to of serializers) {
      it(`is the same from ${from.name} to ${to.name}, whether its payload was read or not`, () => {
        fc.assert(
          fc.property(anyMessage, message => {
            const unread = from.decode(from.encode(message))
            const read = from.decode(from.encode(message))
            opened(read)
            const copied = to.decode(to.encode(unread))
            expect(opened(copied)).toEqual(opened(message))
            expect(opened(to.decode(to.encode(read)))).toEqual(opened(message))
            expect(opened(from.decode(from.encode(copied)))).toEqual(opened(message))
          }),
        )
      })
    }
  }
})

describe('values', () => {
  it('are what @msgpack/msgpack reads and writes, but for the key __proto__, which it refuses, and -0, which it writes as 0', () => {
    const values = anyWampValue.filter(value => !contains(value, each => isObject(each) && Object.hasOwn(each, '__proto__')))
    fc.assert(
      fc.property(values, value => {
        expect(normal(decodeMsgpack(argumentOf(msgpack, value), { useBigInt64: true }))).toEqual(value)
        // it writes integers beyond 2^32 as floats, or else all integers of 64 bits as bigint
        if (!contains(value, each => typeof each === 'bigint' || Object.is(each, -0)))
          expect(argumentIn(msgpack, encodeMsgpack(value))).toEqual(value)
      }),
    )
  })

  it('are what cborg reads and writes, but for -0, which it writes as 0', () => {
    fc.assert(
      fc.property(anyWampValue, value => {
        expect(normal(decodeCbor(argumentOf(cbor, value)))).toEqual(value)
        if (!contains(value, each => Object.is(each, -0))) expect(argumentIn(cbor, encodeCbor(value, { float64: true }))).toEqual(value)
      }),
    )
  })

  it('that the scanners accept are read by the libraries as well, to the same', () => {
    for (const [serializer, decode] of [
      [msgpack, (octets: Uint8Array) => normal(decodeMsgpack(octets, { useBigInt64: true }))],
      [cbor, (octets: Uint8Array) => normal(decodeCbor(octets))],
    ] as const) {
      fc.assert(
        fc.property(octetsOf(serializer), octets => {
          const value = argumentOrFault(serializer, octets)
          if (value instanceof ProtocolViolation) return
          if (contains(value, each => isObject(each) && Object.hasOwn(each, '__proto__'))) return
          // what we only tolerate, libraries need not know
          if (isCopied(serializer, octets)) expect(value).toEqual(decode(octets))
        }),
        { numRuns: 3000 },
      )
    }
  })
})

/** Octets that are likely to be a value: heads of all kinds with short arguments, and mutations of values. */
function octetsOf(serializer: Serializer): fc.Arbitrary<Uint8Array> {
  const mutated = fc.tuple(anyWampValue, fc.nat(), fc.integer({ min: 0, max: 255 })).map(([value, at, octet]) => {
    const octets = argumentOf(serializer, value).slice()
    octets[at % octets.length] = octet
    return octets
  })
  return fc.oneof(mutated, fc.uint8Array({ minLength: 1, maxLength: 10 }))
}

/** Encodes a value as the serializer does as the only argument of a message. */
function argumentOf(serializer: Serializer, value: unknown): Uint8Array {
  const whole = serializer.encode([T.RESULT, 1, {}, payloadOf([value])]) as Uint8Array
  return whole.subarray((serializer.encode([T.RESULT, 1, {}]) as Uint8Array).length + 1)
}

/** Decodes a value as the only argument of a message. */
function argumentIn(serializer: Serializer, octets: Uint8Array): unknown {
  const message = serializer.decode(messageWith(serializer, octets))
  const [, , , payload] = opened(message) as [0, 0, 0, { args: [unknown] }]
  return payload.args[0]
}

/** Decodes a value, or returns the fault that it is. */
function argumentOrFault(serializer: Serializer, octets: Uint8Array): unknown {
  try {
    return argumentIn(serializer, octets)
  } catch (error) {
    if (error instanceof ProtocolViolation) return error
    throw error
  }
}

function isCopied(serializer: Serializer, octets: Uint8Array): boolean {
  const whole = messageWith(serializer, octets)
  return Buffer.compare(serializer.encode(serializer.decode(whole)) as Uint8Array, whole) === 0
}

function messageWith(serializer: Serializer, octets: Uint8Array): Uint8Array {
  const zero = serializer.encode([T.RESULT, 1, {}, payloadOf([0])]) as Uint8Array
  return new Uint8Array([...zero.subarray(0, -1), ...octets])
}

/** Makes numbers of the bigints that are not beyond 2^53: libraries have them for all integers of 64 bits. */
function normal(value: unknown): unknown {
  return mapped(value, each => (typeof each === 'bigint' && each >= -(2n ** 53n) && each <= 2n ** 53n ? Number(each) : each))
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

/** Tells whether a test holds for a value or for one within it. */
function contains(value: unknown, test: (value: unknown) => boolean): boolean {
  if (test(value)) return true
  return isObject(value) && !(value instanceof Uint8Array) && Object.values(value).some(each => contains(each, test))
}

function mapped(value: unknown, scalar: (value: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map(item => mapped(item, scalar))
  if (!isObject(value) || value instanceof Uint8Array) return scalar(value)
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapped(item, scalar)]))
}
