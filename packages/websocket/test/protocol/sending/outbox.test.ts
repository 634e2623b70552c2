import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parts } from '../../../src/application/protocol-parts.ts'
import type { Extension, Octets, ServerOptions } from '../../../src/portable.ts'
import { ApiMisuse } from '../../../src/protocol/faults/errors.ts'
import { ConnectionState } from '../../../src/protocol/life/connection-state.ts'
import { type Borrower, Loans } from '../../../src/protocol/life/loans.ts'
import { TrafficStats } from '../../../src/protocol/life/traffic-stats.ts'
import { defaultsOf } from '../../../src/protocol/options/option-table.ts'
import { serverOptions } from '../../../src/protocol/options/options.ts'
import { FlushQueue } from '../../../src/protocol/sending/flush-queue.ts'
import { referenceFrom } from '../../../src/protocol/sending/frame-writer.ts'
import { Outbox } from '../../../src/protocol/sending/outbox.ts'
import { ScratchPool } from '../../../src/protocol/sending/outgoing-batch.ts'
import type { SendingHalf } from '../../../src/protocol/sending/sending-half.ts'
import { FakeClock, fakeRuntime } from '../../../src/testing/index.ts'
import { FakeStream } from '../fake-stream.ts'
import { ClientProtocol, openClient, openServer, ServerProtocol } from '../opened.ts'
import { counting, frame, framesIn, summary } from '../wire.ts'

describe('Outboxes of many connections', () => {
  it('forget what had borrowed the sending half when another connection takes it, and borrow with a new one', () => {
    const { crowd, clock, borrowers } = crowdOfOutboxes(65)
    const taken = crowd[1]!
    for (const { outbox } of crowd) {
      outbox.sendMessage('a', false, {})
      clock.flush()
    }
    taken.outbox.sendMessage('b', false, {})
    clock.flush()
    expect({ borrowed: borrowers.length, isAnother: borrowers[65] !== borrowers[1] }).toEqual({ borrowed: 66, isAnother: true })
    expect(summary(taken.stream.sent())).toEqual(['1:a', '1:b'])
  })

  it('keep it while a caller waits until octets have gone', () => {
    const { crowd, clock, borrowers } = crowdOfOutboxes(65)
    const taken = crowd[1]!
    for (const { outbox } of crowd.slice(0, 2)) {
      outbox.sendMessage('a', false, {})
      clock.flush()
    }
    taken.stream.bufferedAmount = 3
    let isGone = false
    taken.outbox.whenGone(() => {
      isGone = true
    })
    taken.stream.bufferedAmount = 0
    for (const { outbox } of crowd) {
      outbox.sendMessage('a', false, {})
      clock.flush()
    }
    const before = borrowers.length
    taken.outbox.sendMessage('b', false, {})
    expect({ isGone, borrowed: borrowers.length - before, isSame: borrowers.at(-1) === borrowers[1] }).toEqual({
      isGone: true,
      borrowed: 1,
      isSame: true,
    })
  })

  it('send the same octets as one alone, and count them, whoever has had the half meanwhile', () => {
    const turn = fc.record({ who: fc.nat(67), text: fc.string({ maxLength: 200 }), read: fc.boolean() })
    fc.assert(
      fc.property(fc.array(turn, { minLength: 60, maxLength: 200 }), turns => {
        const { crowd, clock } = crowdOfOutboxes(68)
        const alone = crowd.map(() => crowdOfOutboxes(1))
        for (const { outbox } of crowd) outbox.writeOpening(Uint8Array.of(1, 2, 3))
        for (const { crowd: one } of alone) one[0]!.outbox.writeOpening(Uint8Array.of(1, 2, 3))
        const send = (outbox: Outbox, { text, read }: { text: string; read: boolean }): void => {
          if (read) outbox.readingBegan()
          outbox.sendMessage(text, false, {})
          if (read) outbox.readingEnded()
        }
        for (const step of turns) {
          send(crowd[step.who]!.outbox, step)
          send(alone[step.who]!.crowd[0]!.outbox, step)
          clock.flush()
          alone[step.who]!.clock.flush()
        }
        const seen = ({ outbox, stream }: { outbox: Outbox; stream: FakeStream }): unknown => ({
          octets: Buffer.from(stream.sent()).toString('hex'),
          handed: outbox.handed,
          waiting: outbox.bufferedAmount,
        })
        expect(crowd.map(seen)).toEqual(alone.map(({ crowd: one }) => seen(one[0]!)))
      }),
      { numRuns: 20 },
    )
  })
})

