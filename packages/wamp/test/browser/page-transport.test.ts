import { FakeClock } from '@autobahn-ts/websocket/testing'
import { describe, expect, it } from 'vitest'
import { PageTransport } from '../../src/browser/page-transport.ts'
import { MessageType as T } from '../../src/messages/message-type.ts'
import { JsonSerializer } from '../../src/serializers/json.ts'
import { MsgpackSerializer } from '../../src/serializers/msgpack.ts'
import type { Serializer } from '../../src/serializers/serializer.ts'
import { ScriptPageSocket } from '../fixtures/script-page-socket.ts'
import { Recorder } from '../transports/recorder.ts'

const json = new JsonSerializer()

describe('PageTransport', () => {
  it('is not opened where the server agrees to another subprotocol', () => {
    const { transport, socket } = made()
    transport.accepted('wamp.2.cbor', socket as never)
    expect({ happened: socket.happened, isWritable: transport.isWritable, buffered: transport.bufferedAmount }).toEqual({
      happened: ['gave up: the server did not agree to one of wamp.2.json'],
      isWritable: false,
      buffered: 0,
    })
  })

  it('keeps messages in order that come before it has a listener, and while it is paused', () => {
    const { transport, clock } = opened()
    const [first, second, third, fourth] = [1, 2, 3, 4].map(id => json.encode([T.EVENT, 1, id, {}]))
    transport.came(first!)
    const recorder = Recorder.of(transport)
    expect(recorder.messages).toEqual([])
    clock.advance(0)
    transport.pause()
    transport.came(second!)
    transport.came(third!)
    recorder.took = () => transport.pause()
    transport.resume()
    clock.advance(0)
    expect(recorder.messages.map(message => message[2])).toEqual([1, 2])
    recorder.took = () => {}
    transport.resume()
    transport.came(fourth!)
    clock.advance(0)
    expect(recorder.messages.map(message => message[2])).toEqual([1, 2, 3, 4])
  })

  it('stays paused where it was paused before it had a listener', () => {
    const { transport, clock } = opened()
    transport.pause()
    const recorder = Recorder.of(transport)
    transport.came(json.encode([T.EVENT, 1, 2, {}]))
    clock.advance(0)
    expect(recorder.messages).toEqual([])
  })

  it('fails the connection where too much waits, and hands nothing on that waits when it is stopped', () => {
    const { transport, socket, clock } = opened()
    const recorder = Recorder.of(transport)
    clock.advance(0)
    transport.pause()
    for (let n = 0; n < 4; n++) transport.came('x'.repeat(1024 * 1024 - 250))
    expect(socket.happened).toEqual([])
    transport.came('x'.repeat(100))
    expect(socket.happened).toEqual(['failed with 1008: messages that wait for the session take more than 4194304 octets'])
    transport.stopped()
    transport.resume()
    clock.advance(0)
    expect([recorder.messages, recorder.violations]).toEqual([[], []])
  })

  it.each<[string, Serializer, string | Uint8Array<ArrayBuffer>, string, number]>([
    ['a binary message', json, new Uint8Array(1), 'a binary message of WebSocket came, and json is not binary', 1003],
    ['a text', new MsgpackSerializer(), '[]', 'a text message of WebSocket came, and msgpack is not text', 1003],
    ['what is not a message', json, '[', 'the message is not JSON: it ends too early', 1002],
  ])('tells of %s, takes nothing after it, and closes with a code', (_, serializer, message, why, code) => {
    const { transport, socket, clock } = opened(serializer)
    const recorder = Recorder.of(transport)
    clock.advance(0)
    transport.came(message)
    transport.came(message)
    transport.close()
    transport.close()
    expect({ violations: recorder.violations.map(({ message }) => message), happened: socket.happened }).toEqual({
      violations: [why],
      happened: [`closed with ${code}`],
    })
  })

  it('sends nothing once it is closed', () => {
    const { transport, socket } = opened()
    const prepared = transport.format.prepare([T.PUBLISHED, 1, 2])
    transport.send([T.PUBLISHED, 3, 4])
    transport.sendPrepared(prepared)
    transport.close()
    transport.send([T.PUBLISHED, 5, 6])
    transport.sendPrepared(prepared)
    expect(socket.sent).toEqual(['[17,3,4]', '[17,1,2]'])
  })
})

function made(serializer: Serializer = json) {
  const clock = new FakeClock()
  const spoken = { serializers: [serializer], isBatched: false }
  return { clock, socket: new ScriptPageSocket(), transport: new PageTransport({ spoken, maxSendSize: 1024, clock, url: 'ws://a' }) }
}

function opened(serializer: Serializer = json) {
  const all = made(serializer)
  all.transport.accepted(`wamp.2.${serializer.name}`, all.socket as never)
  return all
}
