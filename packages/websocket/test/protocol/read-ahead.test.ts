import { describe, expect, it } from 'vitest'
import type { Extension } from '../../src/portable.ts'
import type { MessageTransform } from '../../src/protocol/extending/extension.ts'
import { fakeRuntime } from '../../src/testing/index.ts'
import { type Call, openServer, recording, ServerProtocol, settled } from './opened.ts'
import { closing, frame, summary } from './wire.ts'

describe('pauseReceiving without reading ahead', () => {
  it('parses nothing behind the message in whose hook it was called, and stops the peer with the next octets', () => {
    const messages: number[] = []
    class Brief extends ServerProtocol {
      override onMessage([first]: Uint8Array): void {
        messages.push(first!)
        this.pauseReceiving({ readAhead: false })
      }
    }
    const { stream, protocol } = openServer(Brief)
    stream.receive(frame(2, [1]), frame(9, 'one'), frame(2, [2]), frame(2, [3]))
    expect([messages, stream.sent().length, stream.isPaused]).toEqual([[1], 0, true])
    stream.receive(frame(2, [4]))
    protocol.resumeReceiving()
    expect([messages, summary(stream.sent())]).toEqual([[1, 2], ['10:one']])
    protocol.resumeReceiving()
    protocol.resumeReceiving()
    expect([messages, stream.isPaused]).toEqual([[1, 2, 3, 4], true])
    protocol.resumeReceiving()
    expect(stream.isPaused).toBe(false)
  })

  it('stops the peer at once where its hook was called, and has less read at a time', () => {
    class Brief extends ServerProtocol {
      override onMessage(): void {
        this.pauseReceiving({ readAhead: false })
      }
    }
    const { stream, protocol } = openServer(Brief)
    expect([stream.isPaused, stream.timesLess]).toEqual([false, 0])
    stream.receive(frame(2, [1]))
    expect([stream.isPaused, stream.timesLess]).toEqual([true, 1])
    protocol.resumeReceiving()
    expect(stream.isPaused).toBe(false)
  })

  it('does not have less read where a pause may be long, or where the connection fails', () => {
    class Slow extends ServerProtocol {
      override onMessage(payload: Uint8Array): void {
        if (payload[0] === 1) return this.pauseReceiving()
        this.pauseReceiving({ readAhead: false })
        this.dropConnection({ abort: true })
      }
    }
    const { stream, protocol } = openServer(Slow)
    stream.receive(frame(2, [1]))
    expect([stream.isPaused, stream.timesLess]).toEqual([false, 0])
    protocol.resumeReceiving()
    stream.receive(frame(2, [2]))
    expect([stream.isPaused, stream.timesLess]).toEqual([false, 0])
  })

  it('reads ahead again after a second call without the option', () => {
    const { stream, protocol } = openServer(ServerProtocol)
    protocol.pauseReceiving({ readAhead: false })
    stream.receive(frame(2, [1]), frame(9, 'one'))
    expect([stream.isPaused, stream.sent().length]).toEqual([true, 0])
    protocol.pauseReceiving()
    expect([stream.isPaused, summary(stream.sent())]).toEqual([false, ['10:one']])
  })

  it('refuses options that do not exist', () => {
    const { protocol } = openServer(ServerProtocol)
    expect(() => protocol.pauseReceiving({ readahead: false } as object)).toThrow(/readAhead/)
  })
})