describe('Outbox', () => {
  it('throws ApiMisuse for every send method before the connection is open', () => {
    const { outbox } = bareOutbox()
    const octets = Uint8Array.of(1)
    for (const [method, send] of [
      ['sendMessage', () => outbox.sendMessage(octets, true, {})],
      ['sendMessageFrameData', () => outbox.sendMessageFrameData(octets)],
      ['beginMessage', () => outbox.beginMessage(true, {})],
      ['sendPing', () => outbox.sendPing(octets)],
      ['sendPong', () => outbox.sendPong(octets)],
      ['sendFrame', () => outbox.sendFrame(3, octets, true, 0)],
    ] as const) {
      expect(send).toThrow(new ApiMisuse(`${method} before the connection is open`))
    }
    expect({ isWritable: outbox.isWritable, takesMessage: outbox.takesMessage }).toEqual({ isWritable: false, takesMessage: false })
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
    expect({ isOpen: protocol.isOpen, errors }).toEqual({ isOpen: true, errors: [] })
  })

  it('does nothing on a connection whose handshake was refused', () => {
    const { protocol } = openServer(Refusing, {}, undefined, false)
    expect(protocol.sendMessage('late')).toBe(false)
    expect(protocol.sendMessageFrameData(Uint8Array.of(1))).toBe(-1)
    expect(protocol.sendClose()).toBe(false)
    expect(() => protocol.failConnection(1011, 'late')).not.toThrow()
  })
})

describe('writing', () => {
  it('joins everything of one turn into one write', () => {
    const { protocol, stream, clock } = openServer(ServerProtocol)
    for (let message = 0; message < 100; message++) protocol.sendMessage('hello')
    expect(stream.writes.length).toBe(0)
    clock.flush()
    expect(stream.writes.length).toBe(1)
  })

  it('joins all replies to one read into one write, at its end', () => {
    const Echo = class extends ServerProtocol {
      override onMessage(payload: Octets): void {
        this.sendMessage(payload)
      }
    }
    const { stream } = openServer(Echo)
    stream.receive(Uint8Array.from([1, 2, 3].flatMap(octet => [...frame(2, [octet])])))
    expect(stream.writes.length).toBe(1)
    expect(framesIn(stream.sent()).map(({ payload }) => payload)).toEqual([[1], [2], [3]])
  })

  it('does not wait with large batches', () => {
    const { protocol, stream } = openServer(ServerProtocol, { sendHighWaterMark: 1e6 })
    protocol.sendMessage(new Uint8Array(64 * 1024))
    expect(stream.writes.length).toBe(1)
  })

  it('keeps the order of calls in whatever tier they were made', () => {
    const { protocol, stream } = openServer(ServerProtocol)
    protocol.sendMessage('a')
    protocol.beginMessage(false)
    protocol.sendPing(Uint8Array.of(112))
    protocol.sendMessageFrame(Uint8Array.of(98))
    protocol.sendPong(Uint8Array.of(113))
    protocol.endMessage()
    protocol.sendPreparedMessage(protocol.factory.prepareMessage('c'))
    expect(summary(stream.sent())).toEqual(['1:a', '9:p', '1-:b', '10:q', '0:', '1:c'])
  })
})

describe('a message that is copied', () => {
  for (const { writesAtOnce, autoFragmentSize } of [
    { writesAtOnce: true, autoFragmentSize: 0 },
    { writesAtOnce: false, autoFragmentSize: 0 },
    { writesAtOnce: true, autoFragmentSize: 1000 },
  ]) {
    const where = `${writesAtOnce ? 'at once' : 'later'}, in frames of ${autoFragmentSize === 0 ? 'any size' : autoFragmentSize}`

    it(`goes out as it was when the call returned, and as sendMessage sends it; written ${where}`, () => {
      fc.assert(
        fc.property(fc.array(fc.integer({ min: referenceFrom, max: 64 * 1024 - 1 }), { minLength: 1, maxLength: 6 }), lengths => {
          const [copied, referred] = [openServer(ServerProtocol, { autoFragmentSize }), openServer(ServerProtocol, { autoFragmentSize })]
          for (const { stream } of [copied, referred]) stream.writesAtOnce = writesAtOnce
          const wire = [taken(copied.stream), taken(referred.stream)]
          for (const [index, length] of lengths.entries()) {
            const octets = counting(length).map(octet => octet ^ index)
            referred.protocol.sendMessage(octets.slice(), true)
            outboxOf(copied.protocol).sendCopy(octets)
            octets.fill(0xff)
          }
          for (const { protocol } of [copied, referred]) outboxOf(protocol).flush()
          expect(Buffer.compare(wire[0]!(), wire[1]!())).toBe(0)
        }),
        { numRuns: 20 },
      )
    })
  }

  it('is counted, and not sent, once the connection is closing', () => {
    const { protocol } = openServer(ServerProtocol)
    protocol.sendClose(1000)
    expect(outboxOf(protocol).sendCopy(new Uint8Array(referenceFrom))).toBe('skipped')
    expect(protocol.trafficStats.outgoingMessagesNotSent).toBe(1)
  })
})

