import { describe, expect, it } from 'vitest'
import type { Octets } from '../../../src/bytes/octets.ts'
import { ExtensionChain } from '../../../src/protocol/extending/extension-chain.ts'
import { Loans } from '../../../src/protocol/life/loans.ts'
import { TrafficStats } from '../../../src/protocol/life/traffic-stats.ts'
import { BorrowedHalf, flushFrom } from '../../../src/protocol/sending/borrowed-half.ts'
import { FlushQueue } from '../../../src/protocol/sending/flush-queue.ts'
import { ScratchPool } from '../../../src/protocol/sending/outgoing-batch.ts'
import type { SendingHalf } from '../../../src/protocol/sending/sending-half.ts'
import { FakeClock, fakeRuntime } from '../../../src/testing/index.ts'
import { FakeStream } from '../fake-stream.ts'
import { summary } from '../wire.ts'

describe('BorrowedHalf', () => {
  it('borrows nothing until something is sent', () => {
    const { half, loans } = make()
    half.flush()
    half.endTurn()
    half.abandon()
    half.discard()
    half.end()
    expect({
      lent: loans.lent,
      waitingOctets: half.waitingOctets,
      handed: half.handed,
      isInMessage: half.isInMessage,
      isInFrame: half.isInFrame,
      isEncoding: half.isEncoding,
      isLarge: half.isLarge,
      hasUnflushed: half.hasUnflushed,
      holdsOldOctets: half.holdsOldOctets,
      sparesItem: half.sparesItem,
    }).toEqual({
      lent: 0,
      waitingOctets: 0,
      handed: 0,
      isInMessage: false,
      isInFrame: false,
      isEncoding: false,
      isLarge: false,
      hasUnflushed: false,
      holdsOldOctets: false,
      sparesItem: false,
    })
    half.framer.putMessage('a', false, {})
    expect({ lent: loans.lent, waitingOctets: half.waitingOctets, hasUnflushed: half.hasUnflushed }).toEqual({
      lent: 1,
      waitingOctets: 3,
      hasUnflushed: true,
    })
  })

  it('flushes at the end of the turn, by the queue, and once', () => {
    const { half, stream, clock, flushes } = make()
    for (const text of ['a', 'b']) {
      half.framer.putMessage(text, false, {})
      expect(half.isLarge).toBe(false)
      half.planFlush()
    }
    expect(stream.writes).toEqual([])
    clock.flush()
    expect({ writes: stream.writes.length, sent: summary(stream.sent()), flushes: flushes() }).toEqual({
      writes: 1,
      sent: ['1:a', '1:b'],
      flushes: 1,
    })
  })

  it('flushes at the end of a read event, without the queue', () => {
    const { half, stream, flushes } = make()
    half.readingBegan()
    half.framer.putMessage('a', false, {})
    half.planFlush()
    expect(stream.writes).toEqual([])
    half.endTurn()
    expect({ sent: summary(stream.sent()), flushes: flushes() }).toEqual({ sent: ['1:a'], flushes: 0 })
  })

  it('tells that a batch is large, and should be flushed at once', () => {
    const { half, stream } = make()
    half.framer.putMessage(new Uint8Array(flushFrom), true, {})
    const before = half.isLarge
    half.flush()
    expect({ before, after: half.isLarge, writes: stream.writes.length }).toEqual({ before: true, after: false, writes: 1 })
  })

  it('can be taken away at rest, and continues its count of octets with the next half', () => {
    const { half, stream, clock } = make()
    half.handedBeside(100)
    half.framer.putMessage('a', false, {})
    half.planFlush()
    const busy = half.sparesItem
    clock.flush()
    stream.bufferedAmount = 1
    const behind = half.sparesItem
    stream.bufferedAmount = 0
    expect({ busy, behind, atRest: half.sparesItem, handed: half.handed }).toEqual({
      busy: false,
      behind: false,
      atRest: true,
      handed: 103,
    })
    half.itemTaken()
    expect({ handed: half.handed, waitingOctets: half.waitingOctets }).toEqual({ handed: 103, waitingOctets: 0 })
    half.framer.putMessage('bc', false, {})
    half.endTurn()
    expect({ handed: half.handed, sent: summary(stream.sent()) }).toEqual({ handed: 107, sent: ['1:a', '1:bc'] })
  })

  it('is not taken away while a message is begun', () => {
    const { half } = make()
    half.framer.openMessage(true, {})
    half.endTurn()
    const begun = half.sparesItem
    half.framer.closeMessage()
    half.endTurn()
    expect({ begun, ended: half.sparesItem }).toEqual({ begun: false, ended: true })
  })

  it('remembers at the end of a turn which octets the transport holds', () => {
    const { half, stream } = make()
    stream.bufferedAmount = 3
    half.framer.putMessage('a', false, {})
    half.flush()
    const inTurn = half.holdsOldOctets
    half.endTurn()
    expect({ inTurn, afterTurn: half.holdsOldOctets }).toEqual({ inTurn: false, afterTurn: true })
  })

  it('has a half that is not lent where a tap looks on', () => {
    const seen: Octets[] = []
    const { half, loans, stream } = make(octets => void seen.push(octets))
    half.framer.putMessage('a', false, {})
    half.flush()
    expect({ lent: loans.lent, seen: seen.length, sent: summary(stream.sent()) }).toEqual({ lent: 0, seen: 1, sent: ['1:a'] })
  })

  it('forgets what was not flushed', () => {
    const { half, stream } = make()
    half.framer.putMessage('a', false, {})
    half.discard()
    half.flush()
    expect({ waitingOctets: half.waitingOctets, writes: stream.writes }).toEqual({ waitingOctets: 0, writes: [] })
  })
})

function make(octetsTap?: (octets: Octets) => void) {
  const clock = new FakeClock()
  const stream = new FakeStream(clock)
  const loans = new CountingLoans()
  let flushes = 0
  const shared = {
    runtime: fakeRuntime(),
    pool: new ScratchPool(),
    flushes: new FlushQueue(clock),
    sendingHalves: loans,
    role: { masks: false },
    options: { applyMask: true, autoFragmentSize: 0 },
  }
  const half: BorrowedHalf = new BorrowedHalf({
    parts: { stream, hooks: {}, wireTap: undefined, shared },
    stats: new TrafficStats(),
    chain: ExtensionChain.none,
    octetsTap,
    flushNow() {
      flushes++
      half.endTurn()
    },
    flushFailed(error) {
      throw error
    },
    jobWritten: () => undefined,
    queueEmptied: () => undefined,
    encodingFailed: () => undefined,
  })
  return { half, stream, clock, loans, flushes: () => flushes }
}

/** Loans that count what they have lent. */
class CountingLoans extends Loans<SendingHalf> {
  lent = 0

  override borrow(borrower: BorrowedHalf): SendingHalf {
    this.lent++
    return super.borrow(borrower)
  }
}
