import { type ByteStream, type ByteStreamReader, defaultsOf } from '@autobahn-ts/websocket/portable'
import { FakeClock, memoryPair } from '@autobahn-ts/websocket/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { JsonSerializer } from '../../src/serializers/json.ts'
import { acceptRawSocket, connectRawSocket } from '../../src/transports/rawsocket-opening.ts'
import { transportOptions } from '../../src/transports/transport-options.ts'
import { Recorder } from './recorder.ts'

describe('connectRawSocket and acceptRawSocket', () => {
  it('agree however the octets are cut, with what follows the handshake', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(6), { minLength: 1 }), async sizes => {
        const { clock, ground, peer } = made()
        const opening = acceptRawSocket(ground, { serializers: [new JsonSerializer()] })
        const octets = [0x7f, 0x01, 0, 0, 0, 0, 0, 8, ...new TextEncoder().encode('[17,1,2]')]
        for (let at = 0, n = 0; at < octets.length; n++) {
          const size = sizes[n % sizes.length]! + 1
          peer.stream.write(Uint8Array.from(octets.slice(at, at + size)))
          at += size
        }
        await clock.settle()
        const transport = await opening
        expect(transport.maxSendSize).toBe(512)
        const recorder = Recorder.of(transport)
        await clock.settle()
        expect(recorder.messages).toEqual([[17, 1, 2]])
        expect(peer.octets).toEqual([0x7f, 0xf1, 0, 0])
      }),
      { numRuns: 20 },
    )
  })

  it('fail at the deadline, at the end of the peer, and at a loss', async () => {
    for (const [what, says] of [
      [(clock: FakeClock) => clock.advance(5000), 'no RawSocket handshake within 5 s'],
      [(_: FakeClock, stream: ByteStream) => stream.end(), 'the peer has closed the connection in the RawSocket handshake'],
      [(_: FakeClock, stream: ByteStream) => stream.destroy(true), 'the connection was lost in the RawSocket handshake'],
    ] as const) {
      for (const open of [acceptIt, connectIt]) {
        const { clock, ground, peer } = made()
        const failed = expect(open(ground)).rejects.toThrow(says)
        clock.flush()
        what(clock, peer.stream)
        clock.flush()
        await failed
        expect(clock.pending).toBe(0)
      }
    }
  })

  it('refuse an HTTP request that came to RawSocket', async () => {
    const { clock, ground, peer } = made()
    const failed = expect(acceptIt(ground)).rejects.toThrow('the client does not speak RawSocket: its first octet is 71')
    peer.stream.write(new TextEncoder().encode('GET / HTTP/1.1\r\n'))
    clock.flush()
    await failed
    expect(peer.octets).toEqual([])
  })

  it('drop a refused client that does not read the refusal', async () => {
    const { clock, ground, peer } = made()
    const failed = expect(acceptIt(ground)).rejects.toMatchObject({ name: 'HandshakeRefused', refusal: 1 })
    peer.stream.write(Uint8Array.of(0x7f, 0x02, 0, 0))
    clock.flush()
    await failed
    expect(peer.octets).toEqual([0x7f, 0x10, 0, 0])
    clock.advance(5000)
    expect(clock.pending).toBe(0)
  })

  it('stop at a signal that is aborted already', async () => {
    const { ground } = made()
    await expect(connectRawSocket(ground, new JsonSerializer(), AbortSignal.abort(new Error('never')))).rejects.toThrow('never')
  })
})

const acceptIt = (ground: Parameters<typeof acceptRawSocket>[0]) => acceptRawSocket(ground, { serializers: [new JsonSerializer()] })
const connectIt = (ground: Parameters<typeof connectRawSocket>[0]) => connectRawSocket(ground, new JsonSerializer())

/** A stream to open, and a peer that keeps what it gets. */
function made() {
  const clock = new FakeClock()
  const [stream, other] = memoryPair(clock)
  const peer = { stream: other, octets: [] as number[] }
  const reader: ByteStreamReader = {
    dataReceived: octets => void peer.octets.push(...octets),
    drained: () => {},
    ended: () => {},
    closed: () => {},
  }
  other.start(reader)
  const nowhere = { address: '', port: undefined }
  const socket = { peer: nowhere, own: nowhere, isSecure: false }
  return { clock, peer, ground: { stream, socket, clock, limits: defaultsOf(transportOptions) } }
}
