import type { Clock } from '../../bytes/clock.ts'
import { copyOf, type Octets } from '../../bytes/octets.ts'
import type { FrameParser } from '../frames/frame-parser.ts'
import type { HookRunner } from '../hooks/hook-runner.ts'
import type { ConnectionState } from '../life/connection-state.ts'

/** The transport's side of flow control. */
export interface Pausable {
  pause(): void
  resume(): void
  /** Reads a few KiB at a time until a read finds less. Absent where a transport cannot. */
  readLess?(): void
}

export interface IncomingEvents {
  readonly clock: Clock
  /** Octets of an open connection are there, and it has no parser. */
  borrowParser(): FrameParser
  readingBegan(): void
  readingEnded(): void
  /** Called with what was thrown while parsing: `PeerMisbehaved`, or a fault of an extension. */
  readingFailed(error: unknown): void
  /** Called when the transport is read again after a pause. */
  readingResumed(): void
  /** Called when the peer will send no more and everything received was parsed. Hooks may still wait then; it is called again when they have run. */
  inputExhausted(): void
}

/**
 * Feeds received octets to the parser, and keeps those that have to wait: while a decoder takes its time, and while hooks wait and as much was
 * read ahead as is allowed.
 *
 * The transport is paused only when octets arrive in spite of that: most promises settle before the next read.
 * So at most one chunk waits here besides the one being parsed. Where nothing is read ahead, the transport is paused at once and reads less at a time
 * afterwards: the system keeps the rest (decision 167). Chunks are lent: octets that have to wait are copied.
 */
export class Incoming {
  readonly #stream: Pausable
  readonly #state: Pick<ConnectionState, 'mayRead' | 'phase'>
  readonly #runner: HookRunner
  readonly #events: IncomingEvents
  #parser: FrameParser | undefined
  /** The reasons, of `Hold`, for which octets wait here: one number, which is asked several times for each read. */
  #holds: number
  /** Made when something has to wait. */
  #backlog: Octets[] | undefined
  #isReading = false
  #isPaused = false
  #hasEnded = false

  constructor(stream: Pausable, state: Pick<ConnectionState, 'mayRead' | 'phase'>, runner: HookRunner, events: IncomingEvents) {
    this.#stream = stream
    this.#state = state
    this.#runner = runner
    this.#events = events
    this.#holds = state.phase === 'connecting' ? Hold.NotOpen : 0
  }

  /** Whether octets that arrive have to wait. */
  get isHeld(): boolean {
    return this.#isHeld()
  }

  /** Whether octets are parsed in this moment. */
  get isReading(): boolean {
    return this.#isReading
  }

  /** Whether the parser can be lent to another connection now. */
  get sparesParser(): boolean {
    return !this.#isReading && this.#parser?.isAtRest === true
  }

  /** Whether nothing waits here, is read, or has ended: a new one would do the same from now on. */
  get isAtRest(): boolean {
    return this.#holds === 0 && !this.#isReading && !this.#isPaused && !this.#hasEnded && !this.#isWaiting()
  }

  /** The parser was lent to another connection. */
  parserTaken(): void {
    this.#parser = undefined
  }

  /** Begins to parse, which octets received before the connection was open wait for. */
  open(): void {
    this.#holds &= ~Hold.NotOpen
    this.proceed()
  }

