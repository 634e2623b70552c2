import { type Allocate, allocateZeroed, copyOf, type Octets, type ReceivedOctets } from './octets.ts'

/** The way in which the connections of a factory allocate memory for payloads. */
export interface PayloadSharing {
  /** Whether payloads of one connection may share an `ArrayBuffer`. It becomes false for good when a shared one was transferred. */
  isOn: boolean
  /** Allocates zeroed memory. */
  readonly allocate: (size: number) => ArrayBuffer
  /** Allocates octets of any content, for arrays that are overwritten entirely at once. */
  readonly allocateUnset: Allocate
  /** Copies a small part into an array of its own. */
  readonly copySmall: (octets: Octets, start: number, end: number) => ReceivedOctets
  /** Makes the array over a part of shared memory. */
  readonly viewOf: (memory: ArrayBuffer, at: number, length: number) => ReceivedOctets
}

/** Completes what is given. `copySmall` and `viewOf` make plain arrays unless they are given, for a runtime's own class of arrays. */
export function payloadSharing(isOn: boolean, given: Partial<Omit<PayloadSharing, 'isOn'>> = {}): PayloadSharing {
  const { allocate = size => new ArrayBuffer(size), allocateUnset = allocateZeroed, copySmall = copyOf, viewOf = plainView } = given
  return { isOn, allocate, allocateUnset, copySmall, viewOf }
}

function plainView(memory: ArrayBuffer, at: number, length: number): ReceivedOctets {
  return new Uint8Array(memory, at, length)
}

/**
 * Makes the arrays for the payloads of one connection, which its application may keep.
 *
 * Making an `ArrayBuffer` for each small payload takes up to half as long as everything else that is done for it. So payloads of 65 to
 * 2,048 octets are cut out of one that is as large as the octets that were received together, 16 KiB at most. Payloads of up to 512 octets
 * that come one at a time are cut out of 1 KiB, which the connection holds meanwhile. All other payloads have an `ArrayBuffer` of their
 * own.
 *
 * Nothing is ever shared between connections (decision 52).
 */
export class PayloadMemory {
  readonly #sharing: PayloadSharing
  #shared: ArrayBuffer | undefined
  #used = 0
  /** Octets of small payloads in this read, and in the read before: what a decoder hands over does not tell how much follows. */
  #ofRead = 0
  #ofReadBefore = 0
  #alone = 0

  constructor(sharing: PayloadSharing = payloadSharing(true)) {
    this.#sharing = sharing
  }

  /** Returns a copy of a part of the received octets. Its position in memory is a multiple of 8, for views of wider elements. */
  copy(chunk: Octets, start: number, end: number): ReceivedOctets {
    const length = end - start
    if (length <= withinHeap) return this.#sharing.copySmall(chunk, start, end)
    if (length > mostShared) return this.copyApart(chunk, start, end)
    const size = (length + 7) & ~7
    this.#ofRead += size
    const shared = this.#shared
    const hasRoom = shared !== undefined && this.#used + length <= shared.byteLength && this.#sharing.isOn
    if (!hasRoom && !this.#makeRoom(length, chunk.length - start)) return this.copyApart(chunk, start, end)
    const octets = this.#sharing.viewOf(this.#shared!, this.#used, length)
    this.#used += size
    octets.set(chunk.subarray(start, end))
    return octets
  }

  /** Returns a copy in memory of its own, for payloads that wait while the application may transfer the memory of an earlier one. */
  copyApart(chunk: Octets, start: number, end: number): ReceivedOctets {
    if (end - start <= mostShared) return this.#sharing.copySmall(chunk, start, end)
    const octets = this.#sharing.allocateUnset(end - start)
    octets.set(chunk.subarray(start, end))
    return octets
  }

  /** Notes that all octets that were received together have been parsed, so that a connection holds little memory between reads. */
  chunkEnded(): void {
    const shared = this.#shared
    this.#ofReadBefore = this.#ofRead
    this.#ofRead = 0
    if (shared !== undefined && (shared.byteLength > mostHeld || shared.byteLength === 0)) this.#release(shared)
  }

  /** Makes the memory of another connection of the same factory. */
  another(): PayloadMemory {
    return new PayloadMemory(this.#sharing)
  }

  /** Forgets everything: the next payloads are those of another connection. */
  forget(): void {
    if (this.#shared !== undefined) this.#release(this.#shared)
    this.#used = this.#ofRead = this.#ofReadBefore = this.#alone = 0
  }

  /** Makes a new `ArrayBuffer` for a payload, unless that is to have its own. `given`: octets that were handed over, from this payload on. */
  #makeRoom(length: number, given: number): boolean {
    if (this.#shared !== undefined) this.#release(this.#shared)
    if (!this.#sharing.isOn) return false
    const rest = Math.max(given, this.#ofReadBefore - this.#ofRead + length)
    const isAlone = rest <= length + withinHeap
    if (isAlone && !this.#sharesAlone(length)) return false
    this.#shared = this.#sharing.allocate(isAlone ? mostHeld : Math.min((rest + 7) & ~7, largestShared))
    this.#used = 0
    return true
  }

  /**
   * Tells whether a payload that comes alone may be shared: the first ones may not, so that a connection with little traffic holds no
   * memory.
   */
  #sharesAlone(length: number): boolean {
    return 2 * length <= mostHeld && ++this.#alone > aloneBefore
  }

  /**
   * Stops sharing when an `ArrayBuffer` was transferred, which leaves it without octets: an application that does so once will do so again.
   */
  #release(shared: ArrayBuffer): void {
    if (shared.byteLength === 0) this.#sharing.isOn = false
    this.#shared = undefined
  }
}

/** The largest typed array that V8 keeps within its heap, where it costs little. */
const withinHeap = 64

/** The largest payload that is shared: an eighth of the largest array could be left over. */
const mostShared = 2048

const largestShared = 16 * 1024

/** The number of octets that a connection may hold between two reads. */
const mostHeld = 1024

const aloneBefore = 4
