import { FakeClock } from '@autobahn-ts/websocket/testing'
import { describe, expect, it } from 'vitest'
import { PageLink } from '../../src/browser/page-link.ts'
import { MessageType as T } from '../../src/messages/message-type.ts'
import { payloadOf } from '../../src/messages/payload.ts'
import { JsonSerializer } from '../../src/serializers/json.ts'
import { ScriptPageSocket } from '../fixtures/script-page-socket.ts'
import { Recorder } from '../transports/recorder.ts'

const json = new JsonSerializer()
const text = json.encode([T.EVENT, 1, 2, {}, payloadOf(['a'])])

describe('PageLink', () => {
  it('gives up where the server agrees to no subprotocol, or to another one', () => {
    for (const agreed of ['', 'wamp', 'wamp.2.json.batched']) {
      const { link, socket } = made()
      link.accepted(agreed, socket as never)
      expect(socket.happened).toEqual(['gave up: the server did not agree to one of wamp.2.json'])
      expect(() => link.messageTransport).toThrow('the connection is not open')
    }
  })

  it('has no message taken that is larger than the socket takes', () => {
    const { link, socket, clock } = opened()
    const recorder = Recorder.of(link.messageTransport)
    clock.advance(0)
    socket.isTaking = false
    link.came(text)
    socket.isTaking = true
    link.came(text)
    expect(recorder.messages.length).toBe(1)
  })

  it('keeps messages in order while it is paused, and hands them on until it is paused again', () => {
    const { link, clock } = opened()
    const recorder = Recorder.of(link.messageTransport)
    clock.advance(0)
    link.pauseReceiving()
    for (const id of [1, 2, 3]) link.came(json.encode([T.EVENT, 1, id, {}]))
    recorder.took = () => link.pauseReceiving()
    link.resumeReceiving()
    expect(recorder.messages.map(message => message[2])).toEqual([1])
    recorder.took = () => {}
    link.resumeReceiving()
    expect(recorder.messages.map(message => message[2])).toEqual([1, 2, 3])
  })

  it('fails the connection where too much waits, and hands nothing on that waits when it is stopped', () => {
    const { link, socket, clock } = opened()
    const recorder = Recorder.of(link.messageTransport)
    clock.advance(0)
    link.pauseReceiving()
    for (let n = 0; n < 4; n++) link.came('x'.repeat(1024 * 1024 - 250))
    expect(socket.happened).toEqual([])
    link.came(text)
    link.came('x'.repeat(100))
    expect(socket.happened[0]).toBe('failed with 1008: messages that wait for the session take more than 4194304 octets')
    link.stopped()
    link.resumeReceiving()
    expect(recorder.messages).toEqual([])
  })
})

function made() {
  const clock = new FakeClock()
  const socket = new ScriptPageSocket()
  const spoken = { serializers: [json], isBatched: false }
  return { link: new PageLink({ spoken, maxSendSize: 1024, clock, url: 'ws://a' }), socket, clock }
}

function opened() {
  const all = made()
  all.link.accepted('wamp.2.json', all.socket as never)
  return all
}