  received(octets: Octets): void {
    if (!this.#state.mayRead || octets.length === 0) return
    if (this.#isReading || this.#isHeld() || this.#isWaiting()) this.#keep(octets)
    else this.#read(octets)
    this.proceed()
  }

  /** Called when the peer will send no more. */
  ended(): void {
    this.#hasEnded = true
    this.proceed()
  }

  /** Parses octets that wait, as far as that is allowed. */
  proceed(): void {
    if (this.#isReading || this.#isHeld()) return
    while (this.#isWaiting() && !this.#isHeld()) this.#read(this.#backlog!.shift()!, true)
    if (this.#isWaiting() || this.#isHeld()) return
    if (this.#hasEnded) this.#events.inputExhausted()
    else this.#resume()
  }

  /** Throws away what waits, after `mayRead` has become false. The transport flows, so that its end is seen. */
  discard(): void {
    this.#backlog = undefined
    this.#resume()
    if (this.#hasEnded) this.#events.inputExhausted()
  }

  #isHeld(): boolean {
    return this.#state.mayRead && (this.#holds !== 0 || this.#runner.holdsReading || this.#parser?.isHeld === true)
  }

  #isWaiting(): boolean {
    return this.#state.mayRead && this.#backlog !== undefined && this.#backlog.length > 0
  }

  #keep(octets: Octets): void {
    this.#backlog ??= []
    this.#backlog.push(copyOf(octets, 0, octets.length))
    if (this.#isHeld()) this.#pause()
  }

  /** Parses as far as hooks and decoders allow. The rest goes in front of what waits. `isOwn`: the octets have waited here before. */
  #read(octets: Octets, isOwn = false): void {
    let stoppedAt = octets.length
    this.#isReading = true
    this.#events.readingBegan()
    try {
      this.#parser ??= this.#events.borrowParser()
      stoppedAt = octets.length <= sliceSize ? this.#parser.parse(octets) : this.#parseInSlices(this.#parser, octets)
    } catch (error) {
      this.#events.readingFailed(error)
    } finally {
      // held at the last octet, the parser may still owe the end of a frame: it is asked again with none
      if (this.#state.mayRead && (stoppedAt < octets.length || this.#isHeld())) this.#keepRest(octets, stoppedAt, isOwn)
      if (this.#runner.readsNothingAhead) this.#leaveToSystem()
      this.#isReading = false
      this.#events.readingEnded()
    }
  }

  /** Parses a large read in slices. It can hold thousands of small messages, so other events get their turn after 2 ms. */
  #parseInSlices(parser: FrameParser, octets: Octets): number {
    const began = this.#events.clock.now()
    for (let at = 0; ; ) {
      const end = Math.min(at + sliceSize, octets.length)
      const stoppedAt = at + parser.parse(octets.subarray(at, end))
      if (stoppedAt < end || end === octets.length) return stoppedAt
      at = end
      if (this.#events.clock.now() - began > longestSlice) {
        this.#holds |= Hold.Yielding
        this.#events.clock.yield(() => this.#afterOthers())
        return at
      }
    }
  }

  #afterOthers(): void {
    this.#holds &= ~Hold.Yielding
    if (this.#state.mayRead) this.proceed()
  }

  /** Keeps what was not parsed. Own octets are copied again only once half of their memory is spent: reading may be held after each message. */
  #keepRest(octets: Octets, from: number, isOwn: boolean): void {
    const isLargePart = 2 * (octets.length - from) >= octets.buffer.byteLength
    this.#backlog ??= []
    this.#backlog.unshift(isOwn && isLargePart ? octets.subarray(from) : copyOf(octets, from, octets.length))
  }

  /** Reads nothing until hooks are called again, and then less at a time. */
  #leaveToSystem(): void {
    if (!this.#state.mayRead) return
    this.#stream.readLess?.()
    this.#pause()
  }

  #pause(): void {
    if (this.#isPaused) return
    this.#isPaused = true
    this.#stream.pause()
  }

  #resume(): void {
    if (!this.#isPaused) return
    this.#isPaused = false
    this.#stream.resume()
    this.#events.readingResumed()
  }
}

/** The reasons for which octets wait, beside those of the runner and of the parser. */
const Hold = {
  /** The opening handshake is not done. */
  NotOpen: 1,
  /** A large read was interrupted, so that other events have their turn. */
  Yielding: 2,
} as const

/** Octets that are parsed between two looks at the clock. */
const sliceSize = 64 * 1024

/** Milliseconds. */
const longestSlice = 2
