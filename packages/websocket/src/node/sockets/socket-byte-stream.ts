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
import {
  type DirectWriter,
  directWriter,
  isUnreferenced,
  readBelowTls,
  readInto,
  readNextInto,
  removeOwnEndListener,
  unsentOctetsOf,
  writeAllDirectly,
  writeDirectly,
  writesDirectly,
} from './socket-internals.ts'

/** Learns of streams that are gone. One object serves all connections of a server: a listener for each would be a third of what a stream weighs. */
export interface StreamOwner {
  /** Called once, after the reader's `closed`. */
  streamGone(socket: Duplex): void
}

export interface SocketByteStreamOptions {
  readonly owner?: StreamOwner
  /** Switches Nagle's algorithm off. Default: as the socket is. */
  readonly noDelay?: boolean
  /** Octets that were read before, by an HTTP server for example. They are copied, and delivered first. */
  readonly first?: Octets | undefined
  /** Whether `destroy` with `abort` resets a TCP connection. Default: true. */
  readonly resets?: boolean
}

/**
 * A socket of Node as a stream of octets: TCP, TLS, a Unix socket, or any duplex stream that stands in for one.
 *
 * The constructor takes the socket over: it handles all errors of the socket, switches its timeout off, and keeps it open for writing when the
 * peer ends. Reading begins with `start`. When the socket is closed, all listeners are removed.
 */
export class SocketByteStream implements ByteStream {
  /** `true` for plain sockets. TLS sockets and other duplex streams hold on to the octets that they are given. */
  readonly writesAtOnce: boolean
  readonly #socket: Duplex
  readonly #owner: StreamOwner | undefined
  /** The writer to the handle, past Node's streams. Made when octets have to wait for the first time. */
  #direct: DirectWriter | undefined
  /** Writes through the socket's stream; made when it is first needed. */
  #queued: QueuedWrites | undefined
  #reader: ByteStreamReader | undefined
  #error: Error | undefined
  /** Octets that were read although reading was paused. */
  #held: Octets[] | undefined
  /** The progress of the end. `Ending`: our side has ended, or will end as soon as all queued writes are done. */
  #end: End = End.Open
  /** Bits of `Flag`: a field for each would take as much memory as a pointer. */
  #flags = 0

  constructor(socket: Duplex, options: SocketByteStreamOptions = {}) {
    this.#socket = socket
    this.#owner = options.owner
    if (options.resets ?? true) this.#set(Flag.Resets)
    this.writesAtOnce = socket instanceof Socket && !(socket instanceof TLSSocket)
    if (this.writesAtOnce && writesDirectly(socket as Socket)) this.#set(Flag.WritesDirectly)
    socket.allowHalfOpen = true
    if (socket instanceof Socket) {
      removeOwnEndListener(socket)
      socket.setTimeout(0)
      if (options.noDelay !== undefined) socket.setNoDelay(options.noDelay)
    }
    owned(socket)[owner] = this
    socket.on('error', onError)
    socket.on('close', onClose)
    if (options.first !== undefined && options.first.length > 0) socket.unshift(Uint8Array.from(options.first))
    // a socket that is closed already does not emit `close` again
    if (socket.closed) realNextTick(() => this.closed())
  }

