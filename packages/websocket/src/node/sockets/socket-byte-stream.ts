import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { TLSSocket } from 'node:tls'
import type { ByteStream, ByteStreamReader } from '../../bytes/byte-stream.ts'
import { copyOf, type Octets } from '../../bytes/octets.ts'
import { asError } from '../../protocol/faults/as-error.ts'
import { realNextTick } from '../runtime/event-loop.ts'
import { keepAlive } from '../runtime/keep-alive.ts'
import { nodeMasker } from '../runtime/node-masker.ts'
import { QueuedWrites } from './queued-writes.ts'
import { type DirectWriter, directWriter, isUnreferenced, readBelowTls, readInto, unsentOctetsOf } from './socket-internals.ts'

let wasRead: (socket: Socket, length: number) => void
let onData: (this: Duplex, chunk: Buffer) => void
let onEnd: (this: Duplex) => void
let onFinish: (this: Duplex) => void
let onError: (this: Duplex, error: Error) => void
let onClose: (this: Duplex) => void

export interface SocketByteStreamOptions {
  /** Switches Nagle's algorithm off. Default: as the socket is. */
  readonly noDelay?: boolean
  /** Octets that were read before, by an HTTP server for example; they come first. They are copied. */
  readonly first?: Octets | undefined
}

/**
 * A socket of Node as a stream of octets: TCP, TLS, a Unix socket, or any duplex stream that stands in for one.
 *
 * From construction on no error of the socket goes unhandled, and the socket is left to this object: its timeout is switched off
 * and it stays open for writing when the peer ends. Nothing is read before `start`. All listeners are gone when the socket is closed.
 */
export class SocketByteStream implements ByteStream {
  /** TLS and streams that stand in for sockets hold on to what they are given. */
  readonly writesAtOnce: boolean
  readonly #socket: Duplex
  /** Past the stream machinery, where the socket has such a way. */
  readonly #direct: DirectWriter | undefined
  /** The socket's own way, once it is taken. */
  #queued: QueuedWrites | undefined
  #reader: ByteStreamReader | undefined
  #error: Error | undefined
  /** What was read in spite of a pause. */
  #held: Octets[] | undefined
  #hasEnded = false
  #isPaused = false
  /** Whether our side ends, or will when what waits has gone. */
  #isEnding = false
  #isClosed = false
  /** Whether the process is kept alive for this socket. */
  #isKept = false

