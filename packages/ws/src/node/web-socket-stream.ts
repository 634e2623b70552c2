import { Duplex, type DuplexOptions } from 'node:stream'
import type { WebSocket } from './web-socket.ts'

/**
 * Makes a duplex stream of a connection: each chunk that is written is a binary message, and each message is a chunk to read. Its end closes the
 * connection, and the other way round. `readableObjectMode` gives text messages as strings.
 */
export function createWebSocketStream(socket: WebSocket, options: DuplexOptions = {}): Duplex {
  return new WebSocketStream(socket, options)
}

class WebSocketStream extends Duplex {
  readonly #socket: WebSocket
  readonly #givesText: boolean
  #terminates = true

  constructor(socket: WebSocket, options: DuplexOptions) {
    super({ ...options, autoDestroy: false, emitClose: false, objectMode: false, writableObjectMode: false })
    this.#socket = socket
    this.#givesText = options.readableObjectMode === true
    socket.on('message', (data: Buffer, isBinary: boolean) => this.#received(data, isBinary))
    socket.once('error', (error: Error) => this.#failed(error))
    socket.once('close', () => {
      if (!this.destroyed) this.push(null)
    })
    this.on('end', () => this.#destroyIfEnded())
    this.on('finish', () => this.#destroyIfEnded())
    this.on('error', throwIfUnheard)
  }

  override _read(): void {
    if (this.#socket.isPaused) this.#socket.resume()
  }

  override _write(chunk: Buffer, encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    if (this.#isConnecting) this.#socket.once('open', () => this._write(chunk, encoding, callback))
    else this.#socket.send(chunk, callback)
  }

  /** Closes the connection. Done when that is gone, also where it was gone before; never where it could not be opened. */
  override _final(callback: (error?: Error | null) => void): void {
    if (this.#isConnecting) return void this.#socket.once('open', () => this._final(callback))
    if (this.#socket._socket === null) return
    if (this.#socket.readyState === 3) return callback()
    // in front of the listener that ends the other side
    this.#socket.prependOnceListener('close', () => callback())
    this.#socket.close()
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    if (this.#socket.readyState === 3) {
      callback(error)
      process.nextTick(() => this.emit('close'))
      return
    }
    let isDone = false
    this.#socket.once('error', later => {
      isDone = true
      callback(later)
    })
    this.#socket.once('close', () => {
      if (!isDone) callback(error)
      process.nextTick(() => this.emit('close'))
    })
    if (this.#terminates) this.#socket.terminate()
  }

  get #isConnecting(): boolean {
    return this.#socket.readyState === 0
  }

  #received(data: Buffer, isBinary: boolean): void {
    if (!this.push(!isBinary && this.#givesText ? data.toString() : data)) this.#socket.pause()
  }

  /** Destroys the stream for an error of the connection, which ends by itself then. */
  #failed(error: Error): void {
    if (this.destroyed) return
    this.#terminates = false
    this.destroy(error)
  }

  #destroyIfEnded(): void {
    if (!this.destroyed && this.readableEnded && this.writableFinished) this.destroy()
  }
}

/** Destroys the stream at its first error, and emits the error again where no one else listens, so that it is thrown. */
function throwIfUnheard(this: Duplex, error: Error): void {
  this.removeListener('error', throwIfUnheard)
  this.destroy()
  if (this.listenerCount('error') === 0) this.emit('error', error)
}
