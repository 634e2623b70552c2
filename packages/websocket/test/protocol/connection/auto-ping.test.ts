import { describe, expect, it } from 'vitest'
import type { Octets, ServerOptions } from '../../../src/portable.ts'
import { AutoPing } from '../../../src/protocol/connection/auto-ping.ts'
import { SendingProgress } from '../../../src/protocol/sending/sending-progress.ts'
import { fakeRuntime } from '../../../src/testing/index.ts'
import { FakeStream } from '../fake-stream.ts'
import { type Call, ClientProtocol, openClient, openServer, recording, ServerProtocol } from '../opened.ts'
import { frame, framesIn } from '../wire.ts'

const defaults: Partial<ServerOptions> = { autoPingInterval: 20, autoPingTimeout: 20 }

describe('the automatic ping', () => {
  it('drops a dead peer within 45 s on defaults', () => {
    const calls: Call[] = []
    const { stream, clock, protocol } = openServer(recording('messages', calls), defaults)
    clock.advance(19_999)
    expect(pings(stream.sent())).toEqual([])
    clock.advance(1)
    expect(pings(stream.sent()).map(payload => payload.length)).toEqual([12])
    clock.advance(19_999)
    expect(protocol.isOpen).toBe(true)
    clock.advance(1)
    expect(stream.destroyed).toBe('aborted')
    expect(calls.at(-1)).toEqual(['onClose', false, 1006, 'no pong within 20 s'])
    expect(protocol.closeInfo).toMatchObject({ by: 'self', code: 1006 })
    expect(clock.now()).toBeLessThanOrEqual(45_000)
    expect(clock.pending).toBe(0)
  })

  it('drops a dead server too', () => {
    const { stream, clock } = openClient(ClientProtocol, defaults)
    clock.advance(45_000)
    expect(stream.destroyed).toBe('aborted')
  })

  it('is restarted by any traffic, so that a busy connection needs none', () => {
    const { stream, clock } = openServer(ServerProtocol, defaults)
    for (let second = 0; second < 100; second++) {
      clock.advance(1000)
      stream.receive(frame(2, [1]))
    }
    expect(pings(stream.sent())).toEqual([])
    clock.advance(20_000)
    expect(pings(stream.sent()).length).toBe(1)
  })

  it('is not restarted by traffic where only pongs shall count', () => {
    const { stream, clock } = openServer(ServerProtocol, { ...defaults, autoPingRestartOnAnyTraffic: false })
    for (let second = 0; second < 39; second++) {
      clock.advance(1000)
      stream.receive(frame(2, [1]))
    }
    expect(pings(stream.sent()).length).toBe(1)
    clock.advance(1000)
    expect(stream.destroyed).toBe('aborted')
  })

  it('keeps a peer that sends anything after the ping, and pings again into the next silence', () => {
    const { stream, clock, protocol } = openServer(ServerProtocol, defaults)
    clock.advance(30_000)
    stream.receive(frame(2, [1]))
    expect(pings(stream.sent()).length).toBe(1)
    clock.advance(19_999)
    expect(pings(stream.sent()).length).toBe(0)
    clock.advance(1)
    expect(pings(stream.sent()).length).toBe(1)
    clock.advance(19_999)
    expect(protocol.isOpen).toBe(true)
    clock.advance(1)
    expect(protocol.isOpen).toBe(false)
  })

  it('measures the round trip', () => {
    const trips: number[] = []
    const Measuring = class extends ServerProtocol {
      override onAutoPong(roundTripTime: number): void {
        trips.push(roundTripTime)
      }
    }
    const { stream, clock, protocol } = openServer(Measuring, defaults)
    expect(protocol.roundTripTime).toBeUndefined()
    for (const trip of [35, 7]) {
      clock.advance(20_000)
      const [payload] = pings(stream.sent())
      clock.advance(trip)
      stream.receive(frame(10, payload))
    }
    expect({ trips, roundTripTime: protocol.roundTripTime }).toEqual({ trips: [35, 7], roundTripTime: 7 })
  })

  it('gives onAutoPong octets that onPong cannot change or transfer', () => {
    const seen: Octets[] = []
    const Moving = class extends ServerProtocol {
      override onPong(payload: Octets): void {
        seen.push(structuredClone(payload, { transfer: [payload.buffer as ArrayBuffer] }))
      }

      override onAutoPong(_roundTripTime: number, payload: Octets): void {
        seen.push(payload)
      }
    }
    const { stream, clock } = openServer(Moving, defaults)
    clock.advance(20_000)
    const [payload] = pings(stream.sent())
    stream.receive(frame(10, payload))
    expect(seen.map(octets => [...octets])).toEqual([[...payload!], [...payload!]])
  })

  it('is pinged anew after each pong, with another payload', () => {
    const { stream, clock } = openServer(ServerProtocol, defaults)
    const seen = new Set<string>()
    for (let round = 0; round < 10; round++) {
      clock.advance(20_000)
      const [payload, ...more] = pings(stream.sent())
      expect(more).toEqual([])
      seen.add(String(payload))
      stream.receive(frame(10, payload))
    }
    expect(seen.size).toBe(10)
  })

  it('ignores pongs that answer no ping: guessed, early, repeated', () => {
    const trips: number[] = []
    const Measuring = class extends ServerProtocol {
      override onAutoPong(roundTripTime: number): void {
        trips.push(roundTripTime)
      }
    }
    const { stream, clock, protocol } = openServer(Measuring, { ...defaults, autoPingRestartOnAnyTraffic: false })
    stream.receive(frame(10, new Uint8Array(12)), frame(10))
    clock.advance(20_000)
    const [payload] = pings(stream.sent())
    stream.receive(frame(10, payload!.slice(1)), frame(10, [...payload!.slice(0, 11), payload![11]! ^ 1]), frame(10, [...payload!, 0]))
    expect({ trips, roundTripTime: protocol.roundTripTime }).toEqual({ trips: [], roundTripTime: undefined })
    clock.advance(5)
    stream.receive(frame(10, payload), frame(10, payload))
    expect(trips).toEqual([5])
  })

  it('has payloads of the size that was asked for', () => {
    const { stream, clock } = openServer(ServerProtocol, { ...defaults, autoPingSize: 125 })
    clock.advance(20_000)
    expect(pings(stream.sent())[0]!.length).toBe(125)
  })

  it('waits for ever where the timeout is 0, and pings on', () => {
    const { stream, clock, protocol } = openServer(ServerProtocol, { autoPingInterval: 10, autoPingTimeout: 0 })
    clock.advance(100_000)
    expect(pings(stream.sent()).length).toBe(10)
    expect(protocol.isOpen).toBe(true)
  })

  it('is off where the interval is 0', () => {
    const { stream, clock } = openServer(ServerProtocol, { autoPingInterval: 0 })
    clock.advance(1e9)
    expect(stream.sent().length).toBe(0)
    const runtime = fakeRuntime()
    const progress = new SendingProgress(new FakeStream(runtime.clock), { handed: 0 }, runtime.clock)
    const target = {
      isHeld: false,
      isInFrame: false,
      makeProgress: () => progress,
      sendPing: () => undefined,
      peerIsDead: () => undefined,
    }
    const options = { autoPingInterval: 0, autoPingTimeout: 1, autoPingSize: 4, autoPingRestartOnAnyTraffic: true }
    new AutoPing({ shared: { options, runtime }, ...target }).start()
    expect(runtime.clock.pending).toBe(0)
  })

  it('gives a peer time whose pong the application itself does not read', () => {
    const { stream, clock, protocol } = openServer(ServerProtocol, defaults)
    clock.advance(20_000)
    const [payload] = pings(stream.sent())
    protocol.pauseReceiving()
    clock.advance(70_000)
    expect(protocol.isOpen).toBe(true)
    protocol.resumeReceiving()
    stream.receive(frame(10, payload))
    expect(protocol.roundTripTime).toBe(70_000)
    clock.advance(39_999)
    expect(protocol.isOpen).toBe(true)
    clock.advance(1)
    expect(protocol.isOpen).toBe(false)
  })

  it('goes on with the same ping while the application does not read, because writing alone shows that a peer is gone', () => {
    const { stream, clock, protocol } = openServer(ServerProtocol, defaults)
    protocol.pauseReceiving()
    clock.advance(60_000)
    const sent = pings(stream.sent())
    expect(sent).toEqual([sent[0], sent[0], sent[0]])
    protocol.beginMessage(true)
    protocol.beginMessageFrame(10)
    clock.advance(60_000)
    protocol.sendMessageFrameData(new Uint8Array(10))
    expect(pings(stream.sent())).toEqual([])
    clock.advance(20_000)
    expect(pings(stream.sent())).toEqual([sent[0]])
  })

  it('gives a peer up that stays silent after the application reads again', () => {
    const { clock, protocol } = openServer(ServerProtocol, defaults)
    clock.advance(20_000)
    protocol.pauseReceiving()
    clock.advance(30_000)
    protocol.resumeReceiving()
    clock.advance(20_000)
    expect(protocol.isOpen).toBe(false)
  })

  it('does not count the time in which a hook works', async () => {
    let finish = (): void => undefined
    const Slow = class extends ServerProtocol {
      override onMessage(): Promise<void> {
        return new Promise(resolve => {
          finish = resolve
        })
      }
    }
    const { stream, clock, protocol } = openServer(Slow, defaults)
    stream.receive(frame(2))
    clock.advance(300_000)
    expect(protocol.isOpen).toBe(true)
    finish()
    await new Promise(resolve => setImmediate(resolve))
    clock.advance(45_000)
    expect(protocol.isOpen).toBe(false)
  })

  it('stops with the closing handshake', () => {
    const { stream, clock, protocol } = openServer(ServerProtocol, { ...defaults, closeHandshakeTimeout: 0 })
    clock.advance(20_000)
    protocol.sendClose()
    stream.sent()
    clock.advance(1e6)
    expect({ octetsSent: stream.sent().length, destroyed: stream.destroyed }).toEqual({ octetsSent: 0, destroyed: 'no' })
  })
})

