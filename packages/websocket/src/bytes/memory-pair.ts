import type { ByteStream, ByteStreamReader } from './byte-stream.ts'
import type { Clock } from './clock.ts'
import type { Octets } from './octets.ts'
import { nameOfKind, realOctets } from './real-octets.ts'

export interface MemoryPairOptions {
  /** The size of the largest piece that arrives at once, in octets. Default: pieces arrive as they were written. */
  readonly maxChunk?: number
  /** Cuts a written piece into those that arrive; joined, they must be the same octets. Default: by `maxChunk`. */
  readonly cut?: (octets: Octets) => Iterable<Octets>
  /**
   * The number of milliseconds that octets, the end of a side and a reset are on their way, by the clock. They keep their order. Default: 0,
   * which is the next deferred turn.
   */
  readonly latency?: number
}

/**
 * Makes two joined streams: octets that are written to one are read from the other. For tests and for links within a process.
 *
 * Octets are copied when they are written, because the reader may change those it receives. They arrive in deferred turns, one piece each,
 * never within `write`. A paused reader lets octets pile up without limit, so a writer must look at `bufferedAmount`; it counts octets that
 * are on their way too.
 */
export function memoryPair(clock: Clock, options: MemoryPairOptions = {}): [ByteStream, ByteStream] {
  const cut = options.cut ?? cutBy(options.maxChunk ?? Number.POSITIVE_INFINITY)
  const { latency = 0 } = options
  const one = new MemoryStream(clock, cut, latency)
  const other = new MemoryStream(clock, cut, latency)
  one.join(other)
  other.join(one)
  return [one, other]
}

/** An item on its way to a reader: octets, a request for `drained`, or the writer's end. */
type Item = Octets | typeof drainMark | typeof endMark
const drainMark = 'drain'
const endMark = 'end'

class MemoryStream implements ByteStream {
  readonly #clock: Clock
  readonly #cut: (octets: Octets) => Iterable<Octets>
  readonly #latency: number
  #peer: MemoryStream = this
  #reader: ByteStreamReader | undefined
  /** Items that have arrived and that the reader has not got. */
  #incoming: Item[] = []
  /** Octets that the reader has not got, including those that are on their way. */
  #incomingOctets = 0
  #isPaused = false
  #isDelivering = false
  #hasEnded = false
  #peerHasEnded = false
  #isClosed = false
  #error: Error | undefined

  constructor(clock: Clock, cut: (octets: Octets) => Iterable<Octets>, latency: number) {
    this.#clock = clock
    this.#cut = cut
    this.#latency = latency
  }

  join(peer: MemoryStream): void {
    this.#peer = peer
  }

  start(reader: ByteStreamReader): void {
    this.#reader = reader
    if (this.#isClosed) this.#reportClosed()
    else this.#deliverLater()
  }

  write(written: Octets): void {
    const octets = realOctets(written)
    if (octets === undefined) throw new TypeError(`a stream takes a Uint8Array, and not ${nameOfKind(written)}`)
    if (this.#isClosed || this.#hasEnded || octets.length === 0) return
    for (const piece of this.#cut(Uint8Array.from(octets))) this.#peer.#send(piece)
  }

  writeAll(pieces: readonly Octets[]): void {
    for (const piece of pieces) this.write(piece)
  }

  get bufferedAmount(): number {
    return this.#peer.#incomingOctets
  }

  notifyDrained(): void {
    if (!this.#isClosed) this.#peer.#send(drainMark)
  }

  pause(): void {
    this.#isPaused = true
  }

  resume(): void {
    this.#isPaused = false
    this.#deliverLater()
  }

  end(): void {
    if (this.#isClosed || this.#hasEnded) return
    this.#hasEnded = true
    this.#peer.#send(endMark)
    this.#closeWhenBothEnded()
  }

  destroy(abort: boolean): void {
    if (this.#isClosed) return
    if (abort) this.#peer.#after(peer => peer.#close(new Error('connection reset by peer')))
    else this.end()
    this.#close(undefined)
  }

  /** Sends an item on its way to this stream. */
  #send(item: Item): void {
    if (typeof item !== 'string' && !this.#isClosed) this.#incomingOctets += item.length
    this.#after(stream => stream.#take(item))
  }

  #after(arrive: (stream: MemoryStream) => void): void {
    if (this.#latency > 0) this.#clock.schedule(() => arrive(this), this.#latency)
    else arrive(this)
  }

  #take(item: Item): void {
    if (this.#isClosed) {
      this.#refuse(item)
      return
    }
    this.#incoming.push(item)
    this.#deliverLater()
  }

  /** Handles an item for a stream that was destroyed: octets reset their sender, as in TCP. */
  #refuse(item: Item): void {
    const sender = this.#peer
    if (item === drainMark) this.#clock.defer(() => sender.#drained())
    else if (item !== endMark) sender.#close(new Error('connection reset by peer'))
  }

  #deliverLater(): void {
    if (this.#isDelivering || !this.#canDeliver) return
    this.#isDelivering = true
    this.#clock.defer(() => {
      this.#isDelivering = false
      if (this.#canDeliver) this.#deliver(this.#incoming.shift()!)
      this.#deliverLater()
    })
  }

  get #canDeliver(): boolean {
    return this.#reader !== undefined && !this.#isPaused && !this.#isClosed && this.#incoming.length > 0
  }

  #deliver(item: Item): void {
    if (item === drainMark) this.#peer.#drained()
    else if (item === endMark) this.#deliverEnd()
    else this.#deliverOctets(item)
  }

  #deliverOctets(octets: Octets): void {
    this.#incomingOctets -= octets.length
    this.#reader?.dataReceived(octets)
  }

  #deliverEnd(): void {
    this.#peerHasEnded = true
    this.#reader?.ended()
    this.#closeWhenBothEnded()
    this.#peer.#closeWhenBothEnded()
  }

  #drained(): void {
    if (!this.#isClosed) this.#reader?.drained()
  }

  /** Closes when both directions have ended and everything has arrived, as far as this side can know. */
  #closeWhenBothEnded(): void {
    if (this.#hasEnded && this.#peerHasEnded && (this.#peer.#peerHasEnded || this.#peer.#isClosed)) this.#close(undefined)
  }

  #close(error: Error | undefined): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#error = error
    this.#incoming = []
    this.#incomingOctets = 0
    if (this.#reader !== undefined) this.#reportClosed()
  }

  #reportClosed(): void {
    this.#clock.defer(() => this.#reader?.closed(this.#error))
  }
}

function cutBy(size: number): (octets: Octets) => Iterable<Octets> {
  return function* (octets) {
    for (let at = 0; at < octets.length; at += size) yield octets.subarray(at, at + size)
  }
}
