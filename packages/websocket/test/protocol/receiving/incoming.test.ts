import { describe, expect, it } from 'vitest'
import type { FrameParser } from '../../../src/protocol/frames/frame-parser.ts'
import type { HookRunner } from '../../../src/protocol/hooks/hook-runner.ts'
import { Incoming } from '../../../src/protocol/receiving/incoming.ts'
import { FakeClock, fakeRuntime } from '../../../src/testing/index.ts'
import { type Call, openServer, recording, settled } from '../opened.ts'
import { frame, summary } from '../wire.ts'

describe('reading', () => {
  it('is not paused by a promise that settles before more arrives', async () => {
    const { stream, clock, calls } = slow(Promise.resolve())
    stream.receive(frame(2, [1]))
    expect(stream.isPaused).toBe(false)
    await settled(clock)
    stream.receive(frame(2, [2]))
    expect([stream.isPaused, messages(calls)]).toEqual([false, [[1], [2]]])
  })

  it('pauses the transport when more octets arrive while a hook works than may be read ahead, and resumes it when all are read', async () => {
    const gate = manual()
    const { stream, clock, calls } = slow(gate.promise)
    stream.receive(frame(2, [1]))
    stream.receive(frame(2, aheadOf))
    expect(stream.isPaused).toBe(false)
    stream.receive(frame(2, [2]))
    expect(stream.isPaused).toBe(true)
    expect(messages(calls)).toEqual([[1]])
    gate.open()
    await settled(clock)
    expect([stream.isPaused, messages(calls)]).toEqual([false, [[1], aheadOf, [2]]])
  })

  it('also holds messages that follow in the same chunk', async () => {
    const gate = manual()
    const { stream, clock, calls } = slow(gate.promise)
    stream.receive(Uint8Array.from([...frame(2, [1]), ...frame(2, [2]), ...frame(9, 'p')]))
    expect(calls.length).toBe(2)
    expect(stream.sent().length).toBe(0)
    gate.open()
    await settled(clock)
    expect(messages(calls)).toEqual([[1], [2]])
    expect(summary(stream.sent())).toEqual(['10:p'])
  })

  it('stops at pauseReceiving, and continues at resumeReceiving', () => {
    const { stream, calls, protocol } = slow(undefined)
    protocol.pauseReceiving()
    stream.receive(frame(2, [1]))
    stream.receive(frame(2, aheadOf))
    stream.receive(frame(2, [2]))
    expect([stream.isPaused, messages(calls)]).toEqual([true, []])
    protocol.resumeReceiving()
    expect([stream.isPaused, messages(calls)]).toEqual([false, [[1], aheadOf, [2]]])
    protocol.resumeReceiving()
    expect(messages(calls).length).toBe(3)
  })

  it('stops where a hook in the middle of a chunk says so', () => {
    const calls: Call[] = []
    const Pausing = class extends recording('messages', calls) {
      override onMessage(): void {
        calls.push(['onMessage'])
        this.pauseReceiving()
      }
    }
    const { stream, protocol } = openServer(Pausing)
    stream.receive(Uint8Array.from([...frame(2, [1]), ...frame(2, [2])]))
    expect(calls.length).toBe(2)
    protocol.resumeReceiving()
    expect(calls.length).toBe(3)
  })

  it('goes on where a hook has paused and resumed', () => {
    const calls: Call[] = []
    const Both = class extends recording('messages', calls) {
      override onMessage(): void {
        calls.push(['onMessage'])
        this.pauseReceiving()
        this.resumeReceiving()
      }
    }
    const { stream } = openServer(Both)
    stream.receive(Uint8Array.from([...frame(2, [1]), ...frame(2, [2])]))
    expect(calls.length).toBe(3)
  })

  it('reads what arrives while a hook runs behind what is being read', () => {
    const calls: Call[] = []
    const Nested = class extends recording('messages', calls) {
      override onPing(): void {
        stream.receive(frame(2, [2]))
      }
    }
    const { stream } = openServer(Nested)
    stream.receive(Uint8Array.from([...frame(9), ...frame(2, [1])]))
    expect(messages(calls)).toEqual([[1], [2]])
  })

  it('reads what was received before the peer ended, and closes then', async () => {
    const gate = manual()
    const { stream, clock, calls } = slow(gate.promise)
    stream.receive(frame(2, [1]))
    stream.receive(frame(2, [2]))
    stream.receiveEnd()
    await settled(clock)
    expect([stream.destroyed, messages(calls)]).toEqual(['no', [[1]]])
    gate.open()
    await settled(clock)
    expect([stream.destroyed, messages(calls)]).toEqual(['gracefully', [[1], [2]]])
  })

  it('accepts reads without octets', () => {
    const { stream, calls } = slow(undefined)
    stream.receive([], frame(2, [1]), [])
    expect(messages(calls)).toEqual([[1]])
  })

  it('lets others have their turn in the middle of a large read', () => {
    const { stream, clock, calls } = slowOn(3)
    stream.receive(manyMessages(3))
    const inFirstSlice = messages(calls).length
    expect([inFirstSlice > 0, inFirstSlice < 3 * perSlice]).toEqual([true, true])
    stream.receive(frame(2, [7]))
    expect(stream.isPaused).toBe(true)
    clock.advance(0)
    expect([messages(calls).length, messages(calls).at(-1), stream.isPaused]).toEqual([3 * perSlice + 1, [7], false])
  })

  it('reads a large read to its end where that takes no time', () => {
    const { stream, calls } = slowOn(0)
    stream.receive(manyMessages(3))
    expect([messages(calls).length, stream.isPaused]).toEqual([3 * perSlice, false])
  })

  it('forgets the rest of a large read with the connection', () => {
    const { stream, clock, calls, protocol } = slowOn(3)
    stream.receive(manyMessages(3))
    const before = messages(calls).length
    stream.receiveEnd()
    protocol.dropConnection()
    clock.advance(5000)
    expect(messages(calls).length).toBe(before)
  })

  it('does not copy all that waits again each time it is held', () => {
    const size = 16 * 1024
    const parser = new HoldingParser()
    const incoming = new Incoming(
      { pause() {}, resume() {} },
      { mayRead: true, phase: 'open' },
      { holdsReading: false } as unknown as HookRunner,
      {
        clock: new FakeClock(),
        borrowParser: () => parser as unknown as FrameParser,
        readingBegan() {},
        readingEnded() {},
        readingFailed(error) {
          throw error
        },
        readingResumed() {},
        inputExhausted() {},
      },
    )
    const sent = Uint8Array.from({ length: size }, (_, at) => at)
    const lent = sent.slice()
    incoming.received(lent)
    lent.fill(0)
    while (parser.got.length < size) {
      parser.isHeld = false
      incoming.proceed()
    }
    expect(Uint8Array.from(parser.got)).toEqual(sent)
    // that of the read, and one each time when half of the memory is spent
    expect(parser.memories.size).toBeLessThanOrEqual(2 + Math.log2(size))
  })

  it('is over for good once it is discarded', () => {
    const { stream, calls, protocol } = slow(undefined)
    protocol.pauseReceiving()
    stream.receive(frame(2, [1]))
    protocol.dropConnection()
    expect(stream.isPaused).toBe(false)
    stream.receive(frame(2, [2]))
    protocol.resumeReceiving()
    expect(messages(calls)).toEqual([])
  })
})