describe('a flush that fails', () => {
  const broken = new Error('the transport is broken')

  for (const [when, send] of [
    ['at the end of the turn', protocol => protocol.sendMessage('a')],
    ['at once, for a large batch', protocol => expect(protocol.sendMessage(new Uint8Array(100_000))).toBe(false)],
    ['when the scratch is full', protocol => [protocol.sendMessage(new Uint8Array(900)), protocol.sendMessage(new Uint8Array(7000))]],
    ['for a close frame', protocol => protocol.sendClose(1000)],
    ['before the connection is dropped', protocol => [protocol.sendMessage('a'), protocol.dropConnection()]],
    ['for a broadcast', protocol => protocol.factory.broadcast('a')],
  ] as readonly (readonly [string, (protocol: ServerProtocol) => unknown])[]) {
    it(`drops its own connection, and is reported: ${when}`, () => {
      const { protocol, stream, clock, errors } = openServer(ServerProtocol)
      stream.write = () => {
        throw broken
      }
      send(protocol)
      expect(() => clock.flush()).not.toThrow()
      expect([...new Set(errors)]).toEqual([broken])
      expect([protocol.isOpen, stream.destroyed !== 'no', protocol.closeInfo?.by]).toEqual([false, true, 'self'])
    })
  }

  it('does so at the end of a read event', () => {
    const Echo = class extends ServerProtocol {
      override onMessage(payload: Octets): void {
        this.sendMessage(payload)
      }
    }
    const { stream, errors } = openServer(Echo)
    stream.write = () => {
      throw broken
    }
    expect(() => stream.receive(frame(2, [1]))).not.toThrow()
    expect({ errors, destroyed: stream.destroyed }).toEqual({ errors: [broken], destroyed: 'aborted' })
  })

  it('tells the peer 1011 where nothing of the batch has left, and its transport is not within a frame', () => {
    const { protocol, stream, clock, errors } = openServer(ServerProtocol)
    const octets = new Uint8Array(10_000)
    protocol.sendMessage(octets)
    structuredClone(octets, { transfer: [octets.buffer] })
    clock.flush()
    expect({ count: errors.length, sent: summary(stream.sent()) }).toEqual({ count: 1, sent: ['8:1011 internal error'] })
  })

  it('tells the peer nothing within a frame', () => {
    const { protocol, stream, clock } = openServer(ServerProtocol)
    protocol.beginMessage(true)
    protocol.beginMessageFrame(10_000, { final: true })
    clock.flush()
    const octets = new Uint8Array(10_000)
    protocol.sendMessageFrameData(octets)
    structuredClone(octets, { transfer: [octets.buffer] })
    clock.flush()
    expect({ writes: stream.writes.length, destroyed: stream.destroyed }).toEqual({ writes: 1, destroyed: 'aborted' })
  })

  it('fails its own connection alone where the queue behind a transport finds a payload gone', () => {
    const { protocol, stream, errors } = openServer(ServerProtocol)
    stream.failWrite(broken)
    expect({ errors, isOpen: protocol.isOpen, destroyed: stream.destroyed }).toEqual({
      errors: [broken],
      isOpen: false,
      destroyed: 'aborted',
    })
  })
})

