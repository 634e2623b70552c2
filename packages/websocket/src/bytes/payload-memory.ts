import { type Allocate, allocateZeroed, copyOf, type Octets, type ReceivedOctets } from './octets.ts'

/** How the connections of a factory make memory for payloads. */
export interface PayloadSharing {
  /** Whether payloads of one connection may share an `ArrayBuffer`. It becomes false for good when one that is shared was transferred. */
  isOn: boolean
  /** Zeroed memory. */
  readonly allocate: (size: number) => ArrayBuffer
  /** Octets of any content, for what is written in full at once. */
  readonly allocateUnset: Allocate
}

export function payloadSharing(
  isOn: boolean,
  { allocate = size => new ArrayBuffer(size), allocateUnset = allocateZeroed }: Partial<Omit<PayloadSharing, 'isOn'>> = {},
): PayloadSharing {
  return { isOn, allocate, allocateUnset }
}

/**
 * Makes the arrays that the application of one connection is given and may keep.
 *
 * An `ArrayBuffer` for each small payload takes up to half as long as all else that is done with it. So payloads of 65 to 2,048 octets
 * are cut out of one that is as large as what was received with them, 16 KiB at most. A decoder hands over one payload at a time: there the one
 * is as large as what the payloads of the read before took together. Payloads of up to 512 octets that come one at a time are
 * cut out of 1 KiB, which the connection holds meanwhile. All other payloads have an `ArrayBuffer` of their own.
 *
 * Nothing is ever shared between connections.
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

  /** A copy of a part of what was received. Its place in memory is a multiple of 8, for views of wider elements. */
  copy(chunk: Octets, start: number, end: number): ReceivedOctets {
    const length = end - start
    if (length <= withinHeap) return copyOf(chunk, start, end)
    if (length > mostShared) return this.copyApart(chunk, start, end)
    const size = (length + 7) & ~7
    this.#ofRead += size
    const shared = this.#shared
    const hasRoom = shared !== undefined && this.#used + length <= shared.byteLength && this.#sharing.isOn
    if (!hasRoom && !this.#makeRoom(length, chunk.length - start)) return this.copyApart(chunk, start, end)
    const octets = new Uint8Array(this.#shared!, this.#used, length)
    this.#used += size
    octets.set(chunk.subarray(start, end))
    return octets
  }

  /** The same in memory of its own, for what waits until the application is done with something else, and may have transferred that. */
  copyApart(chunk: Octets, start: number, end: number): ReceivedOctets {
    if (end - start <= mostShared) return copyOf(chunk, start, end)
    const octets = this.#sharing.allocateUnset(end - start)
    octets.set(chunk.subarray(start, end))
    return octets
  }

  /** All of what was received at once has been parsed: between reads a connection holds little. */
  chunkEnded(): void {
    const shared = this.#shared
    this.#ofReadBefore = this.#ofRead
    this.#ofRead = 0
    if (shared !== undefined && (shared.byteLength > mostHeld || shared.byteLength === 0)) this.#release(shared)
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

  /** The first payloads that come alone have their own memory, so that a connection with little to say holds none. */
  #sharesAlone(length: number): boolean {
    return 2 * length <= mostHeld && ++this.#alone > aloneBefore
  }

  /** An `ArrayBuffer` without octets was transferred. An application that does so once will do so again. */
  #release(shared: ArrayBuffer): void {
    if (shared.byteLength === 0) this.#sharing.isOn = false
    this.#shared = undefined
  }
}

/** V8 keeps typed arrays up to here within its heap, where they cost little. */
const withinHeap = 64

/** From here on an eighth of the largest could be left over. */
const mostShared = 2048

const largestShared = 16 * 1024

/** Octets that a connection may hold between two reads. */
const mostHeld = 1024

const aloneBefore = 4