  start(reader: ByteStreamReader): void {
    this.#reader = reader
    if (this.#end === End.Closed) {
      realNextTick(() => reader.closed(this.#error))
      return
    }
    this.#socket.on('end', onEnd)
    // a socket whose peer has ended already does not emit `end` again
    if (this.#socket.readableEnded) realNextTick(() => this.ended())
    if (this.#readsIntoSharedBuffer()) return
    this.#socket.on('data', onData)
    // a previous owner may have paused the socket, and then adding a listener does not begin the reading
    if (!this.#is(Flag.Paused)) this.#socket.resume()
  }

  write(octets: Octets): void {
    if (!this.#isWritable) return
    if (!this.#mayWriteDirectly()) this.#queue().write(octets)
    else if (this.#direct !== undefined) this.#direct.write(octets)
    else this.#direct = writeDirectly(this.#socket as Socket, octets)
  }

  writeAll(pieces: readonly Octets[]): void {
    if (!this.#isWritable) return
    if (!this.#mayWriteDirectly()) this.#queue().writeAll(pieces)
    else if (this.#direct !== undefined) this.#direct.writeAll(pieces)
    else this.#direct = writeAllDirectly(this.#socket as Socket, pieces)
  }

  get bufferedAmount(): number {
    const pending = this.#direct?.pending ?? 0
    // `pending` counts the queue of the handle, which has the writes of the stream in it too
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
    if (this.#direct !== undefined && this.#direct.pending > 0) return this.#direct.whenTaken(() => this.drained())
    if (this.bufferedAmount === 0) realNextTick(() => this.drained())
    else if (socket.writableEnded) socket.once('finish', onFinish)
    else this.#queue().notify()
  }

  pause(): void {
    this.#set(Flag.Paused)
    this.#socket.pause()
    readBelowTls?.(this.#socket, false)
    this.#keepAlive()
  }

  resume(): void {
    this.#clear(Flag.Paused)
    readBelowTls?.(this.#socket, true)
    this.#socket.resume()
    if (!this.#is(Flag.Ended)) this.#letGo()
    if (this.#held !== undefined) realNextTick(() => this.#releaseHeld())
  }

  /** Leaves TLS as it is, which decrypts whole records: they would be cut into more pieces. */
  readLess(): void {
    if (!this.#is(Flag.Shared) || !this.writesAtOnce || this.#is(Flag.ReadsLess)) return
    this.#set(Flag.ReadsLess)
    readNextInto(this.#socket as Socket, shortRead)
  }

  end(): void {
    if (!this.#isWritable) return
    if (this.#end === End.Open) this.#end = End.Ending
    this.#whenHandedOn(() => this.#socket.end())
  }

  destroy(abort: boolean): void {
    const socket = this.#socket
    if (abort) {
      this.#queued?.discard()
      if (this.#is(Flag.Resets)) reset(socket)
      socket.destroy()
      return
    }
    if (this.#end === End.Open) this.#end = End.Ending
    this.#whenHandedOn(() => {
      if (!(socket instanceof Socket)) socket.end(() => socket.destroy())
      else if (this.#isThrough) socket.destroy()
      else socket.destroySoon()
    })
  }

  // ---- for the listeners on the socket

  /** Takes octets that were read. TLS delivers what it had read already in spite of a pause; that is kept until `resume`. */
  received(octets: Octets): void {
    if (this.#is(Flag.ReadsLess) && octets.length < shortReadBuffer.length) this.#readAsAlways()
    if (!this.#is(Flag.Paused) && this.#held === undefined) return this.#reader?.dataReceived(octets)
    this.#held ??= []
    this.#held.push(copyOf(octets, 0, octets.length))
  }

  /** Takes a chunk of a `data` event as a plain view. Node made its memory for this event alone; `slice` of a `Buffer` would not copy. */
  receivedChunk(chunk: Buffer): void {
    this.#reader?.dataReceived(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength))
  }

  /** The peer has ended its side. */
  ended(): void {
    this.#set(Flag.Ended)
    this.#keepAlive()
    if (this.#held === undefined) this.#reader?.ended()
  }

  /** Everything that was written has gone to the system, or writing has failed. */
  drained(error?: Error | null): void {
    if (!error && !this.#socket.destroyed) this.#reader?.drained()
  }

  /** An error of the socket. Node only reports some of them, such as TLS renegotiation above its limit, and leaves the socket open. */
  failed(error: Error): void {
    this.#error ??= error
    this.#socket.destroy()
  }

  closed(): void {
    if (this.#end === End.Closed) return
    this.#end = End.Closed
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
    this.#owner?.streamGone(socket)
  }

  // ---- within

  #is(flag: Flag): boolean {
    return (this.#flags & flag) !== 0
  }

  #set(flag: Flag): void {
    this.#flags |= flag
  }

  #clear(flag: Flag): void {
    this.#flags &= ~flag
  }

  get #isWritable(): boolean {
    return this.#socket.writable && this.#end === End.Open
  }

  /**
   * Whether the peer has ended and the system has taken everything: closing the socket then tells the peer, and a shutdown before it would
   * cost a system call and a turn of the loop more. TLS has a record to send before it closes.
   */
  get #isThrough(): boolean {
    return this.writesAtOnce && this.#is(Flag.Ended) && this.bufferedAmount === 0
  }

  #mayWriteDirectly(): boolean {
    if (!this.#is(Flag.WritesDirectly) || this.#queued?.isIdle === false) return false
    return (this.#direct === undefined || this.#direct.pending === 0) && this.#socket.writableLength === 0
  }

  /** Calls back when everything in our own queue has been handed to the socket. */
  #whenHandedOn(callback: () => void): void {
    if (this.#queued === undefined) callback()
    else this.#queued.whenEmpty(callback)
  }

  /**
   * Reads into the buffer that all sockets share, where that is possible. A previous owner of the socket may have left octets in its buffer;
   * they must be delivered first, which only `data` events do.
   */
  #readsIntoSharedBuffer(): boolean {
    const socket = this.#socket
    if (!(socket instanceof Socket) || socket.readableLength > 0) return false
    if (!readInto(socket, readBuffer, onRead)) return false
    this.#set(Flag.Shared)
    // a pause from before does not apply to the shared buffer, and without a `data` listener reading does not begin by itself
    if (this.#is(Flag.Paused)) socket.pause()
    else socket.resume()
    return true
  }

  #readAsAlways(): void {
    this.#clear(Flag.ReadsLess)
    readNextInto(this.#socket as Socket, wholeRead)
  }

  /** Delivers what was read during a pause, as far as there is no new pause; then the end of the peer, if it has ended. */
  #releaseHeld(): void {
    if (this.#held === undefined) return
    while (this.#held !== undefined && !this.#is(Flag.Paused)) {
      const octets = this.#held.shift()
      if (octets !== undefined) this.#reader?.dataReceived(octets)
      else this.#held = undefined
    }
    if (this.#held === undefined && this.#is(Flag.Ended)) this.#reader?.ended()
  }

  /** Keeps the process alive: Node does not wait for a socket that it does not read, but the application may wait for its data. */
  #keepAlive(): void {
    if (this.#is(Flag.Kept) || this.#end === End.Closed || !(this.#socket instanceof Socket) || isUnreferenced(this.#socket)) return
    this.#set(Flag.Kept)
    keepAlive.hold()
  }

  #letGo(): void {
    if (!this.#is(Flag.Kept)) return
    this.#clear(Flag.Kept)
    keepAlive.release()
  }

  #queue(): QueuedWrites {
    if (this.#is(Flag.WritesDirectly)) this.#direct ??= directWriter(this.#socket as Socket)
    this.#queued ??= new QueuedWrites(this.#socket, this.#direct, {
      gone: error => this.drained(error),
      failed: error => this.#writeFailed(error),
    })
    return this.#queued
  }

  #writeFailed(error: unknown): void {
    if (this.#reader?.writeFailed !== undefined) this.#reader.writeFailed(error)
    else this.#socket.destroy(asError(error))
  }
}

/** Facts about a stream, each of which is a bit of a number. */
const Flag = {
  /** The peer has ended its side. */
  Ended: 1,
  Paused: 2,
  /** The process is kept alive for this socket. */
  Kept: 4,
  /** `destroy` with `abort` resets a TCP connection. */
  Resets: 8,
  /** Octets can be written to the handle, past Node's streams. */
  WritesDirectly: 16,
  /** The socket reads into the buffer that all share. */
  Shared: 32,
  /** The socket reads into the beginning of that buffer only. */
  ReadsLess: 64,
} as const
type Flag = (typeof Flag)[keyof typeof Flag]

const End = { Open: 0, Ending: 1, Closed: 2 } as const
type End = (typeof End)[keyof typeof End]

// Listeners are called on the socket, and all sockets share them: closures of its own for each socket weighed twice what the stream does.

function onRead(socket: Socket, length: number): void {
  streamOf(socket).received(readOf(length))
}

function onData(this: Duplex, chunk: Buffer): void {
  streamOf(this).receivedChunk(chunk)
}

function onEnd(this: Duplex): void {
  streamOf(this).ended()
}

function onFinish(this: Duplex): void {
  streamOf(this).drained()
}

function onError(this: Duplex, error: Error): void {
  streamOf(this).failed(error)
}

function onClose(this: Duplex): void {
  streamOf(this).closed()
}

/** The key under which a socket has the stream that was made of it. */
const owner: unique symbol = Symbol('SocketByteStream')

interface Owned {
  [owner]: SocketByteStream
}

/** The stream that was made of a socket: every socket that has the listeners has one. */
function streamOf(socket: Duplex): SocketByteStream {
  return owned(socket)[owner]
}

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

/** The octets that were read, as a view. Most reads are short; their views are made once for each length. */
function readOf(length: number): Octets {
  if (length >= keptViews) return readBuffer.subarray(0, length)
  views[length] ??= readBuffer.subarray(0, length)
  return views[length]
}

const keptViews = 1024
const views: Octets[] = []

/**
 * The buffer that all sockets are read into: octets are lent to the reader only until it returns. It lies in the memory of the masker, which can
 * unmask there without a copy.
 */
const readBuffer: Octets = nodeMasker?.readBuffer ?? new Uint8Array(64 * 1024)

/** The part of that buffer for short reads: as much as 32 messages of a usual size. */
const shortReadBuffer: Octets = readBuffer.subarray(0, 4 * 1024)

function shortRead(): Octets {
  return shortReadBuffer
}

function wholeRead(): Octets {
  return readBuffer
}