describe('control frames', () => {
  it('wait while a frame is streamed, and come right behind it in their order', () => {
    const { protocol, stream } = openServer(ServerProtocol)
    protocol.beginMessage(false)
    protocol.beginMessageFrame(2)
    const payload = Uint8Array.of(112)
    protocol.sendPing(payload)
    protocol.sendPing(Uint8Array.of(113))
    payload[0] = 0
    protocol.sendMessageFrameData(Uint8Array.of(97))
    expect(stream.sent().length).toBe(3)
    protocol.sendMessageFrameData(Uint8Array.of(98))
    expect([...stream.sent()]).toEqual([98, 0x89, 1, 112, 0x89, 1, 113])
  })

  it('of pings that come while a frame is streamed, only the latest is answered', () => {
    const { protocol, stream } = openServer(ServerProtocol)
    protocol.beginMessage(false)
    protocol.beginMessageFrame(1)
    stream.sent()
    stream.receive(frame(9, 'a'), frame(9, 'b'))
    expect(stream.sent().length).toBe(0)
    protocol.sendMessageFrameData(Uint8Array.of(99))
    expect([...stream.sent()]).toEqual([99, 0x8a, 1, 98])
  })

  it('hold at most 125 octets', () => {
    const { protocol, stream } = openServer(ServerProtocol)
    for (const send of [protocol.sendPing, protocol.sendPong]) {
      expect(() => send.call(protocol, new Uint8Array(126))).toThrow('a control frame holds at most 125 octets, and not 126')
      expect(send.call(protocol, new Uint8Array(125))).toBe(true)
    }
    expect(framesIn(stream.sent()).map(({ payload }) => payload.length)).toEqual([125, 125])
  })

  it('hold at most 125 octets also where the connection pings by itself', () => {
    const { outbox, stream, clock } = bareOutbox()
    expect(() => outbox.sendAutoPing(new Uint8Array(126))).toThrow(new ApiMisuse('a control frame holds at most 125 octets, and not 126'))
    outbox.sendAutoPing(new Uint8Array(125))
    clock.flush()
    expect(framesIn(stream.sent()).map(({ opcode, payload }) => ({ opcode, length: payload.length }))).toEqual([{ opcode: 9, length: 125 }])
  })
})

describe('frames longer than 2^53-1 octets', () => {
  for (const [length, header] of [
    [2n ** 53n, [0x82, 127, 0, 0x20, 0, 0, 0, 0, 0, 0]],
    [2n ** 63n - 1n, [0x82, 127, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]],
  ] as const) {
    it(`are begun with a bigint, and take octets without end: ${length}`, () => {
      const { protocol, stream } = openServer(ServerProtocol)
      protocol.beginMessage(true)
      expect(protocol.beginMessageFrame(length, { final: true })).toBe(true)
      for (let sent = 0; sent < 3; sent++)
        expect(protocol.sendMessageFrameData(Uint8Array.of(1, 2))).toBe(Number.MAX_SAFE_INTEGER - (length === 2n ** 53n ? 2 * sent + 1 : 0))
      expect([...stream.sent()]).toEqual([...header, 1, 2, 1, 2, 1, 2])
      expect(() => protocol.endMessage()).toThrow(`endMessage in a frame that still misses ${length - 6n} octets`)
      expect(protocol.trafficStats).toMatchObject({
        outgoingWebSocketFrames: 1,
        outgoingOctetsWebSocketLevel: 6,
        outgoingOctetsAppLevel: 6,
      })
    })
  }

  it('are masked by clients', () => {
    const { protocol, stream } = openClient(ClientProtocol)
    protocol.beginMessage(true)
    protocol.beginMessageFrame(2n ** 63n - 1n)
    protocol.sendMessageFrameData(Uint8Array.of(1, 2, 3, 4, 5))
    const octets = [...stream.sent()]
    expect(octets.slice(0, 10)).toEqual([0x02, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff])
    const key = octets.slice(10, 14)
    expect(octets.slice(14).map((octet, at) => octet ^ key[at % 4]!)).toEqual([1, 2, 3, 4, 5])
  })

  it('are as any other where the bigint is no longer than that', () => {
    const { protocol, stream } = openServer(ServerProtocol)
    protocol.beginMessage(true)
    protocol.beginMessageFrame(3n, { final: true })
    expect([protocol.sendMessageFrameData(Uint8Array.of(1)), protocol.sendMessageFrameData(Uint8Array.of(2, 3, 4))]).toEqual([2, -1])
    expect([...stream.sent()]).toEqual([0x82, 3, 1, 2, 3])
  })
})