describe('the automatic ping behind what the peer is still reading', () => {
  it('keeps a peer that takes 1 KiB per second', () => {
    const { stream, clock, protocol } = busy()
    for (let second = 0; second < 190; second++) {
      clock.advance(1000)
      stream.take(1024)
    }
    expect(protocol.isOpen).toBe(true)
  })

  it('drops a peer that takes less', () => {
    const { stream, clock, protocol } = busy()
    for (let second = 0; second < 60; second++) {
      clock.advance(1000)
      stream.take(1000)
    }
    expect(protocol.isOpen).toBe(false)
  })

  it('keeps it also where the application sets its statistics to 0 meanwhile', () => {
    const { stream, clock, protocol } = busy()
    for (let second = 0; second < 190; second++) {
      clock.advance(1000)
      stream.take(1024)
      if (second % 15 === 0) protocol.trafficStats.reset()
    }
    expect(protocol.isOpen).toBe(true)
  })

  it('drops a peer that takes nothing, also while the application holds the reading', () => {
    for (const holds of [false, true]) {
      const { clock, protocol } = busy()
      if (holds) protocol.pauseReceiving()
      clock.advance(60_000)
      expect(protocol.isOpen).toBe(false)
    }
  })

  it('gives the peer its time anew when everything has left', () => {
    const { stream, clock, protocol } = busy()
    clock.advance(39_000)
    stream.drain()
    clock.advance(20_000)
    expect(protocol.isOpen).toBe(true)
    clock.advance(40_000)
    expect(protocol.isOpen).toBe(false)
  })

  it('gives it a second more for each KiB that the system may hold', () => {
    const { stream, clock, protocol } = openServer(ServerProtocol, defaults)
    stream.hasSystemBuffer = true
    protocol.sendMessage(new Uint8Array(100 * 1024))
    clock.advance(20_000)
    const [payload] = pings(stream.sent())
    clock.advance(119_000)
    expect(protocol.isOpen).toBe(true)
    stream.receive(frame(10, payload))
    clock.advance(40_500)
    expect(protocol.isOpen).toBe(false)
  })

  it('gives the peer its time anew when the reading goes on', () => {
    const { stream, clock, protocol } = openServer(ServerProtocol, defaults)
    clock.advance(20_000)
    clock.advance(15_000)
    protocol.pauseReceiving()
    protocol.resumeReceiving()
    clock.advance(19_000)
    expect(protocol.isOpen).toBe(true)
    stream.sent()
    clock.advance(1000)
    expect(protocol.isOpen).toBe(false)
  })
})

