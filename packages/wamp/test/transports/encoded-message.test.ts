import { describe, expect, it } from 'vitest'
import { MessageType } from '../../src/messages/message-type.ts'
import { JsonSerializer } from '../../src/serializers/json.ts'
import { EncodedMessage, encodedFormat } from '../../src/transports/encoded-message.ts'

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
    expect(() => encodedFormat('websocket', json).own(prepared)).toThrow('and not another one')
    expect(() => encodedFormat('websocket', json).own({ size: 8 })).toThrow('and not another one')
  })
})

describe('EncodedMessage', () => {
  it('counts octets, and makes them once', () => {
    const message = new EncodedMessage(encodedFormat('rawsocket', new JsonSerializer()), '["é"]')
    expect(message.size).toBe(6)
    expect(message.octets).toBe(message.octets)
  })
})