/** Takes one octet, and holds the reading. */
class HoldingParser {
  isHeld = false
  readonly got: number[] = []
  readonly memories = new Set<ArrayBufferLike>()

  parse(octets: Uint8Array): number {
    if (octets.length === 0) return 0
    this.memories.add(octets.buffer)
    this.got.push(octets[0]!)
    this.isHeld = true
    return 1
  }
}

function slow(first: Promise<void> | undefined) {
  const calls: Call[] = []
  return { ...openServer(recording('messages', calls, hook => (hook === 'onMessage' ? first : undefined))), calls }
}

/** Each thousandth message takes so many milliseconds. */
function slowOn(milliseconds: number) {
  const runtime = fakeRuntime()
  let count = 0
  const calls: Call[] = []
  const answer = (hook: string): undefined => {
    if (hook === 'onMessage' && ++count % 1000 === 0) runtime.clock.pass(milliseconds)
  }
  return { ...openServer(recording('messages', calls, answer), {}, runtime), calls }
}

/** As many slices of small messages. */
function manyMessages(slices: number): Uint8Array {
  const one = frame(2, [1])
  const all = new Uint8Array(slices * perSlice * one.length)
  for (let at = 0; at < all.length; at += one.length) all.set(one, at)
  return all
}

/** As many octets as a connection reads while hooks wait. */
const aheadOf = Array<number>(64 * 1024).fill(7)

const perSlice = Math.ceil((64 * 1024) / 7)

function messages(calls: readonly Call[]): unknown[] {
  return calls.filter(([hook]) => hook === 'onMessage').map(([, payload]) => payload)
}

function manual(): { promise: Promise<void>; open: () => void } {
  let open = (): void => undefined
  const promise = new Promise<void>(resolve => {
    open = resolve
  })
  return { promise, open }
}
