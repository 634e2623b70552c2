import type { Duplex } from 'node:stream'
import { noOctets, type Octets } from '../../bytes/octets.ts'
import { detachedPayload } from '../../protocol/faults/errors.ts'
import type { DirectWriter } from './socket-internals.ts'

export interface QueuedWritesEvents {
  /** Called when everything is sent that was queued when `notify` was called. `error`: the socket failed before. */
  gone(error: Error | null | undefined): void
  /** Called when queued octets cannot be written. Nothing more will be written. */
  failed(error: unknown): void
}

/**
 * Octets that a socket did not take at once: references in order, which are passed to it in parts, the next part when the last was sent.
 *
 * A socket that got everything would copy it, as TLS does to encrypt it: a broadcast to a thousand peers that do not read would be in
 * memory a thousand times. So at most `mostAtOnce` octets of each peer are copies, and all others are references to the caller's. This is
 * also the last place where it shows that a caller has detached a payload: a socket would leave these octets out, after the header that
 * announces them.
 */
export class QueuedWrites {
  readonly #socket: Duplex
  readonly #direct: DirectWriter | undefined
  readonly #events: QueuedWritesEvents
  readonly #wereTaken = (error?: Error | null): void => this.#confirm(error)
  /**
   * The octets that wait, in lists of at most `mostInList`: one long list would reserve half as much again, for each peer that does not
   * read.
   */
  #lists: Octets[][] = []
  /** The index of the first piece that waits, in the first list, and how much of it was passed on. */
  #first = 0
  #offset = 0
  #length = 0
  /** The number of octets that the socket got and has not confirmed. */
  #handed = 0
  /** Whether the socket, or the direct writer, will call when it is done with what it got. */
  #isWaiting = false
  /** The numbers of octets queued and confirmed since the beginning. */
  #queued = 0
  #taken = 0
  /** For each pending call of `gone`, the number of octets that must be confirmed before. */
  readonly #awaited: number[] = []
  #whenEmpty: (() => void)[] | undefined

  /** `direct` writes to plain sockets without their stream. */
  constructor(socket: Duplex, direct: DirectWriter | undefined, events: QueuedWritesEvents) {
    this.#socket = socket
    this.#direct = direct
    this.#events = events
  }

  /** The number of octets that wait and were not passed to the socket. */
  get length(): number {
    return this.#length
  }

  /** Tells whether nothing waits, and everything that was passed on is confirmed. */
  get isIdle(): boolean {
    return this.#length === 0 && !this.#isWaiting
  }

  write(octets: Octets): void {
    this.#add(octets)
    this.#handOn()
  }

  writeAll(pieces: readonly Octets[]): void {
    for (const piece of pieces) this.#add(piece)
    this.#handOn()
  }

  /** Calls `gone`, once per call, when everything is sent that is queued now. */
  notify(): void {
    if (!this.isIdle) this.#awaited.push(this.#queued)
    // If nothing of ours is queued, an empty write is the only way to learn that other writes are done. Deno's TLS fails on an empty write
    // alone (2.9).
    else this.#socket.write(noOctets, error => this.#events.gone(error))
  }

  /** Calls back once, now or when everything that waits has been passed to the socket. */
  whenEmpty(callback: () => void): void {
    if (this.#length === 0) return callback()
    this.#whenEmpty ??= []
    this.#whenEmpty.push(callback)
  }

  /** Discards the octets that wait. */
  discard(): void {
    this.#lists = []
    this.#first = this.#offset = this.#length = 0
    this.#whenEmpty = undefined
  }

  /** Queues a piece unless it is empty: a queued piece that is empty later was detached. */
  #add(piece: Octets): void {
    if (piece.length === 0) return
    const last = this.#lists.at(-1)
    if (last !== undefined && last.length < mostInList) last.push(piece)
    else this.#lists.push([piece])
    this.#length += piece.length
    this.#queued += piece.length
  }

  #handOn(): void {
    while (this.#length > 0 && !this.#isWaiting) {
      const direct = this.#direct
      if (direct !== undefined && direct.pending > 0) this.#wait(direct)
      else if (direct !== undefined && this.#socket.writableLength === 0) this.#writeDirectly(direct, this.#take(mostDirectly))
      else this.#writeToSocket(this.#take(mostAtOnce))
    }
    if (this.#length > 0 || this.#whenEmpty === undefined) return
    const callbacks = this.#whenEmpty
    this.#whenEmpty = undefined
    for (const callback of callbacks) callback()
  }

  #wait(direct: DirectWriter): void {
    this.#isWaiting = true
    direct.whenTaken(this.#wereTaken)
  }

  #writeDirectly(direct: DirectWriter, pieces: readonly Octets[]): void {
    direct.writeAll(pieces)
    if (direct.pending > 0) return this.#wait(direct)
    this.#taken += this.#handed
    this.#handed = 0
    this.#tellGone()
  }

  #writeToSocket(pieces: readonly Octets[]): void {
    const socket = this.#socket
    const last = pieces.length - 1
    this.#isWaiting = true
    if (last > 0) socket.cork()
    for (let at = 0; at < last; at++) socket.write(pieces[at])
    socket.write(pieces[last], this.#wereTaken)
    if (last > 0) socket.uncork()
  }

  /**
   * Returns the next octets to pass on, up to the position of the next call of `gone`. A large piece is cut, so that a socket that copies
   * it copies a part.
   */
  #take(atMost: number): Octets[] {
    const taken: Octets[] = []
    const most = Math.min(atMost, (this.#awaited[0] ?? this.#queued) - this.#taken)
    let room = most
    for (let list = this.#lists[0]; room > 0 && list !== undefined; list = this.#lists[0]) {
      const piece = list[this.#first]!
      if (piece.length === 0) throw detachedPayload()
      const end = Math.min(piece.length, this.#offset + room)
      const isWhole = end - this.#offset === piece.length
      taken.push(isWhole ? piece : piece.subarray(this.#offset, end))
      room -= end - this.#offset
      this.#offset = end
      if (end === piece.length) this.#forgetFirst(list)
    }
    this.#handed = most - room
    this.#length -= this.#handed
    return taken
  }

  #forgetFirst(list: Octets[]): void {
    list[this.#first++] = noOctets
    this.#offset = 0
    if (this.#first < list.length) return
    this.#lists.shift()
    this.#first = 0
  }

  /** Called when the socket is done with what it got, or was destroyed. */
  #confirm(error: Error | null | undefined): void {
    this.#isWaiting = false
    this.#taken += this.#handed
    this.#handed = 0
    if (error || this.#socket.destroyed) this.discard()
    this.#tellGone(error)
    try {
      this.#handOn()
    } catch (thrown) {
      this.discard()
      this.#events.failed(thrown)
    }
  }

  #tellGone(error?: Error | null): void {
    while (this.#awaited[0] !== undefined && (this.#awaited[0] <= this.#taken || error)) {
      this.#awaited.shift()
      this.#events.gone(error)
    }
  }
}

/** The number of octets that the socket's stream gets before it has confirmed them: as many as it may copy. */
const mostAtOnce = 64 * 1024

/** The number of octets that a plain socket gets at once, by reference. */
const mostDirectly = 1024 * 1024

const mostInList = 512