  constructor(socket: Duplex, options: SocketByteStreamOptions = {}) {
    this.#socket = socket
    this.writesAtOnce = socket instanceof Socket && !(socket instanceof TLSSocket)
    this.#direct = this.writesAtOnce ? directWriter(socket as Socket) : undefined
    socket.allowHalfOpen = true
    if (socket instanceof Socket) {
      socket.setTimeout(0)
      if (options.noDelay !== undefined) socket.setNoDelay(options.noDelay)
    }
    owned(socket)[owner] = this
    socket.on('error', onError)
    socket.on('close', onClose)
    if (options.first !== undefined && options.first.length > 0) socket.unshift(Uint8Array.from(options.first))
    // A socket that was closed before will not say so again.
    if (socket.closed) realNextTick(() => this.#closed())
  }

  start(reader: ByteStreamReader): void {
    this.#reader = reader
    if (this.#isClosed) {
      realNextTick(() => reader.closed(this.#error))
      return
    }
    this.#socket.on('end', onEnd)
    // the peer ended before this object had the socket, which will not say so again
    if (this.#socket.readableEnded) realNextTick(() => this.#ended())
    if (this.#readsIntoSharedBuffer()) return
    this.#socket.on('data', onData)
    // who had the socket before may have paused it, and then a listener alone does not begin the reading
    if (!this.#isPaused) this.#socket.resume()
  }

  write(octets: Octets): void {
    if (!this.#isWritable) return
    if (this.#mayWriteDirectly()) this.#direct!.write(octets)
    else this.#queue().write(octets)
  }

  writeAll(pieces: readonly Octets[]): void {
    if (!this.#isWritable) return
    if (this.#mayWriteDirectly()) this.#direct!.writeAll(pieces)
    else this.#queue().writeAll(pieces)
  }

  get bufferedAmount(): number {
    const pending = this.#direct?.pending ?? 0
    // the queue of the handle, which is what is pending, also has what the socket's own way has handed to it
    const written = pending === 0 ? this.#socket.writableLength : unsentOctetsOf(this.#socket) || pending
    return written + (this.#queued?.length ?? 0)
  }

  get unsentOctets(): number {
    const written = unsentOctetsOf(this.#socket)
    return written === undefined ? this.bufferedAmount : written + (this.#queued?.length ?? 0)
  }

  get hasSystemBuffer(): boolean {
    return this.#socket instanceof Socket
  }

  notifyDrained(): void {
    const socket = this.#socket
    if (socket.destroyed) return
    if (this.#queued?.isIdle === false) return this.#queued.notify()
    if (this.#direct !== undefined && this.#direct.pending > 0) return this.#direct.whenTaken(() => this.#drained())
    if (this.bufferedAmount === 0) realNextTick(() => this.#drained())
    else if (socket.writableEnded) socket.once('finish', onFinish)
    else this.#queue().notify()
  }

  pause(): void {
    this.#isPaused = true
    this.#socket.pause()
    readBelowTls?.(this.#socket, false)
    this.#keepAlive()
  }

  resume(): void {
    this.#isPaused = false
    readBelowTls?.(this.#socket, true)
    this.#socket.resume()
    if (!this.#hasEnded) this.#letGo()
    if (this.#held !== undefined) realNextTick(() => this.#releaseHeld())
  }

  end(): void {
    if (!this.#isWritable) return
    this.#isEnding = true
    this.#whenHandedOn(() => this.#socket.end())
  }

  destroy(abort: boolean): void {
    const socket = this.#socket
    if (abort) {
      this.#queued?.discard()
      reset(socket)
      socket.destroy()
      return
    }
    this.#isEnding = true
    this.#whenHandedOn(() => {
      if (!(socket instanceof Socket)) socket.end(() => socket.destroy())
      else if (this.#isThrough) socket.destroy()
      else socket.destroySoon()
    })
  }

  get #isWritable(): boolean {
    return this.#socket.writable && !this.#isEnding
  }

  /**
   * Whether the peer has ended and the system has taken everything: closing the socket then tells the peer, and a shutdown before it would
   * cost a system call and a turn of the loop more. TLS has a record to send before it closes.
   */
  get #isThrough(): boolean {
    return this.writesAtOnce && this.#hasEnded && this.bufferedAmount === 0
  }

  #mayWriteDirectly(): boolean {
    if (this.#direct === undefined || this.#queued?.isIdle === false) return false
    return this.#direct.pending === 0 && this.#socket.writableLength === 0
  }

  /** What waits in our own queue comes before the end. */
  #whenHandedOn(callback: () => void): void {
    if (this.#queued === undefined) callback()
    else this.#queued.whenEmpty(callback)
  }

  /** What was read before, by whoever had the socket, is behind the `data` event's back and comes first. */
  #readsIntoSharedBuffer(): boolean {
    const socket = this.#socket
    if (!(socket instanceof Socket) || socket.readableLength > 0) return false
    if (!readInto(socket, readBuffer, wasRead)) return false
    // a pause from before knew of no shared buffer, and nobody listens to `data`, which would begin the reading
    if (this.#isPaused) socket.pause()
    else socket.resume()
    return true
  }

  /** TLS gives what it had read already in spite of a pause. */
  #wasRead(octets: Octets): void {
    if (!this.#isPaused && this.#held === undefined) return this.#reader?.dataReceived(octets)
    this.#held ??= []
    this.#held.push(copyOf(octets, 0, octets.length))
  }

  /** Called once for each `resume`: only the last octets are followed by the end. */
  #releaseHeld(): void {
    if (this.#held === undefined) return
    while (this.#held !== undefined && !this.#isPaused) {
      const octets = this.#held.shift()
      if (octets !== undefined) this.#reader?.dataReceived(octets)
      else this.#held = undefined
    }
    if (this.#held === undefined && this.#hasEnded) this.#reader?.ended()
  }

  /** Node does not wait for a socket that it does not read, and the application may await what this one brings. */
  #keepAlive(): void {
    if (this.#isKept || this.#isClosed || !(this.#socket instanceof Socket) || isUnreferenced(this.#socket)) return
    this.#isKept = true
    keepAlive.hold()
  }

  #letGo(): void {
    if (!this.#isKept) return
    this.#isKept = false
    keepAlive.release()
  }

  #queue(): QueuedWrites {
    this.#queued ??= new QueuedWrites(this.#socket, this.#direct, {
      gone: error => this.#drained(error),
      failed: error => this.#writeFailed(error),
    })
    return this.#queued
  }

  #drained(error?: Error | null): void {
    if (!error && !this.#socket.destroyed) this.#reader?.drained()
  }

  #writeFailed(error: unknown): void {
    if (this.#reader?.writeFailed !== undefined) this.#reader.writeFailed(error)
    else this.#socket.destroy(asError(error))
  }

  #ended(): void {
    this.#hasEnded = true
    this.#keepAlive()
    if (this.#held === undefined) this.#reader?.ended()
  }

  #closed(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#held = undefined
    this.#letGo()
    this.#queued?.discard()
    const socket = this.#socket
    socket.off('error', onError)
    socket.off('close', onClose)
    socket.off('end', onEnd)
    socket.off('data', onData)
    socket.off('finish', onFinish)
    this.#reader?.closed(this.#error)
  }

  /** A plain view of the chunk, which Node made for this read event alone: `slice` of a `Buffer` would not copy. */
  #dataCame(chunk: Buffer): void {
    this.#reader?.dataReceived(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength))
  }

  /** Listeners that all sockets share: functions of its own for each weighed twice what this object does. */
  static {
    wasRead = (socket, length): void => owned(socket)[owner].#wasRead(readOf(length))
    onData = function (chunk): void {
      owned(this)[owner].#dataCame(chunk)
    }
    onEnd = function (): void {
      owned(this)[owner].#ended()
    }
    onFinish = function (): void {
      owned(this)[owner].#drained()
    }
    onError = function (error): void {
      owned(this)[owner].#error ??= error
      // some errors Node only reports, and leaves the socket as it is: TLS renegotiation beyond its limit
      this.destroy()
    }
    onClose = function (): void {
      owned(this)[owner].#closed()
    }
  }
}

/** Where a socket has the stream that was made of it: listeners are called on the socket. */
const owner: unique symbol = Symbol('SocketByteStream')

interface Owned {
  [owner]: SocketByteStream
}

/** Of every socket that has the listeners. */
function owned(socket: Duplex): Owned {
  return socket as Duplex & Owned
}

/**
 * Destroys with RST instead of FIN where the socket can: plain TCP alone.
 *
 * While a shutdown is under way libuv refuses to reset, and Node would then never close the handle.
 */
function reset(socket: Duplex): void {
  if (!(socket instanceof Socket) || socket instanceof TLSSocket) return
  if (socket.destroyed || socket.connecting || socket.remoteFamily === undefined) return
  if (socket.writableEnded && !socket.writableFinished) return
  socket.resetAndDestroy?.()
}

/** What was read. Short reads are most reads, and the view of their octets is made once for each length. */
function readOf(length: number): Octets {
  if (length >= keptViews) return readBuffer.subarray(0, length)
  views[length] ??= readBuffer.subarray(0, length)
  return views[length]
}

const keptViews = 1024
const views: Octets[] = []

/** One for all sockets, since what is read is lent to the reader: in the memory of the masker, where it can unmask without a copy. */
const readBuffer: Octets = nodeMasker?.readBuffer ?? new Uint8Array(64 * 1024)
