import { describe, expect, it } from 'vitest'
import { MessageType } from '../../src/messages/message-type.ts'
import { JsonSerializer } from '../../src/serializers/json.ts'
import { checkSize, EncodedMessage, encodedFormat, octetsOf } from '../../src/transports/encoded-message.ts'

describe('encodedFormat', () => {
  it('is one object for a kind and a serializer', () => {
    const json = new JsonSerializer()
    expect(encodedFormat('rawsocket', json)).toBe(encodedFormat('rawsocket', json))
    expect(encodedFormat('rawsocket', json)).not.toBe(encodedFormat('websocket', json))
    expect(encodedFormat('rawsocket', json)).not.toBe(encodedFormat('rawsocket', new JsonSerializer()))
  })

  it('knows the messages that it has prepared', () => {
    const json = new JsonSerializer()
    const prepared = encodedFormat('rawsocket', json).prepare([MessageType.PUBLISHED, 1, 2])
    expect(prepared.encoded).toBe('[17,1,2]')
    expect(prepared.size).toBe(8)
    expect(encodedFormat('rawsocket', json).own(prepared)).toBe(prepared)
    expect(() => encodedFormat('websocket', json).own(prepared)).toThrow('and not one of another format')
    expect(() => encodedFormat('websocket', json).own({ size: 8 })).toThrow('and not [object Object]')
  })
})

describe('EncodedMessage', () => {
  it('counts octets, and makes them once', () => {
    const message = new EncodedMessage(encodedFormat('rawsocket', new JsonSerializer()), '["é"]')
    expect(message.size).toBe(6)
    expect(message.octets).toBe(message.octets)
  })
})

describe('checkSize', () => {
  it('counts octets, and not characters', () => {
    expect(() => checkSize('é'.repeat(256), 512)).not.toThrow()
    expect(() => checkSize('é'.repeat(257), 512)).toThrow('a message of 514 octets is larger than the 512 that its receiver takes')
    expect(() => checkSize(new Uint8Array(512), 512)).not.toThrow()
    expect(() => checkSize(new Uint8Array(513), 512)).toThrow('513')
  })
})

describe('octetsOf', () => {
  it('encodes text, and leaves octets as they are', () => {
    const octets = Uint8Array.of(1)
    expect([...octetsOf('é')]).toEqual([0xc3, 0xa9])
    expect(octetsOf(octets)).toBe(octets)
  })
})