for (const [hold, Holding] of [
  [
    'a hook that takes its time',
    class extends ServerProtocol {
      override onMessage(): Promise<void> {
        return new Promise(() => undefined)
      }
    },
  ],
  [
    'onOpen that takes its time',
    class extends ServerProtocol {
      override onOpen(): Promise<void> {
        return new Promise(() => undefined)
      }
    },
  ],
  [
    'pauseReceiving',
    class extends ServerProtocol {
      override onOpen(): void {
        this.pauseReceiving()
      }
    },
  ],
] as [string, typeof ServerProtocol][]) {
  describe(hold, () => {
    it('answers pings while a hook is pending', () => {
      const { stream } = openServer(Holding)
      stream.receive(frame(2, [1]), frame(9, 'one'), frame(2, [2]), frame(9, 'two'))
      expect(summary(stream.sent())).toEqual(['10:one', '10:two'])
    })

    it('answers pings in the middle of a message while a hook is pending', () => {
      const { stream } = openServer(Holding)
      stream.receive(frame(2, [1]), frame(2, [1], { fin: false }), frame(9, 'one'), frame(0, [2]))
      expect(summary(stream.sent())).toEqual(['10:one'])
    })

    it('stops the peer once 64 KiB wait, and pings behind them wait as well', () => {
      const { stream } = openServer(Holding)
      stream.receive(frame(2, [1]), frame(2, new Uint8Array(60 * 1024)), frame(9, 'one'))
      expect([stream.isPaused, summary(stream.sent())]).toEqual([false, ['10:one']])
      stream.receive(frame(2, new Uint8Array(10 * 1024)), frame(9, 'two'))
      expect([stream.isPaused, stream.sent().length]).toEqual([true, 0])
    })

    it('stops the peer in the middle of a message that is longer than that', () => {
      const { stream, protocol } = openServer(Holding)
      stream.receive(frame(2, [1]))
      const large = frame(2, new Uint8Array(1024 * 1024))
      let read = 0
      for (; read < large.length && !stream.isPaused; read += 16_384) stream.receive(large.subarray(read, read + 16_384))
      expect(protocol.trafficStats.incomingOctetsAppLevel).toBeLessThan(96 * 1024)
    })

    it('stops the peer although its messages are empty', () => {
      const { stream, protocol } = openServer(Holding)
      for (let count = 0; count < 20_000 && !stream.isPaused; count++) stream.receive(frame(2, []))
      expect(stream.isPaused).toBe(true)
      expect(protocol.trafficStats.incomingWebSocketMessages).toBeLessThan(5000)
    })

    it('does not stop a peer that only pings', () => {
      const { stream } = openServer(Holding)
      stream.receive(frame(2, [1]))
      for (let count = 0; count < 2000; count++) {
        stream.receive(frame(9, 'x'.repeat(125)))
        stream.sent()
      }
      expect(stream.isPaused).toBe(false)
    })

    it('keeps the place of pings where onPing is overridden', () => {
      class Own extends Holding {
        override onPing(payload: Uint8Array): void {
          super.onPing(payload)
        }
      }
      const { stream } = openServer(Own)
      stream.receive(frame(2, [1]), frame(9, 'one'))
      expect(stream.sent().length).toBe(0)
    })

    it('counts a pong as a sign of life while a hook is pending', () => {
      const { stream, clock, protocol } = openServer(Holding, { autoPingInterval: 10, autoPingTimeout: 10 })
      stream.receive(frame(2, [1]))
      clock.advance(10_000)
      const ping = stream.sent()
      clock.advance(70)
      stream.receive(frame(10, ping.subarray(2)))
      expect(protocol.roundTripTime).toBe(70)
    })

    it('notices the end of the connection while a hook is pending', () => {
      const { stream, clock, protocol } = openServer(Holding)
      stream.receive(frame(2, [1]), frame(2, [2]), frame(8, closing(1000)))
      stream.receiveEnd()
      clock.advance(5000)
      expect(summary(stream.sent())).toEqual(['8:1000'])
      expect(protocol.closeInfo).toMatchObject({ code: 1000, wasClean: true, by: 'peer' })
    })

    it('notices an end without a close frame while a hook is pending', () => {
      const { stream, clock, protocol } = openServer(Holding)
      stream.receive(frame(2, [1]), frame(2, [2]))
      stream.receiveEnd()
      clock.advance(5000)
      expect(protocol.closeInfo).toMatchObject({ code: 1006, wasClean: false, by: 'network' })
    })
  })
}

