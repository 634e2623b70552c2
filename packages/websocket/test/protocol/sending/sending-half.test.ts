import { describe, expect, it } from 'vitest'
import type { Octets } from '../../../src/bytes/octets.ts'
import { ExtensionChain } from '../../../src/protocol/extending/extension-chain.ts'
import { TrafficStats } from '../../../src/protocol/life/traffic-stats.ts'
import { ScratchPool } from '../../../src/protocol/sending/outgoing-batch.ts'
import { SendingHalf } from '../../../src/protocol/sending/sending-half.ts'
import { FakeClock, fakeRuntime } from '../../../src/testing/index.ts'
import { FakeStream } from '../fake-stream.ts'
import { summary } from '../wire.ts'

describe('SendingHalf', () => {
  it('frames, joins and hands over for the connection that it was made for', () => {
    const { half, first } = make()
    half.framer.putMessage('a', false, {})
    half.framer.putMessage('b', false, {})
    expect({ waiting: half.batch.length, isAtRest: half.batch.isAtRest, writes: first.stream.writes }).toEqual({
      waiting: 6,
      isAtRest: false,
      writes: [],
    })
    half.batch.flush()
    expect({ waiting: half.batch.length, isAtRest: half.batch.isAtRest, sent: summary(first.stream.sent()) }).toEqual({
      waiting: 0,
      isAtRest: true,
      sent: ['1:a', '1:b'],
    })
  })

  it('serves another connection: its stream, its statistics, and its failures', () => {
    const { half, first, second } = make()
    half.framer.putMessage('a', false, {})
    half.batch.flush()
    half.serve(second, second.stream)
    half.framer.putMessage('bc', false, {})
    half.batch.flush()
    expect(summary(first.stream.sent())).toEqual(['1:a'])
    expect(summary(second.stream.sent())).toEqual(['1:bc'])
    expect([first, second].map(({ stats }) => stats.outgoingOctetsAppLevel)).toEqual([1, 2])
    expect(half.batch.handed).toBe(4)
    const broken = new Error('broken')
    second.stream.write = () => {
      throw broken
    }
    half.framer.putMessage('d', false, {})
    half.batch.flush()
    expect({ first: first.failures, second: second.failures }).toEqual({ first: [], second: [broken] })
  })

  it('goes on with its counts where it serves the connection again that it has served last', () => {
    const { half, first } = make()
    half.framer.putMessage('a', false, {})
    half.batch.flush()
    half.serve(first, first.stream)
    expect(half.batch.handed).toBe(3)
  })

  it('tells which octets that the transport holds are older than the turn', () => {
    const { half, first } = make()
    first.stream.bufferedAmount = 3
    half.framer.putMessage('a', false, {})
    half.batch.flush()
    expect(half.batch.holdsOldOctets).toBe(false)
    half.batch.turnEnded()
    expect(half.batch.holdsOldOctets).toBe(true)
    first.stream.bufferedAmount = 0
    expect(half.batch.holdsOldOctets).toBe(false)
  })
})

function make() {
  const runtime = fakeRuntime()
  const shared = { runtime, pool: new ScratchPool(), role: { masks: false }, options: { applyMask: true, autoFragmentSize: 0 } }
  const [first, second] = [connection(), connection()]
  const half = new SendingHalf({ stream: first.stream, hooks: {}, wireTap: undefined, shared }, ExtensionChain.none, first)
  return { half, first, second }
}

function connection() {
  const failures: unknown[] = []
  return {
    stream: new FakeStream(new FakeClock()),
    stats: new TrafficStats(),
    failures,
    octetsTap: undefined as ((octets: Octets) => void) | undefined,
    flushFailed: (error: unknown) => void failures.push(error),
    jobWritten: () => undefined,
    queueEmptied: () => undefined,
    encodingFailed: () => undefined,
  }
}
