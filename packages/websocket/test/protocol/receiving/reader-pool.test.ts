import { describe, expect, it } from 'vitest'
import { webText } from '../../../src/bytes/text.ts'
import { ExtensionChain } from '../../../src/protocol/extending/extension-chain.ts'
import { FrameParser } from '../../../src/protocol/frames/frame-parser.ts'
import { HookRunner } from '../../../src/protocol/hooks/hook-runner.ts'
import { ConnectionState } from '../../../src/protocol/life/connection-state.ts'
import { TrafficStats } from '../../../src/protocol/life/traffic-stats.ts'
import { defaultsOf } from '../../../src/protocol/options/option-table.ts'
import { clientOptions } from '../../../src/protocol/options/options.ts'
import type { Delivery } from '../../../src/protocol/receiving/delivery.ts'
import { MessageReader } from '../../../src/protocol/receiving/message-reader.ts'
import { type Borrower, ReaderPool, type ReadingHalf } from '../../../src/protocol/receiving/reader-pool.ts'
import { plain } from '../wire.ts'

describe('ReaderPool', () => {
  it('lets the first 64 connections keep what they borrow', () => {
    const { borrowers } = borrowing(64)
    expect({ halves: new Set(borrowers.map(({ half }) => half)).size, taken: count(borrowers) }).toEqual({ halves: 64, taken: 0 })
  })

  it('takes from connections at rest then, one after the other, and reads for the new ones', () => {
    const { pool, borrowers } = borrowing(64)
    const late = Array.from({ length: 64 }, () => new FakeBorrower())
    for (const one of late) one.half = pool.borrow(one)
    expect({ halves: new Set(late.map(({ half }) => half)).size, taken: count(borrowers) }).toEqual({ halves: 64, taken: 64 })
    late[0]!.half!.parser.parse(Uint8Array.from(plain(2, [7])))
    expect(late[0]!.messages).toEqual([[7]])
    expect(borrowers.flatMap(({ messages }) => messages)).toEqual([])
  })

  it('makes one more where all that it looks at are in the middle of a message', () => {
    const { pool, borrowers } = borrowing(64)
    for (const one of borrowers) one.sparesReader = false
    const late = new FakeBorrower()
    const half = pool.borrow(late)
    expect({ isNew: borrowers.every(one => one.half !== half), taken: count(borrowers) }).toEqual({ isNew: true, taken: 0 })
  })

  it('forgets what is given back, and makes another one for the next connection', () => {
    const { pool, borrowers } = borrowing(64)
    pool.giveBack(borrowers[0]!.half!)
    pool.giveBack(borrowers[0]!.half!)
    const half = pool.borrow(new FakeBorrower())
    expect({ isNew: borrowers.every(one => one.half !== half), taken: count(borrowers) }).toEqual({ isNew: true, taken: 0 })
  })
})

function borrowing(number: number): { pool: ReaderPool; borrowers: readonly FakeBorrower[] } {
  const pool = new ReaderPool()
  const borrowers = Array.from({ length: number }, () => new FakeBorrower())
  for (const one of borrowers) one.half = pool.borrow(one)
  return { pool, borrowers }
}

/** How many have lost what they borrowed. */
function count(borrowers: readonly FakeBorrower[]): number {
  return borrowers.filter(({ half }) => half === undefined).length
}

/** A connection without a transport. */
class FakeBorrower implements Borrower {
  half: ReadingHalf | undefined
  sparesReader = true
  readonly messages: number[][] = []
  readonly connectionState = new ConnectionState()
  readonly runner = new HookRunner({ released: () => undefined, hookFailed: () => undefined })
  readonly chain = ExtensionChain.none
  readonly stats = new TrafficStats()
  readonly timings = undefined
  readonly wireTap = undefined
  readonly source = this
  readonly delivery: Delivery = {
    keeps: 'message',
    messageBegan: () => undefined,
    frameBegan: () => undefined,
    frameData: (octets, start, end) => void this.messages.push([...octets.subarray(start, end)]),
    frameEnded: () => undefined,
    messageEnded: () => undefined,
    chunkEnded: () => undefined,
  }

  makeReadingHalf(): ReadingHalf {
    const reader = new MessageReader(defaultsOf(clientOptions), webText)
    return { reader, parser: new FrameParser({ peerMasks: false, reservedBits: 0, opcodes: new Set() }, reader, undefined) }
  }

  readerTaken(): void {
    this.half = undefined
  }

  wholeFrameReceived(): void {}

  decoded(): void {}

  decodingFailed(): void {}
}
