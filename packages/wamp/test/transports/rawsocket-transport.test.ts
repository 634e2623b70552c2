import { FakeClock, memoryPair } from '@autobahn-ts/websocket/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { JsonSerializer } from '../../src/serializers/json.ts'
import { FrameType, frameOf } from '../../src/transports/rawsocket-framing.ts'
import { type RawSocketLimits, RawSocketTransport } from '../../src/transports/rawsocket-transport.ts'
import { rawSocketPair } from '../fixtures/transport-pairs.ts'
import { Recorder } from './recorder.ts'
import { event, plain, testMessageTransport } from './transport-suite.ts'

const shared = new JsonSerializer()

for (const maxChunk of [undefined, 1000])
  testMessageTransport(
    `RawSocket, in memory${maxChunk === undefined ? '' : ', in pieces'}`,
    async settings => {
      const pair = await rawSocketPair({ ...settings, serializer: shared, ...(maxChunk !== undefined && { maxChunk }) })
      const sendGarbage = (): void => pair.streams[0].write(Uint8Array.of(0, 0, 0, 2, 0x5b, 0x5b))
      return { ...pair, sendGarbage, dispose: () => {} }
    },
    { isBounded: true },
  )

describe('RawSocketTransport', () => {
  it('takes the same messages however the octets are cut, paused or not', () => {
    const json = new JsonSerializer()
    fc.assert(
      fc.property(
        fc.array(fc.string(), { maxLength: 8 }),
        fc.array(fc.nat(60), { minLength: 1, maxLength: 30 }),
        fc.boolean(),
        (texts, sizes, pauses) => {
          const sent = texts.map((text, n) => event(n + 1, text))
          const octets = sent.flatMap(message => [...frameOf(FrameType.Message, new TextEncoder().encode(json.encode(message)))])
          const { clock, transport } = made()
          const recorder = Recorder.of(transport)
          if (pauses)
            recorder.took = () => {
              transport.pause()
              clock.defer(() => transport.resume())
            }
          clock.flush()
          for (let at = 0, n = 0; at < octets.length; n++) {
            const size = sizes[n % sizes.length]! + 1
            transport.dataReceived(Uint8Array.from(octets.slice(at, at + size)))
            at += size
          }
          clock.flush()
          expect(recorder.messages.map(plain)).toEqual(sent.map(plain))
        },
      ),
    )
  })

  it('writes the messages of a turn at once', () => {
    const { clock, transport, writes } = made()
    transport.send(event(1))
    transport.send(event(2))
    expect([writes, transport.bufferedAmount > 0]).toEqual([[], true])
    clock.flush()
    expect(writes.length).toBe(1)
  })

  it('tells of the violation of a frame that breaks the rules', () => {
    for (const octets of [
      [0x10, 0, 0, 0],
      [0x03, 0, 0, 0],
      [0x08, 0, 0, 0],
      [0x00, 0xff, 0xff, 0xff],
      [0x00, 0, 0, 0],
    ]) {
      const { clock, transport } = made()
      const recorder = Recorder.of(transport)
      clock.flush()
      transport.dataReceived(Uint8Array.from(octets))
      transport.dataReceived(Uint8Array.of(0, 0, 0, 0))
      expect(recorder.violations.length).toBe(1)
    }
  })

  it('answers each ping with its payload, and ignores pongs that nobody asked for', () => {
    const { clock, transport, writes } = made()
    const recorder = Recorder.of(transport)
    clock.flush()
    transport.dataReceived(Uint8Array.of(1, 0, 0, 2, 5, 6, 2, 0, 0, 1, 7, 1, 0, 0, 0))
    clock.flush()
    expect(writes.flat()).toEqual([2, 0, 0, 2, 5, 6, 2, 0, 0, 0])
    expect(recorder.violations).toEqual([])
  })

  it('is dropped where a peer sends pings and does not read the pongs', () => {
    const { clock, transport } = made({ maxUnsentSize: 1000 }, 5000)
    const recorder = Recorder.of(transport)
    clock.flush()
    const ping = frameOf(FrameType.Ping, new Uint8Array(100))
    for (let n = 0; n < 20; n++) transport.dataReceived(ping)
    clock.flush()
    expect(recorder.ends).toEqual([{ wasClean: false, reason: 'more than 1000 octets are unsent' }])
  })

  it('pings after a silence, and drops a peer that gives no sign of life', () => {
    const { clock, transport, writes } = made()
    const recorder = Recorder.of(transport)
    clock.advance(19_999)
    expect(writes).toEqual([])
    clock.advance(1)
    expect(writes.flat().slice(0, 4)).toEqual([1, 0, 0, 12])
    clock.advance(19_999)
    expect(recorder.ends).toEqual([])
    clock.advance(1)
    clock.flush()
    expect(recorder.ends).toEqual([{ wasClean: false, reason: 'no answer to a ping within 20 s' }])
  })

  it('takes anything that comes for a sign of life', () => {
    const { clock, transport, writes } = made()
    const recorder = Recorder.of(transport)
    clock.advance(15_000)
    transport.dataReceived(Uint8Array.of(2, 0))
    clock.advance(19_999)
    expect(writes).toEqual([])
    clock.advance(1)
    clock.advance(10_000)
    transport.dataReceived(Uint8Array.of(0, 0))
    clock.advance(10_000)
    expect([writes.length, recorder.ends]).toEqual([1, []])
  })

  it('does not ping while it is paused, because it could not see the answer', () => {
    const { clock, transport, writes } = made()
    const recorder = Recorder.of(transport)
    clock.flush()
    transport.pause()
    clock.advance(200_000)
    expect([writes, recorder.ends]).toEqual([[], []])
    transport.resume()
    clock.advance(21_000)
    expect(writes.length).toBe(1)
  })

  it('never pings with pingInterval 0, and waits for ever with pingTimeout 0', () => {
    const never = made({ pingInterval: 0 })
    Recorder.of(never.transport)
    never.clock.advance(100_000)
    expect(never.writes).toEqual([])
    const patient = made({ pingTimeout: 0 })
    const recorder = Recorder.of(patient.transport)
    patient.clock.advance(100_000)
    expect([patient.writes.length > 1, recorder.ends]).toEqual([true, []])
  })

  it('leaves no timer behind', () => {
    const { clock, transport } = made()
    Recorder.of(transport)
    clock.advance(25_000)
    transport.abort('done')
    clock.flush()
    expect(clock.pending).toBe(0)
  })
})

/** A transport over a stream whose writes are kept; `unsent` is what the stream says that it has not sent. */
function made(limits: Partial<RawSocketLimits> = {}, unsent = 0) {
  const clock = new FakeClock()
  const writes: number[][] = []
  const [stream] = memoryPair(clock)
  let closed = (): void => {}
  const transport = new RawSocketTransport(
    {
      ...stream,
      start: () => {},
      pause: () => {},
      resume: () => {},
      end: () => {},
      write: octets => void writes.push([...octets]),
      writeAll: pieces => void writes.push(pieces.flatMap(piece => [...piece])),
      notifyDrained: () => {},
      destroy: () => clock.defer(() => closed()),
      bufferedAmount: unsent,
    },
    {
      serializer: new JsonSerializer(),
      maxMessageSize: 65_536,
      maxSendSize: 65_536,
      details: { kind: 'rawsocket', peer: '', isSecure: false, headers: {} },
      clock,
      limits: { highWaterMark: 65_536, maxUnsentSize: 1_000_000, closeTimeout: 5, pingInterval: 20, pingTimeout: 20, ...limits },
    },
  )
  closed = () => transport.closed(undefined)
  return { clock, transport, writes }
}
