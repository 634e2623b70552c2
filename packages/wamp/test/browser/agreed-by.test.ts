import { expect, it } from 'vitest'
import { agreedBy } from '../../src/browser/agreed-by.ts'
import { JsonSerializer } from '../../src/serializers/json.ts'
import { ScriptPageSocket } from '../fixtures/script-page-socket.ts'

const serializer = new JsonSerializer()
const offered = { serializers: [serializer], isBatched: false }

it('returns what both sides speak', () => {
  const socket = new ScriptPageSocket()
  expect(agreedBy('wamp.2.json', socket as never, offered)).toEqual({ serializer, isBatched: false })
  expect(socket.happened).toEqual([])
})

it.each(['', 'wamp', 'wamp.2.json.batched', 'wamp.2.cbor'])('gives the socket up for the subprotocol %j', protocol => {
  const socket = new ScriptPageSocket()
  expect(agreedBy(protocol, socket as never, offered)).toBeUndefined()
  expect(socket.happened).toEqual(['gave up: the server did not agree to one of wamp.2.json'])
})
