import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { TLSSocket } from 'node:tls'
import type { ByteStream, ByteStreamReader } from '../bytes/byte-stream.ts'
import { noOctets, type Octets } from '../bytes/octets.ts'

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
  #reader: ByteStreamReader | undefined
  #error: Error | undefined
  #isClosed = false

  constructor(socket: Duplex, options: SocketByteStreamOptions = {}) {
    this.#socket = socket
    this.writesAtOnce = socket instanceof Socket && !(socket instanceof TLSSocket)
    socket.allowHalfOpen = true
    if (socket instanceof Socket) {
      socket.setTimeout(0)
      if (options.noDelay !== undefined) socket.setNoDelay(options.noDelay)
    }
    socket.on('error', this.#onError)
    socket.on('close', this.#onClose)
    if (options.first !== undefined && options.first.length > 0) socket.unshift(Uint8Array.from(options.first))
    // A socket that was closed before will not say so again.
    if (socket.closed) process.nextTick(this.#onClose)
  }

  start(reader: ByteStreamReader): void {
    this.#reader = reader
    if (this.#isClosed) {
      process.nextTick(() => reader.closed(this.#error))
      return
    }
    this.#socket.on('end', this.#onEnd)
    this.#socket.on('data', this.#onData)
  }

  write(octets: Octets): void {
    if (this.#socket.writable) this.#socket.write(octets)
  }

  writeAll(pieces: readonly Octets[]): void {
    const socket = this.#socket
    if (!socket.writable) return
    socket.cork()
    for (const piece of pieces) socket.write(piece)
    socket.uncork()
  }

  get bufferedAmount(): number {
    return this.#socket.writableLength
  }

  notifyDrained(): void {
    const socket = this.#socket
    if (socket.destroyed) return
    if (socket.writableLength === 0) process.nextTick(this.#onDrained)
    else if (socket.writableEnded) socket.once('finish', this.#onDrained)
    // The callback of an empty piece comes after everything before it; `drain` would also wait for what is written later.
    else socket.write(noOctets, this.#onDrained)
  }

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  end(): void {
    if (this.#socket.writable) this.#socket.end()
  }

  destroy(abort: boolean): void {
    const socket = this.#socket
    if (abort) {
      reset(socket)
      socket.destroy()
    } else if (socket instanceof Socket) {
      socket.destroySoon()
    } else {
      socket.end(() => socket.destroy())
    }
  }

  /** A plain view of the chunk, which Node made for this read event alone: `slice` of a `Buffer` would not copy. */
  readonly #onData = (chunk: Buffer): void => {
    this.#reader?.dataReceived(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength))
  }

  readonly #onDrained = (error?: Error | null): void => {
    if (!error && !this.#socket.destroyed) this.#reader?.drained()
  }

  readonly #onEnd = (): void => {
    this.#reader?.ended()
  }

  readonly #onError = (error: Error): void => {
    this.#error ??= error
  }

  readonly #onClose = (): void => {
    if (this.#isClosed) return
    this.#isClosed = true
    const socket = this.#socket
    socket.off('error', this.#onError)
    socket.off('close', this.#onClose)
    socket.off('end', this.#onEnd)
    socket.off('data', this.#onData)
    socket.off('finish', this.#onDrained)
    this.#reader?.closed(this.#error)
  }
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
