import { describe, expect, it } from 'vitest'
import { MessageType } from '../../src/messages/message-type.ts'
import { CborSerializer } from '../../src/serializers/cbor.ts'
import { MsgpackSerializer } from '../../src/serializers/msgpack.ts'

describe('OctetSerializer', () => {
  for (const [name, rawSocketId, make] of [
    ['cbor', 3, (limits = {}) => new CborSerializer(limits)],
    ['msgpack', 2, (limits = {}) => new MsgpackSerializer(limits)],
  ] as const) {
    it(`writes, reads, joins and splits messages in its format: ${name}`, () => {
      const serializer = make()
      const messages = [1, 2].map(reason => serializer.encode([MessageType.GOODBYE, { message: `m${reason}` }, 'wamp.close.normal']))
      const split = serializer.split(serializer.join(messages))
      expect({
        name: serializer.name,
        rawSocketId: serializer.rawSocketId,
        isBinary: serializer.isBinary,
        split,
        last: serializer.decode(split[1]!).slice(0, 3),
      }).toEqual({
        name,
        rawSocketId,
        isBinary: true,
        split: messages,
        last: [MessageType.GOODBYE, { message: 'm2' }, 'wamp.close.normal'],
      })
    })

    it(`refuses limits that do not exist: ${name}`, () => {
      expect(() => make({ maxDepths: 3 })).toThrow(expect.objectContaining({ name: 'ApiMisuse' }))
    })
  }
})
