import { describe, expect, it } from 'vitest'
import { ApiMisuse } from '../../src/protocol/errors.ts'
import { FlushQueue } from '../../src/protocol/flush-queue.ts'
import { Sender } from '../../src/protocol/sender.ts'
import { Lifecycle } from '../../src/protocol/state.ts'
import { TrafficStats } from '../../src/protocol/traffic-stats.ts'
import { FakeClock } from '../../src/testing/index.ts'
import { openServer, ServerProtocol } from './opened.ts'
import { summary } from './wire.ts'

describe('Sender', () => {
  it('calls everything misuse before the connection is open', () => {
    const sender = new Sender(new Lifecycle(), new TrafficStats(), undefined, new FlushQueue(new FakeClock()))
    const octets = Uint8Array.of(1)
    for (const [method, send] of [
      ['sendMessage', () => sender.message(octets, true, {})],
      ['sendMessageFrameData', () => sender.frameData(octets)],
      ['beginMessage', () => sender.continue('beginMessage', writer => writer.begin(true, {}))],
      ['sendPing', () => sender.ping(octets)],
      ['sendPong', () => sender.pong(octets)],
      ['sendFrame', () => sender.frame(3, octets, true, 0)],
    ] as const) {
      expect(send).toThrow(new ApiMisuse(`${method} before the connection is open`))
    }
    expect([sender.isWritable, sender.takesMessage]).toEqual([false, false])
  })

  it('counts what is to be sent once the connection is closing, and sends none of it', () => {
    const { protocol, stream } = openServer(ServerProtocol)
    protocol.sendClose(1000)
    expect(protocol.sendMessage('late')).toBe(false)
    expect(protocol.sendPreparedMessage(protocol.factory.prepareMessage('late'))).toBe(false)
    expect(protocol.beginMessage(true)).toBe(false)
    expect(protocol.sendMessageFrameData(Uint8Array.of(1, 2))).toBe(-2)
    expect(protocol.sendPing()).toBe(false)
    expect(protocol.sendPong()).toBe(false)
    expect(protocol.sendFrame(3)).toBe(false)
    expect(protocol.trafficStats.outgoingMessagesNotSent).toBe(7)
    expect(summary(stream.sent())).toEqual(['8:1000'])
  })

  it('throws calls in the wrong order back at once, and the connection stays open', () => {
    const { protocol, errors } = openServer(ServerProtocol)
    protocol.beginMessage(true)
    const one = Uint8Array.of(1)
    expect(() => protocol.sendMessage(one)).toThrow(new ApiMisuse('sendMessage inside a message that is not ended'))
    expect(() => protocol.sendPreparedMessage(protocol.factory.prepareMessage(one))).toThrow(ApiMisuse)
    expect(() => protocol.beginMessage(true)).toThrow(ApiMisuse)
    expect(() => protocol.sendMessageFrameData(one)).toThrow(ApiMisuse)
    expect([protocol.isOpen, errors]).toEqual([true, []])
  })

  it('does nothing on a connection whose handshake was refused', () => {
    const { protocol } = openServer(Refusing, {}, undefined, false)
    expect(protocol.sendMessage('late')).toBe(false)
    expect(protocol.sendMessageFrameData(Uint8Array.of(1))).toBe(-1)
    expect(protocol.sendClose()).toBe(false)
    expect(() => protocol.failConnection(1011, 'late')).not.toThrow()
  })
})

class Refusing extends ServerProtocol {
  override onConnect(): never {
    throw new Error('no')
  }
}
