import type { ByteStream, ByteStreamReader } from '../../src/bytes/byte-stream.ts'
import { joined, type Octets } from '../../src/bytes/octets.ts'
import type { FakeClock } from '../../src/testing/index.ts'

/** A transport in the test's hands: the test is the peer, the system below, and the one who decides when octets are gone. */
export class FakeStream implements ByteStream {
  /** Octets that the system has not taken; set `isStuck` and what is written stays here. */
  bufferedAmount = 0
  isStuck = false
  /** Whether the system may hold what it has taken. */
  hasSystemBuffer = false
  /** Whether what is written may be lent. */
  writesAtOnce = false
  /** Whether `destroy` is obeyed. */
  letsGo = true
  isPaused = false
  /** The number of times that it was asked to read less at a time. */
  timesLess = 0
  hasEnded = false
  destroyed: 'no' | 'gracefully' | 'aborted' = 'no'
  /** Each write, as it came. */
  readonly writes: Octets[] = []
  readonly #clock: FakeClock
  #reader: ByteStreamReader | undefined
  #wantsDrained = false

  constructor(clock: FakeClock) {
    this.#clock = clock
  }

  start(reader: ByteStreamReader): void {
    this.#reader = reader
  }

  write(octets: Octets): void {
    if (this.destroyed !== 'no') return
    this.writes.push(octets)
    if (this.isStuck) this.bufferedAmount += octets.length
  }

  writeAll(pieces: readonly Octets[]): void {
    this.write(joined(pieces))
  }

  notifyDrained(): void {
    if (this.isStuck) this.#wantsDrained = true
    else this.#clock.defer(() => this.#reader!.drained())
  }

  pause(): void {
    this.isPaused = true
  }

  resume(): void {
    this.isPaused = false
  }

  readLess(): void {
    this.timesLess++
  }

  end(): void {
    this.hasEnded = true
  }

  destroy(abort: boolean): void {
    this.destroyed = abort ? 'aborted' : 'gracefully'
    if (this.letsGo) this.#clock.defer(() => this.close())
  }

  /** The peer sends. What the reader is given is only lent: it is gone when the reader returns. */
  receive(...pieces: readonly (Octets | readonly number[])[]): void {
    for (const piece of pieces) {
      const lent = Uint8Array.from(piece)
      this.#reader!.dataReceived(lent)
      lent.fill(0xee)
    }
  }

  /** Gives the reader a value as it is, as a stream of an application could. */
  receiveValue(value: unknown): void {
    this.#reader!.dataReceived(value as Octets)
  }

  /** The peer ends its side. */
  receiveEnd(): void {
    this.#reader!.ended()
  }

  /** Reports that written octets cannot be passed on. */
  failWrite(error: Error): void {
    this.#reader!.writeFailed!(error)
  }

  /** The transport is gone. */
  close(error?: Error): void {
    this.#reader!.closed(error)
  }

  /** The system takes everything that was asked about, but for what was written since. */
  drain(left = 0): void {
    this.bufferedAmount = left
    if (!this.#wantsDrained) return
    this.#wantsDrained = false
    this.#reader!.drained()
  }

  /** The system takes so many octets. */
  take(octets: number): void {
    if (this.bufferedAmount > octets) this.bufferedAmount -= octets
    else this.drain()
  }

  /** Returns the octets sent since the last call. */
  sent(): Octets {
    this.#clock.flush()
    return joined(this.writes.splice(0))
  }
}
