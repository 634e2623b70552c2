import { describe, expect, it } from 'vitest'
import { ApiMisuse } from '../../../src/protocol/faults/errors.ts'
import { type MadeMessage, PreparedMessage } from '../../../src/protocol/sending/prepared-message.ts'
import { ClientProtocol, openClient, openServer, ServerProtocol } from '../opened.ts'
import { counting, framesIn, summary, textOf } from '../wire.ts'

describe('PreparedMessage', () => {
  it('is made once for each key', () => {
    const message = new PreparedMessage(Uint8Array.of(1), true, {})
    let made = 0
    const make = () => ({ first: ++made, payload: message.payload, frame: message.payload, isEncoded: false })
    expect([message.made('a', make), message.made('a', make), message.made('b', make)].map(made => (made as MadeMessage).first)).toEqual([
      1, 1, 2,
    ])
  })

  it('keeps a copy of the payload', () => {
    const { protocol, stream } = openServer(ServerProtocol)
    const payload = Uint8Array.of(1)
    const message = protocol.factory.prepareMessage(payload)
    payload[0] = 2
    protocol.sendPreparedMessage(message)
    expect(framesIn(stream.sent())[0]!.payload).toEqual([1])
  })

  it('goes out by reference from servers, the same frame each time', () => {
    const { protocol, stream, clock } = openServer(ServerProtocol)
    const message = protocol.factory.prepareMessage('hello')
    for (let sent = 0; sent < 2; sent++) {
      protocol.sendPreparedMessage(message)
      clock.flush()
    }
    expect(stream.writes[0]).toBe(stream.writes[1])
    expect(summary(stream.sent())).toEqual(['1:hello', '1:hello'])
  })

  it('is masked afresh by clients each time, and not changed by it', () => {
    const { protocol, stream } = openClient(ClientProtocol)
    const message = protocol.factory.prepareMessage(counting(20_000))
    protocol.sendPreparedMessage(message)
    protocol.sendPreparedMessage(message)
    const [one, other] = framesIn(stream.sent())
    expect(one!.key).not.toEqual(other!.key)
    expect(other!.payload).toEqual([...counting(20_000)])
    expect(message.payload).toEqual(counting(20_000))
  })

  it('is fragmented where that was asked for', () => {
    const { protocol, stream } = openServer(ServerProtocol)
    protocol.sendPreparedMessage(protocol.factory.prepareMessage('abc', false, { fragmentSize: 2 }))
    expect(summary(stream.sent())).toEqual(['1-:ab', '0:c'])
  })

  it('is misuse where it cannot be sent that way, when it is made: a broadcast has nobody to throw at later', () => {
    const { factory } = openServer(ServerProtocol)
    expect(() => factory.prepareMessage('abc', false, { fragmentSize: 0 })).toThrow(
      new ApiMisuse('fragmentSize must be a whole number above 0, and not 0'),
    )
  })

  it('is recognized by PreparedMessage.is, and objects that look alike are not', () => {
    const { factory } = openServer(ServerProtocol)
    const message = factory.prepareMessage('a')
    const { proxy, revoke } = Proxy.revocable(message, {})
    const alike = [new Proxy(message, {}), Object.create(PreparedMessage.prototype), { ...message }, proxy, null, 'a']
    revoke()
    expect([PreparedMessage.is(message), ...alike.map(PreparedMessage.is)]).toEqual([true, false, false, false, false, false, false])
  })

  it('is text for a string and binary for octets, unless told otherwise', () => {
    const { protocol, stream } = openServer(ServerProtocol)
    for (const message of [
      protocol.factory.prepareMessage('a'),
      protocol.factory.prepareMessage('a', true),
      protocol.factory.prepareMessage(Uint8Array.of(97)),
      protocol.factory.prepareMessage(Uint8Array.of(97), false),
    ])
      protocol.sendPreparedMessage(message)
    expect(framesIn(stream.sent()).map(({ opcode, payload }) => [opcode, textOf(payload)])).toEqual([
      [1, 'a'],
      [2, 'a'],
      [2, 'a'],
      [1, 'a'],
    ])
  })

  it('is not sent after the close frame', () => {
    const { protocol, stream } = openServer(ServerProtocol)
    const message = protocol.factory.prepareMessage('a')
    protocol.sendClose()
    stream.sent()
    expect(protocol.sendPreparedMessage(message)).toBe(false)
    expect(stream.sent().length).toBe(0)
  })
})