describe('the automatic ping while a frame is streamed', () => {
  it('does not ping into the frame, and keeps a peer that takes its octets', () => {
    const { stream, clock, protocol } = streaming()
    stream.isStuck = true
    for (let second = 0; second < 300; second++) {
      protocol.sendMessageFrameData(new Uint8Array(10))
      clock.advance(1000)
      stream.drain()
    }
    expect(protocol.isOpen).toBe(true)
    expect(stream.sent().length).toBe(3000)
  })

  it('keeps a peer to which nothing is left to send', () => {
    const { clock, protocol } = streaming()
    clock.advance(1e6)
    expect(protocol.isOpen).toBe(true)
  })

  it('drops a peer that takes nothing any more', () => {
    const { stream, clock, protocol } = streaming()
    stream.isStuck = true
    protocol.sendMessageFrameData(new Uint8Array(10))
    clock.advance(60_000)
    expect({ isOpen: protocol.isOpen, destroyed: stream.destroyed }).toEqual({ isOpen: false, destroyed: 'aborted' })
  })

  it('drops no peer when the timeout is 0', () => {
    const { stream, clock, protocol } = streaming({ autoPingTimeout: 0 })
    stream.isStuck = true
    protocol.sendMessageFrameData(new Uint8Array(10))
    clock.advance(1e6)
    expect(protocol.isOpen).toBe(true)
  })

  for (const [what, talks, autoPingTimeout] of [
    ['that takes nothing, where the timeout is 0', false, 0],
    ['that takes nothing and goes on sending, where the timeout is 0', true, 0],
    ['that takes nothing and goes on sending', true, 20],
  ] as const) {
    it(`has at most one ping waiting for a peer ${what}`, () => {
      const { stream, clock, protocol } = openServer(ServerProtocol, { autoPingInterval: 10, autoPingTimeout })
      stream.isStuck = true
      protocol.sendMessage(new Uint8Array(200 * 1024))
      clock.flush()
      const before = protocol.bufferedAmount
      for (let n = 0; n < 100 && protocol.isOpen; n++) {
        clock.advance(11_000)
        if (talks) stream.receive(frame(2, [1]))
      }
      expect(protocol.bufferedAmount - before).toBeLessThanOrEqual(14)
    })
  }

  it('pings anew once everything has gone, and drops nobody for a pong that was left out meanwhile', () => {
    const { stream, clock, protocol } = openServer(ServerProtocol, { autoPingInterval: 10, autoPingTimeout: 10 })
    clock.advance(10_000)
    expect(pings(stream.sent()).length).toBe(1)
    stream.isStuck = true
    protocol.sendMessage(new Uint8Array(200 * 1024))
    clock.flush()
    for (let second = 0; second < 30; second++) {
      stream.take(5000)
      clock.advance(1000)
      if (second < 12) stream.receive(frame(2, [1]))
    }
    expect(pings(stream.sent())).toEqual([])
    stream.isStuck = false
    stream.drain()
    let wire = stream.sent()
    for (let n = 0; n < 40 && pings(wire).length === 0; n++) {
      clock.advance(1000)
      wire = stream.sent()
    }
    expect([pings(wire).length, protocol.isOpen]).toEqual([1, true])
    stream.receive(frame(10, pings(wire)[0]))
    clock.advance(9000)
    expect(protocol.isOpen).toBe(true)
  })

  it('pings as soon as it is due behind the frame', () => {
    const { stream, clock, protocol } = streaming()
    clock.advance(25_000)
    protocol.sendMessageFrameData(new Uint8Array(1_000_000))
    stream.sent()
    clock.advance(20_000)
    const wire = stream.sent()
    expect(pings(wire).length).toBe(1)
    stream.receive(frame(10, pings(wire)[0]))
    expect(protocol.roundTripTime).toBeLessThanOrEqual(20_000)
  })
})

/** 200 KiB wait for a peer that does not read. */
function busy() {
  const opened = openServer(ServerProtocol, defaults)
  opened.stream.isStuck = true
  opened.protocol.sendMessage(new Uint8Array(200 * 1024))
  opened.clock.flush()
  return opened
}

function streaming(options: Partial<ServerOptions> = {}) {
  const opened = openServer(ServerProtocol, { ...defaults, ...options })
  opened.protocol.beginMessage(true)
  opened.protocol.beginMessageFrame(1_000_000)
  opened.stream.sent()
  return opened
}

function pings(octets: Uint8Array): (readonly number[])[] {
  return framesIn(octets)
    .filter(({ opcode }) => opcode === 9)
    .map(({ payload }) => payload)
}