describe('the end behind hooks that wait', () => {
  it('comes behind the messages, in their order, while one hook after the other settles, however long that takes', async () => {
    const { stream, clock, calls, settleNext } = stepwise()
    stream.receive(frame(2, [1]), frame(2, [2]), frame(2, [3]), frame(8, closing(1000)))
    stream.receiveEnd()
    for (let count = 0; count < 3; count++) {
      clock.advance(2400)
      expect(stream.sent().length).toBe(0)
      settleNext()
      await settled(clock)
    }
    expect(calls.map(([hook, payload]) => [hook, payload])).toEqual([
      ['onOpen', undefined],
      ['onMessage', [1]],
      ['onMessage', [2]],
      ['onMessage', [3]],
      ['onCloseFrame', 1000],
      ['onClose', true],
    ])
    expect(summary(stream.sent())).toEqual(['8:1000'])
  })

  it('comes at once behind a pause with nothing else to wait for', () => {
    const { stream, clock, protocol } = openServer(ServerProtocol)
    protocol.pauseReceiving()
    stream.receive(frame(8, closing(1000)))
    expect(summary(stream.sent())).toEqual(['8:1000'])
    stream.receiveEnd()
    clock.flush()
    expect(protocol.closeInfo).toMatchObject({ code: 1000, wasClean: true })
  })

  it('comes behind messages that the application takes after a pause', () => {
    const calls: Call[] = []
    const { stream, clock, protocol } = openServer(recording('messages', calls))
    protocol.pauseReceiving()
    stream.receive(frame(2, [1]), frame(2, [2]), frame(8, closing(1000)))
    stream.receiveEnd()
    clock.advance(1000)
    expect(calls.length).toBe(1)
    protocol.resumeReceiving()
    clock.flush()
    expect(calls.map(([hook]) => hook)).toEqual(['onOpen', 'onMessage', 'onMessage', 'onCloseFrame', 'onClose'])
    expect(summary(stream.sent())).toEqual(['8:1000'])
  })

  it('calls no hook but onClose after the end has overtaken the others', async () => {
    const { stream, clock, calls, settleNext } = stepwise()
    stream.receive(frame(2, [1]), frame(2, [2]), frame(8, closing(1000)))
    clock.advance(2500)
    expect(summary(stream.sent())).toEqual(['8:1000'])
    stream.receiveEnd()
    settleNext()
    await settled(clock)
    expect(calls.map(([hook]) => hook)).toEqual(['onOpen', 'onMessage', 'onClose'])
  })

  it('is clean where the answer to our own close frame is behind a hook', () => {
    const { stream, clock, protocol } = stepwise()
    stream.receive(frame(2, [1]))
    protocol.sendClose(4000)
    stream.sent()
    clock.advance(4000)
    stream.receive(frame(2, [2]), frame(8, closing(4000)))
    clock.advance(3000)
    expect(stream.hasEnded).toBe(true)
    stream.receiveEnd()
    clock.flush()
    expect(protocol.closeInfo).toMatchObject({ code: 4000, wasClean: true })
  })

  it('leaves no timer behind', () => {
    const { stream, clock } = stepwise()
    stream.receive(frame(2, [1]), frame(2, [2]), frame(8, closing(1000)))
    stream.close(new Error('reset'))
    expect(clock.pending).toBe(0)
  })
})

describe('a decoder while hooks wait', () => {
  it('is given so little at a time that what is read ahead stays near its bound', async () => {
    const gates: (() => void)[] = []
    const calls: Call[] = []
    const answer = (hook: string): Promise<void> | undefined =>
      hook === 'onMessage' && gates.length === 0 ? new Promise(resolve => void gates.push(resolve)) : undefined
    const { stream, clock, protocol } = openServer(
      recording('messages', calls, answer),
      { extensions: [hundredfold] },
      fakeRuntime(),
      true,
      'Sec-WebSocket-Extensions: x-hundredfold\r\n',
    )
    const encoded = frame(2, new Uint8Array(40_000), { rsv: 4 })
    stream.receive(Uint8Array.from([...frame(2, [1]), ...encoded, ...frame(2, [2])]))
    expect(protocol.trafficStats.incomingOctetsAppLevel).toBeLessThan(64 * 1024 + 200 * 1024)
    gates[0]!()
    await settled(clock)
    expect(calls.filter(([hook]) => hook === 'onMessage').map(([, payload]) => (payload as number[]).length)).toEqual([1, 4_000_000, 1])
  })
})

/** Makes a hundred octets of each that it is given. */
const hundredfold: Extension = {
  name: 'x-hundredfold',
  accept: () => ({
    parameters: new Map(),
    instance: { reservedBits: 4, opcodes: [], close: () => undefined, decoder: header => (header.reserved === 4 ? hundreds : undefined) },
  }),
}

const hundreds: MessageTransform = {
  reserved: 4,
  write: (octets, emit) => emit(new Uint8Array(octets.length * 100)),
  end: () => undefined,
}

/** A server whose `onMessage` settles when the test says so. */
function stepwise() {
  const calls: Call[] = []
  const gates: (() => void)[] = []
  const answer = (hook: string): Promise<void> | undefined =>
    hook === 'onMessage' ? new Promise(resolve => void gates.push(resolve)) : undefined
  return { ...openServer(recording('messages', calls, answer), {}, fakeRuntime()), calls, settleNext: () => gates.shift()!() }
}