describe('backpressure', () => {
  it('returns false above the high-water mark although it takes the message, and calls onDrain once', () => {
    const { protocol, stream, clock, log } = slowReader({ sendHighWaterMark: 10 })
    expect(protocol.sendMessage('12345678')).toBe(true)
    expect(protocol.isWritable).toBe(true)
    expect(protocol.sendMessage('1')).toBe(false)
    expect(protocol.sendMessage('2')).toBe(false)
    expect({ isWritable: protocol.isWritable, bufferedAmount: protocol.bufferedAmount }).toEqual({ isWritable: false, bufferedAmount: 16 })
    expect(log).toEqual([])
    clock.flush()
    stream.drain()
    expect(log).toEqual(['drain'])
    expect({ isWritable: protocol.isWritable, bufferedAmount: protocol.bufferedAmount }).toEqual({ isWritable: true, bufferedAmount: 0 })
    expect(summary(stream.sent())).toEqual(['1:12345678', '1:1', '1:2'])
  })

  it('asks again where the mark is still exceeded', () => {
    const { protocol, stream, log } = slowReader({ sendHighWaterMark: 10 })
    protocol.sendMessage('123456789012')
    protocol.sendMessage(new Uint8Array(100))
    stream.drain(50)
    expect(log).toEqual([])
    stream.drain()
    expect(log).toEqual(['drain'])
  })

  it('asks the transport no more while control frames wait for the end of a streamed frame, and calls onDrain behind it', () => {
    const { protocol, stream, clock, log } = slowReader({ sendHighWaterMark: 100 })
    stream.isStuck = false
    let asked = 0
    const notify = stream.notifyDrained.bind(stream)
    stream.notifyDrained = () => {
      if (++asked > 10) throw new Error('asks without end')
      notify()
    }
    protocol.beginMessage(true)
    protocol.beginMessageFrame(2, { final: true })
    expect(protocol.sendPing(new Uint8Array(125))).toBe(false)
    clock.flush()
    expect({ asked, log }).toEqual({ asked: 1, log: [] })
    protocol.sendMessageFrameData(new Uint8Array(2))
    clock.flush()
    expect(log).toEqual(['drain'])
  })

  it('returns false in every tier', () => {
    const { protocol } = slowReader({ sendHighWaterMark: 3 })
    expect(protocol.beginMessage(true)).toBe(true)
    expect(protocol.sendMessageFrame(new Uint8Array(10))).toBe(false)
    expect(protocol.beginMessageFrame(10)).toBe(false)
    expect(protocol.sendMessageFrameData(new Uint8Array(10))).toBe(0)
    expect(protocol.endMessage()).toBe(false)
    expect(protocol.sendPing()).toBe(false)
    expect(protocol.isWritable).toBe(false)
  })

  it('calls onDrain also while the application holds the reading', () => {
    const { protocol, stream, log } = slowReader({ sendHighWaterMark: 1 })
    protocol.pauseReceiving()
    protocol.sendMessage('ab')
    stream.drain()
    expect(log).toEqual(['drain'])
  })

  it('calls no onDrain on a connection that failed meanwhile', () => {
    const { protocol, stream, log } = slowReader({ sendHighWaterMark: 1 })
    protocol.sendMessage('ab')
    protocol.failConnection(1008, 'enough')
    stream.drain()
    expect(log).toEqual([])
  })

  it('closes with 1011 what throws or rejects in onDrain, and reports it', async () => {
    for (const onDrain of [
      () => {
        throw new Error('no')
      },
      () => Promise.reject(new Error('no')),
    ]) {
      const Failing = class extends ServerProtocol {
        override onDrain(): Promise<void> {
          return onDrain()
        }
      }
      const { protocol, stream, errors } = openServer(Failing, { sendHighWaterMark: 1 })
      stream.isStuck = true
      protocol.sendMessage('ab')
      stream.sent()
      stream.drain()
      await new Promise(resolve => setImmediate(resolve))
      expect(summary(stream.sent())).toEqual(['8:1011 internal error'])
      expect(errors).toEqual([new Error('no')])
    }
  })
})

