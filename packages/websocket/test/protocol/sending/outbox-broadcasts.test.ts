import { describe, expect, it } from 'vitest'
import type { Extension, ServerOptions } from '../../../src/portable.ts'
import { ApiMisuse } from '../../../src/protocol/faults/errors.ts'
import { fakeRuntime } from '../../../src/testing/index.ts'
import { type OpenedServer, openServer, ServerProtocol } from '../opened.ts'
import { closing, frame, framesIn, summary } from '../wire.ts'

describe('Outbox, for broadcasts', () => {
  it('takes a message at once and writes it in the turn of the queue, in front of what is sent after it', () => {
    const { protocol, stream, factory } = openBroadcaster()
    expect(factory.broadcast('one')).toEqual({ sent: 1, skipped: 0, skippedMembers: [] })
    expect({ writes: stream.writes, bufferedAmount: protocol.bufferedAmount }).toEqual({ writes: [], bufferedAmount: 3 })
    factory.broadcast('two')
    protocol.sendMessage('three')
    factory.broadcast('four')
    protocol.sendClose(1000)
    expect(summary(stream.sent())).toEqual(['1:one', '1:two', '1:three', '1:four', '8:1000'])
  })

  it('writes what was taken before it answers a close frame that came behind it', () => {
    const { stream } = openBroadcaster({}, protocol => protocol.factory.broadcast('news'))
    stream.receive(Uint8Array.from([...frame(1, 'go'), ...frame(8, closing(1000))]))
    expect(summary(stream.sent())).toEqual(['1:news', '8:1000'])
  })

  it('writes what the hook for the close frame broadcasts, and only then the answer', () => {
    const { stream, protocol, factory } = openBroadcaster()
    protocol.onCloseFrame = () => void factory.broadcast('farewell')
    stream.receive(frame(8, closing(1001)))
    expect(summary(stream.sent())).toEqual(['1:farewell', '8:1001'])
  })

  it('answers no close frame where what was taken has ended the connection', () => {
    const limits = openBroadcaster({ maxUnsentSize: 100, unsentPolicy: 'drop' }, ({ factory }) => {
      factory.broadcast(new Uint8Array(101))
      factory.broadcast('too much')
    })
    limits.stream.isStuck = true
    limits.stream.receive(Uint8Array.from([...frame(1, 'go'), ...frame(8, closing(1000))]))
    expect({ state: limits.protocol.state, destroyed: limits.stream.destroyed, length: limits.stream.writes.length }).toEqual({
      state: 3,
      destroyed: 'aborted',
      length: 0,
    })
    const broken = openBroadcaster(
      {},
      ({ factory }) => factory.broadcast('news'),
      () => {
        throw new Error('broken')
      },
    )
    broken.stream.receive(Uint8Array.from([...frame(1, 'go'), ...frame(8, closing(1000))]))
    expect(summary(broken.stream.sent())).toEqual(['8:1011 internal error'])
  })

  it('writes what was taken where the peer ends the transport behind it', () => {
    const { stream, factory } = openBroadcaster()
    factory.broadcast('news')
    stream.receiveEnd()
    expect({ destroyed: stream.destroyed, sent: summary(stream.sent()) }).toEqual({ destroyed: 'gracefully', sent: ['1:news'] })
  })

  it('writes what was taken before the connection is dropped, unless that is to be at once', () => {
    for (const abort of [false, true]) {
      const { protocol, stream, factory } = openBroadcaster()
      factory.broadcast('one')
      protocol.dropConnection({ abort })
      expect(summary(stream.sent())).toEqual(abort ? [] : ['1:one'])
    }
  })

  it('does not write broadcasts to a connection that has ended', () => {
    const { protocol, stream, factory } = openBroadcaster()
    factory.broadcast('one')
    protocol.failConnection(1008, 'enough')
    expect(summary(stream.sent())).toEqual(['8:1008 enough'])
    expect(factory.broadcast('two')).toEqual({ sent: 0, skipped: 1, skippedMembers: [protocol] })
  })

  for (const [what, fill] of [
    ['a message', protocol => protocol.sendMessage(large)],
    ['a frame', protocol => protocol.beginMessage(true) && protocol.sendMessageFrame(large, { final: true })],
    [
      'a streamed frame',
      protocol => {
        protocol.beginMessage(true)
        protocol.beginMessageFrame(large.length, { final: true })
        protocol.sendMessageFrameData(large)
      },
    ],
    ['frames of its own', protocol => protocol.sendFrame(3, large)],
    [
      'pings',
      protocol => {
        for (let i = 0; i < 2000; i++) protocol.sendPing(new Uint8Array(125))
      },
    ],
    [
      'other broadcasts',
      protocol => {
        for (let i = 0; i < 100; i++) protocol.factory.broadcast(new Uint8Array(1000))
      },
    ],
  ] as readonly (readonly [string, (protocol: ServerProtocol) => unknown])[]) {
    it(`skips a slow reader with slow: skip, whatever filled its transport: ${what}`, () => {
      const { protocol, stream, clock, factory } = openBroadcaster()
      stream.isStuck = true
      fill(protocol)
      clock.flush()
      expect(protocol.isWritable).toBe(false)
      const skip = { slow: 'skip' } as const
      expect(factory.broadcast('news', skip)).toEqual({ sent: 0, skipped: 1, skippedMembers: [protocol] })
      stream.isStuck = false
      stream.drain()
      expect(factory.broadcast('news', skip)).toEqual({ sent: 1, skipped: 0, skippedMembers: [] })
    })
  }

  for (const [unsentPolicy, isOpen] of [
    ['throw', true],
    ['skip', true],
    ['drop', false],
  ] as const) {
    it(`applies unsentPolicy ${unsentPolicy} when the limit is exceeded at the end of the turn, and does not throw`, () => {
      const { protocol, stream, clock, factory } = openBroadcaster({ maxUnsentSize: 100, unsentPolicy })
      stream.isStuck = true
      factory.broadcast(new Uint8Array(101))
      factory.broadcast('too much')
      expect(() => clock.flush()).not.toThrow()
      expect({ isOpen: protocol.isOpen, outgoingMessagesNotSent: protocol.trafficStats.outgoingMessagesNotSent }).toEqual({
        isOpen,
        outgoingMessagesNotSent: 1,
      })
    })

    it(`applies unsentPolicy ${unsentPolicy} also at the end of a read event`, () => {
      const { protocol, stream, factory } = openBroadcaster({ maxUnsentSize: 100, unsentPolicy }, protocol => {
        const all = protocol.factory
        all.broadcast(new Uint8Array(101))
        all.broadcast('too much')
      })
      stream.isStuck = true
      expect(() => stream.receive(frame(1, 'go'))).not.toThrow()
      expect({ isOpen: protocol.isOpen, outgoingMessagesNotSent: protocol.trafficStats.outgoingMessagesNotSent }).toEqual({
        isOpen,
        outgoingMessagesNotSent: 1,
      })
      expect(factory.connectionCount).toBe(1)
    })
  }

  it('sends to a slow reader, up to maxUnsentSize', () => {
    const { protocol, stream, clock, factory } = openBroadcaster({ maxUnsentSize: 100_100, unsentPolicy: 'throw' })
    stream.isStuck = true
    protocol.sendMessage(large)
    clock.flush()
    expect(factory.broadcast('news', { slow: 'skip' })).toEqual({ sent: 0, skipped: 1, skippedMembers: [protocol] })
    expect(factory.broadcast(new Uint8Array(200))).toEqual({ sent: 1, skipped: 0, skippedMembers: [] })
    expect(factory.broadcast('more')).toEqual({ sent: 0, skipped: 1, skippedMembers: [protocol] })
    expect(framesIn(stream.sent()).map(({ payload }) => payload.length)).toEqual([100_000, 200])
  })

  it('keeps a limit that is below the high-water mark, or hardly above it', () => {
    for (const maxUnsentSize of [100, 70_000]) {
      const { stream, clock, factory } = openBroadcaster({ maxUnsentSize, unsentPolicy: 'skip' })
      stream.isStuck = true
      let sent = 0
      while (factory.broadcast(new Uint8Array(98)).sent === 1) sent++
      expect(sent).toBeGreaterThanOrEqual(maxUnsentSize / 100)
      expect(sent).toBeLessThanOrEqual(maxUnsentSize / 98 + 2)
      clock.flush()
    }
  })

  for (const slow of ['send', 'skip'] as const) {
    it(`skips no receiver for octets that were sent in the same turn, with slow: ${slow}`, () => {
      const { protocol, stream, factory } = openBroadcaster()
      stream.isStuck = true
      protocol.sendMessage(large)
      const results = Array.from({ length: 300 }, () => factory.broadcast(new Uint8Array(1024), { slow }))
      expect(results.filter(({ skipped }) => skipped > 0)).toEqual([])
      expect(framesIn(stream.sent()).map(({ payload }) => payload.length)).toEqual([100_000, ...results.map(() => 1024)])
    })
  }

  it('does not call a receiver slow when only octets of this turn are waiting, however many', () => {
    const { protocol, stream, clock, factory } = openBroadcaster()
    stream.isStuck = true
    protocol.sendMessage(large)
    clock.flush()
    stream.drain(50_000)
    protocol.sendMessage(large)
    expect(factory.broadcast('missed', { slow: 'skip' }).skipped).toBe(1)
    stream.drain(100_010)
    expect(factory.broadcast('heard', { slow: 'skip' }).skipped).toBe(0)
  })

  it('calls a receiver slow that leaves one large message of each turn waiting', () => {
    const { protocol, stream, clock, factory } = openBroadcaster()
    stream.isStuck = true
    for (let turn = 0; turn < 3; turn++) {
      expect(factory.broadcast('news', { slow: 'skip' }).skipped).toBe(turn === 0 ? 0 : 1)
      protocol.sendMessage(large)
      clock.flush()
    }
  })

  it('sends a broadcast that is made while others are being sent after those', () => {
    const { protocol, stream, clock, factory } = openBroadcaster({ sendHighWaterMark: 1000, maxUnsentSize: 0 })
    stream.isStuck = true
    let isFirst = true
    stream.notifyDrained = () => {
      if (isFirst) factory.broadcast('later')
      isFirst = false
    }
    factory.broadcast(new Uint8Array(2000))
    factory.broadcast('sooner')
    clock.flush()
    clock.flush()
    expect({ isOpen: protocol.isOpen, sent: summary(stream.sent()).map(frame => frame.slice(0, 10)) }).toEqual({
      isOpen: true,
      sent: [`2:${'\0'.repeat(8)}`, '1:sooner', '1:later'],
    })
  })

  it('closes only the connection whose extension throws ApiMisuse', () => {
    const misuse = new ApiMisuse('not now')
    const { clock, factory, errors, protocol } = openBroadcaster({}, undefined, () => {
      throw misuse
    })
    factory.broadcast('news')
    expect(() => clock.flush()).not.toThrow()
    expect({ errors, isOpen: protocol.isOpen }).toEqual({ errors: [misuse], isOpen: false })
  })

  it('closes only the connection whose extension throws an error', () => {
    const broken = new Error('broken')
    const { protocol, clock, factory, errors } = openBroadcaster({}, undefined, () => {
      throw broken
    })
    factory.broadcast('news')
    expect(() => clock.flush()).not.toThrow()
    expect([errors.map(({ cause }) => cause), protocol.isOpen]).toEqual([[broken], false])
  })
})

/** A server with one connection, whose extension claims an opcode and leaves messages alone unless told otherwise. */
function openBroadcaster(
  options: Partial<ServerOptions> = {},
  onMessage: (protocol: ServerProtocol) => void = () => {},
  encoder?: () => never,
): OpenedServer<ServerProtocol> {
  const Broadcasting = class extends ServerProtocol {
    override onMessage(): void {
      onMessage(this)
    }
  }
  const instance = { reservedBits: 0, opcodes: [3], close: () => {}, ...(encoder !== undefined && { encoder }) }
  const extension: Extension = { name: 'x', accept: () => ({ parameters: new Map(), instance }) }
  const headers = 'Sec-WebSocket-Extensions: x\r\n'
  return openServer(Broadcasting, { ...options, extensions: [extension] }, fakeRuntime(), true, headers)
}

/** Above the high-water mark. */
const large = new Uint8Array(100_000)