describe('a pong above the high-water mark', () => {
  it('waits, and only the latest one', () => {
    const { protocol, stream } = slowReader({ sendHighWaterMark: 10 })
    protocol.sendMessage('12345678901')
    stream.sent()
    for (let ping = 0; ping < 1000; ping++) stream.receive(frame(9, String(ping)))
    expect({ octetsSent: stream.sent().length, bufferedAmount: protocol.bufferedAmount }).toEqual({ octetsSent: 0, bufferedAmount: 13 })
    stream.drain()
    expect(summary(stream.sent())).toEqual(['10:999'])
  })

  it('tells its caller to wait only where onDrain follows', () => {
    const { protocol, stream, log } = slowReader({ sendHighWaterMark: 10 })
    stream.isStuck = false
    protocol.beginMessage(true)
    protocol.beginMessageFrame(2)
    protocol.sendMessageFrameData(Uint8Array.of(1))
    expect(protocol.sendPong(Uint8Array.of(112))).toBe(true)
    protocol.sendMessageFrameData(Uint8Array.of(2))
    protocol.endMessage()
    expect({ log, sent: summary(stream.sent()) }).toEqual({ log: [], sent: ['2-:\u0001\u0002', '10:p', '0:'] })
    stream.isStuck = true
    stream.bufferedAmount = 11
    expect(protocol.sendPong(Uint8Array.of(113))).toBe(false)
    stream.drain()
    expect({ log, sent: summary(stream.sent()) }).toEqual({ log: ['drain'], sent: ['10:q'] })
  })

  it('does not follow a later one that finds room before the transport says so', () => {
    const { protocol, stream } = slowReader({ sendHighWaterMark: 10 })
    protocol.sendMessage('12345678901')
    stream.sent()
    stream.receive(frame(9, 'early'))
    stream.bufferedAmount = 0
    stream.receive(frame(9, 'late'))
    stream.drain()
    expect(summary(stream.sent())).toEqual(['10:late'])
  })

  it('comes behind the frame that is streamed', () => {
    const { protocol, stream } = slowReader({ sendHighWaterMark: 10 })
    protocol.beginMessage(true)
    protocol.beginMessageFrame(12)
    protocol.sendMessageFrameData(new Uint8Array(11))
    stream.sent()
    stream.receive(frame(9, 'p'))
    stream.drain()
    expect(stream.sent().length).toBe(0)
    protocol.sendMessageFrameData(new Uint8Array(1))
    expect([...stream.sent()]).toEqual([0, 0x8a, 1, 112])
  })

  it('is forgotten with the close frame', () => {
    const { protocol, stream } = slowReader({ sendHighWaterMark: 10 })
    protocol.sendMessage('12345678901')
    stream.receive(frame(9, 'p'))
    protocol.sendClose(1000)
    stream.sent()
    stream.drain()
    expect(stream.sent().length).toBe(0)
  })
})

describe('more unsent octets than maxUnsentSize', () => {
  const limit = { maxUnsentSize: 20, sendHighWaterMark: 10 }
  const message = '1234567890123456789'

  it('drops the connection, and says why', () => {
    const { protocol, stream, clock } = slowReader(limit)
    expect([protocol.sendMessage(message), protocol.sendMessage('a')]).toEqual([false, false])
    clock.flush()
    expect(stream.destroyed).toBe('aborted')
    expect(protocol.closeInfo).toMatchObject({
      by: 'self',
      reason: '21 octets are unsent, above the limit of 20: the peer reads too slowly',
    })
    expect(protocol.trafficStats.outgoingMessagesNotSent).toBe(1)
  })

  it('drops it in the middle of a message too, and takes nothing more', () => {
    for (const send of [
      (protocol: ServerProtocol) => protocol.sendMessageFrameData(new Uint8Array(5)) === -5,
      (protocol: ServerProtocol) => protocol.endMessage() === false,
      (protocol: ServerProtocol) => protocol.sendMessageFrame(new Uint8Array(5)) === false,
    ]) {
      const { protocol, stream } = slowReader(limit)
      protocol.beginMessage(true)
      protocol.sendMessageFrame(new Uint8Array(30))
      const before = protocol.trafficStats.outgoingOctetsWireLevel
      expect(send(protocol)).toBe(true)
      stream.sent()
      expect(stream.destroyed).toBe('aborted')
      expect(protocol.trafficStats.outgoingOctetsWireLevel).toBe(before)
    }
  })

  it('skips messages where that was chosen, counts them, and goes on when it has drained', () => {
    const { protocol, stream } = slowReader({ ...limit, unsentPolicy: 'skip' })
    expect([protocol.sendMessage(message), protocol.sendMessage('a')]).toEqual([false, false])
    expect(protocol.sendPreparedMessage(protocol.factory.prepareMessage('b'))).toBe(false)
    expect(protocol.trafficStats.outgoingMessagesNotSent).toBe(2)
    stream.drain()
    expect(protocol.sendMessage('c')).toBe(true)
    expect(summary(stream.sent())).toEqual([`1:${message}`, '1:c'])
  })

  it('never skips part of a message that was begun', () => {
    const { protocol, stream } = slowReader({ ...limit, unsentPolicy: 'skip' })
    protocol.beginMessage(false)
    protocol.sendMessageFrame(new Uint8Array(30).fill(97))
    expect(protocol.sendMessageFrame(Uint8Array.of(98))).toBe(false)
    protocol.endMessage()
    expect(summary(stream.sent())).toEqual([`1-:${'a'.repeat(30)}`, '0-:b', '0:'])
  })

  for (const [what, send] of [
    ['pings', protocol => protocol.sendPing(new Uint8Array(125))],
    ['frames of claimed opcodes', protocol => protocol.sendFrame(3, new Uint8Array(125))],
    ['messages', protocol => protocol.sendMessage(new Uint8Array(125))],
    ['prepared messages', protocol => protocol.sendPreparedMessage(protocol.factory.prepareMessage(new Uint8Array(125)))],
    ['broadcasts', protocol => protocol.factory.broadcast(new Uint8Array(125)).sent === 1],
  ] as readonly (readonly [string, (protocol: ServerProtocol) => boolean])[]) {
    for (const unsentPolicy of ['drop', 'skip', 'throw'] as const) {
      it(`bounds what waits of ${what}, policy ${unsentPolicy}`, () => {
        const { protocol, stream, clock } = opcodeServer({ maxUnsentSize: 2000, unsentPolicy })
        stream.isStuck = true
        let wasThrown = false
        for (let sent = 0; sent < 1000; sent++) {
          try {
            send(protocol)
          } catch {
            wasThrown = true
          }
          if (sent % 10 === 0) clock.flush()
        }
        expect(protocol.bufferedAmount).toBeLessThan(2000 + 2 * 140)
        expect([protocol.isOpen, wasThrown && what !== 'broadcasts']).toEqual([
          unsentPolicy !== 'drop',
          unsentPolicy === 'throw' && what !== 'broadcasts',
        ])
      })
    }
  }

  it('bounds pings that wait for the end of a frame, and counts them as unsent', () => {
    const { protocol } = openServer(ServerProtocol, { maxUnsentSize: 2000, unsentPolicy: 'skip' })
    protocol.beginMessage(true)
    protocol.beginMessageFrame(1)
    for (let sent = 0; sent < 1000; sent++) protocol.sendPing(new Uint8Array(125))
    expect(protocol.bufferedAmount).toBeGreaterThan(2000)
    expect(protocol.bufferedAmount).toBeLessThan(2000 + 140)
    expect(protocol.trafficStats.outgoingMessagesNotSent).toBeGreaterThan(900)
  })

  it('bounds what waits of a message that was begun: the policy skip takes it up to twice the limit, and then drops the connection', () => {
    for (const go of [
      (protocol: ServerProtocol) => protocol.sendMessageFrame(new Uint8Array(100)),
      (protocol: ServerProtocol) => [protocol.beginMessageFrame(100), protocol.sendMessageFrameData(new Uint8Array(100))],
    ]) {
      const { protocol, stream } = openServer(ServerProtocol, { maxUnsentSize: 2000, unsentPolicy: 'skip' })
      stream.isStuck = true
      protocol.beginMessage(true)
      let most = 0
      for (let sent = 0; sent < 1000 && protocol.isOpen; sent++) {
        go(protocol)
        most = Math.max(most, protocol.bufferedAmount)
      }
      expect(most).toBeGreaterThan(3500)
      expect(most).toBeLessThan(4000 + 2 * 110)
      expect(stream.destroyed).toBe('aborted')
    }
  })

  it('keeps the latest pong waiting above the limit', () => {
    const { protocol, stream } = openServer(ServerProtocol, { maxUnsentSize: 20, sendHighWaterMark: 1000, unsentPolicy: 'throw' })
    stream.isStuck = true
    protocol.sendMessage(new Uint8Array(50))
    stream.receive(frame(9, 'a'), frame(9, 'b'))
    expect(protocol.bufferedAmount).toBe(52)
    stream.drain()
    expect(summary(stream.sent()).slice(1)).toEqual(['10:b'])
  })

  it('throws where that was chosen, takes nothing, and can go on later', () => {
    const { protocol, stream } = slowReader({ ...limit, unsentPolicy: 'throw' })
    protocol.beginMessage(false)
    protocol.sendMessageFrame(new Uint8Array(19).fill(97))
    const expected = expect.objectContaining({ name: 'UnsentLimitExceeded', code: 'ERR_UNSENT_LIMIT_EXCEEDED' })
    expect(() => protocol.sendMessageFrame(Uint8Array.of(98))).toThrow(expected)
    expect(() => protocol.endMessage()).toThrow(expected)
    stream.drain()
    protocol.endMessage()
    expect(() => protocol.sendMessage(new Uint8Array(30))).not.toThrow()
    expect(() => protocol.sendMessage('x')).toThrow(expected)
    expect(framesIn(stream.sent()).map(({ payload }) => payload.length)).toEqual([19, 0, 30])
  })

  it('is not limited when maxUnsentSize is 0', () => {
    const { protocol } = slowReader({ ...limit, maxUnsentSize: 0 })
    for (let sent = 0; sent < 100; sent++) protocol.sendMessage(message)
    expect({ isOpen: protocol.isOpen, bufferedAmount: protocol.bufferedAmount }).toEqual({ isOpen: true, bufferedAmount: 2100 })
  })
})

function slowReader(options: Partial<ServerOptions>) {
  const log: string[] = []
  const Slow = class extends ServerProtocol {
    override onDrain(): void {
      log.push('drain')
    }
  }
  const opened = openServer(Slow, options)
  opened.stream.isStuck = true
  return { ...opened, log }
}

/** A server whose extension claims the opcode 3. */
function opcodeServer(options: Partial<ServerOptions>) {
  const instance = { reservedBits: 0, opcodes: [3], close: () => {} }
  const extension: Extension = { name: 'x', accept: () => ({ parameters: new Map(), instance }) }
  return openServer(ServerProtocol, { ...options, extensions: [extension] }, fakeRuntime(), true, 'Sec-WebSocket-Extensions: x\r\n')
}

const options = defaultsOf(serverOptions)
const noEvents = {
  stats: new TrafficStats(),
  timings: undefined,
  octetsTap: undefined,
  writableAgain: () => undefined,
  closeFrameSent: () => undefined,
  encoderFailed: () => undefined,
  flushFailed: () => undefined,
  unsentLimitExceeded: () => undefined,
}

class Refusing extends ServerProtocol {
  override onConnect(): never {
    throw new Error('no')
  }
}

/** Finds the outbox, which applications do not see. */
function outboxOf(protocol: ServerProtocol): Outbox {
  return (protocol as unknown as Readonly<Record<typeof parts, { readonly connection: { readonly outbox: Outbox } }>>)[parts].connection
    .outbox
}

/** Copies what a stream is given at the time of each write, since what is written at once may be lent. */
function taken(stream: FakeStream): () => Buffer {
  const pieces: Buffer[] = []
  const write = stream.write.bind(stream)
  stream.write = octets => {
    pieces.push(Buffer.from(octets))
    write(octets)
  }
  return () => Buffer.concat(pieces)
}

/** Outboxes without connections, after the opening handshake, which share their sending halves; and the objects that borrowed these. */
function crowdOfOutboxes(count: number) {
  const borrowers: Borrower<SendingHalf>[] = []
  class RecordingLoans extends Loans<SendingHalf> {
    override borrow(borrower: Borrower<SendingHalf>): SendingHalf {
      borrowers.push(borrower)
      return super.borrow(borrower)
    }
  }
  const clock = new FakeClock()
  const shared = {
    runtime: fakeRuntime(),
    pool: new ScratchPool(),
    flushes: new FlushQueue(clock),
    sendingHalves: new RecordingLoans(),
    role: { masks: false },
    options,
  }
  const crowd = Array.from({ length: count }, () => {
    const [stream, state] = [new FakeStream(clock), new ConnectionState()]
    const outbox = new Outbox({ stream, hooks: {}, wireTap: undefined, shared }, state, { ...noEvents, stats: new TrafficStats() })
    state.open()
    stream.start({ dataReceived() {}, drained: () => outbox.drained(), ended() {}, closed() {} })
    return { outbox, stream }
  })
  return { crowd, clock, borrowers }
}

/** An outbox without a connection, before the opening handshake is done. */
function bareOutbox() {
  const clock = new FakeClock()
  const shared = {
    runtime: fakeRuntime(),
    pool: new ScratchPool(),
    flushes: new FlushQueue(clock),
    sendingHalves: new Loans<SendingHalf>(),
    role: { masks: false },
    options,
  }
  const stream = new FakeStream(clock)
  const parts = { stream, hooks: {}, wireTap: undefined, shared }
  const outbox = new Outbox(parts, new ConnectionState(), noEvents)
  return { outbox, stream, clock }
}
