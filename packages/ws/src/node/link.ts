import { Blob } from 'node:buffer'
import type { EventEmitter } from 'node:events'
import type { Duplex } from 'node:stream'
import {
  type Agreement,
  type Hooks,
  type Octets,
  Opcode,
  type PeerMisbehaved,
  type SharedParts,
  SocketByteStream,
  State,
  WebSocketConnection,
} from '@autobahn-ts/websocket/internals'
import { peerFault } from '../wire/peer-fault.ts'
import { rawFrame } from '../wire/raw-frame.ts'
import { bufferOf, isBlob, noOctets, octetsOf } from './payload.ts'
import { RepeatedMessage } from './repeated-message.ts'
import { SendOrder } from './send-order.ts'
import { showsData } from './shown-data.ts'

export type BinaryType = 'nodebuffer' | 'arraybuffer' | 'fragments' | 'blob'
export type SendCallback = (error?: Error | null) => void

export interface LinkOptions {
  readonly emitter: EventEmitter
  readonly agreement: Agreement
  readonly autoPong: boolean
  /** Whether several `message` events may be emitted in one turn of the event loop. */
  readonly allowSynchronousEvents: boolean
  readonly binaryType: BinaryType
  /** Called when the connection is gone, before `close` is emitted. */
  readonly gone: () => void
}

/** The options of `send`, completed. */
export interface SendSettings {
  readonly isBinary: boolean
  readonly isFinal: boolean
  readonly compress: boolean
  readonly mask: boolean
}

/**
 * The open connection of a `WebSocket`: the hooks of a connection of the library, which become events of the emitter, and its ways to send.
 *
 * The state is that of `ws`, which counts a connection as closing as soon as either side has said so.
 */
export class Link implements Hooks {
  readonly socket: Duplex
  binaryType: BinaryType
  isClosing = false
  isGone = false
  hasSentClose = false
  hasReceivedClose = false
  closeCode = 1006
  closeReason: Buffer = noOctets
  isPaused = false
  readonly #emitter: EventEmitter
  readonly #options: LinkOptions
  readonly #stream: SocketByteStream
  readonly #connection: WebSocketConnection
  readonly #masks: boolean
  readonly #order: SendOrder = new SendOrder()
  #hasEmittedError = false
  /** Whether a message was begun with `fin: false`, and its last fragment has not been sent. */
  #isInMessage = false
  /** Callbacks of `send` whose octets have not gone. */
  #callbacks: SendCallback[] = []
  #isCallingBack = false
  /** Octets that were given to `send` after the end had begun. `ws` counts them, and so does `bufferedAmount`. */
  #lost = 0

  constructor(socket: Duplex, head: Buffer | undefined, shared: SharedParts, options: LinkOptions) {
    this.socket = socket
    this.binaryType = options.binaryType
    this.#emitter = options.emitter
    this.#options = options
    this.#masks = shared.role.masks
    this.#stream = new SocketByteStream(socket, { noDelay: true, first: head, resets: false })
    this.#connection = new WebSocketConnection({ shared, stream: this.#stream, hooks: this })
  }

  /** Opens the connection, and begins to read. */
  start(): void {
    showsData(this.socket, this.#stream)
    this.#connection.startOpen(this.#options.agreement)
  }

  // ---- for the application

  get bufferedAmount(): number {
    const { outbox } = this.#connection
    // `ws` has written by now what is joined here until the turn ends
    if (!this.isGone) this.#flush()
    return this.#lost + this.#order.octets + outbox.bufferedAmount
  }

  /** Sends a message, or a fragment of one. */
  send(data: unknown, settings: SendSettings, callback: SendCallback | undefined): void {
    if (this.#order.isWaiting || isBlob(data)) {
      const checked = isBlob(data) || typeof data === 'string' ? data : octetsOf(data)
      return this.#sendInOrder(checked, octets => this.#send(octets, settings, callback), callback)
    }
    this.#send(typeof data === 'string' ? data : octetsOf(data), settings, callback)
  }

  ping(data: unknown, mask: boolean, callback: SendCallback | undefined): void {
    this.#control(Opcode.Ping, data, mask, callback)
  }

  pong(data: unknown, mask: boolean, callback: SendCallback | undefined): void {
    this.#control(Opcode.Pong, data, mask, callback)
  }

  /** Counts what was sent too late, and calls back with the error. */
  lost(octets: number, error: Error, callback: SendCallback | undefined): void {
    this.#lost += octets
    if (callback !== undefined) process.nextTick(callback, error)
  }

  /** Begins the closing handshake, behind what waits to be sent. */
  close(code: number | undefined, reason: string): void {
    this.isClosing = true
    this.#order.add(() => {
      this.hasSentClose = true
      this.#connection.sendClose(code, reason)
    })
  }

  terminate(): void {
    if (this.isGone) return
    this.isClosing = true
    this.#flush()
    if (this.#connection.outbox.bufferedAmount === 0) this.#calledBack(this.#callbacks.length)
    this.#abandon()
    this.#connection.dropConnection(true)
  }

  pause(): void {
    this.isPaused = true
    this.#stream.pause()
  }

  resume(): void {
    this.isPaused = false
    this.#stream.resume()
  }

  // ---- hooks

  onOpen(): void {}

  onMessage(payload: Octets, isBinary: boolean): void | Promise<void> {
    this.#emitter.emit('message', isBinary && this.binaryType !== 'nodebuffer' ? this.#typed(payload) : bufferOf(payload), isBinary)
    if (!this.#options.allowSynchronousEvents) return nextTurn()
  }

  onPing(payload: Octets): void {
    if (this.#options.autoPong && !this.isClosing) this.#connection.outbox.sendPong(payload)
    this.#emitter.emit('ping', bufferOf(payload))
  }

  onPong(payload: Octets): void {
    this.#emitter.emit('pong', bufferOf(payload))
  }

  onCloseFrame(code: number | undefined, reason: Octets): void {
    this.isClosing = true
    this.hasReceivedClose = true
    this.closeCode = code ?? noCode
    if (reason.length > 0) this.closeReason = bufferOf(reason)
    this.#resumeForEnd()
    this.hasSentClose = true
  }

  onClose(): void {
    this.isClosing = true
    this.#abandon()
    this.#options.gone()
    this.isGone = true
    this.#emitter.emit('close', this.closeCode, this.closeReason)
  }

  onAutoPong(): void {}
  onDrain(): void {}
  onFrame(): void {}
  onMessageBegin(): void {}
  onMessageFrame(): void {}
  onMessageEnd(): void {}
  onMessageFrameBegin(): void {}
  onMessageFrameData(): void {}
  onMessageFrameEnd(): void {}

  /** Emits the error of `ws` for a fault of the peer. Returns the code of the close frame that the connection is failed with. */
  peerFailed(fault: PeerMisbehaved): number {
    const { error, closeCode } = peerFault(fault)
    this.isClosing = true
    this.hasSentClose = true
    this.#resumeForEnd()
    process.nextTick(() => this.#emitError(error))
    return closeCode
  }

  // ---- sending

  #send(data: string | Octets, { isBinary, isFinal, compress, mask }: SendSettings, callback: SendCallback | undefined): void {
    const { outbox } = this.#connection
    if (this.#connection.state !== State.Open) return this.#calledTooLate(callback)
    if (mask !== this.#masks)
      this.#writeRaw(this.#isInMessage ? Opcode.Continuation : isBinary ? Opcode.Binary : Opcode.Text, isFinal, data, mask)
    else if (isFinal && !this.#isInMessage) this.#sendWhole(data, isBinary, compress)
    else {
      if (!this.#isInMessage) outbox.beginMessage(isBinary, compress ? compressed : plain)
      outbox.sendMessageFrame(typeof data === 'string' ? octetsOf(data) : data, isFinal ? lastFrame : frame)
    }
    this.#isInMessage = !isFinal
    if (callback !== undefined) this.#callBack(callback)
  }

  /** Sends a message. Clients mask each anew, so they gain nothing from a message that is framed for many. */
  #sendWhole(data: string | Octets, isBinary: boolean, compress: boolean): void {
    const { outbox } = this.#connection
    const repeated = this.#masks ? undefined : repetition.next(data, isBinary, compress, this)
    if (repeated === undefined || !outbox.offer(repeated, true)) outbox.sendMessage(data, isBinary, compress ? compressed : plain)
  }

  #control(opcode: number, data: unknown, mask: boolean, callback: SendCallback | undefined): void {
    const checked = isBlob(data) ? data : octetsOf(data)
    if ((checked instanceof Uint8Array ? checked.length : checked.size) > longestControl)
      throw new RangeError('The data size must not be greater than 125 bytes')
    const send = (octets: Octets): void => {
      const { outbox } = this.#connection
      if (this.#connection.state !== State.Open) return this.#calledTooLate(callback)
      if (mask !== this.#masks) this.#writeRaw(opcode, true, octets, mask)
      else if (opcode === Opcode.Ping) outbox.sendPing(octets)
      else outbox.sendPong(octets)
      if (callback !== undefined) this.#callBack(callback)
    }
    if (this.#order.isWaiting || !(checked instanceof Uint8Array)) this.#sendInOrder(checked, send as (octets: never) => void, callback)
    else send(checked)
  }

  /** Writes a frame whose mask is not that of this side, past the outbox, but in its order. For tests of peers; so nothing compresses it. */
  #writeRaw(opcode: number, isFinal: boolean, data: string | Octets, mask: boolean): void {
    this.#flush()
    this.#stream.write(rawFrame(opcode, isFinal, typeof data === 'string' ? octetsOf(data) : data, mask))
  }

  /** Sends data when what waits before it has been sent, and a `Blob` when it has been read. */
  #sendInOrder(data: string | Octets | Blob, send: (octets: never) => void, callback: SendCallback | undefined): void {
    const abandoned = (): void => callback?.(new Error('The socket was closed while the blob was being read'))
    if (!isBlob(data)) {
      const octets = typeof data === 'string' ? Buffer.byteLength(data) : data.length
      return this.#order.add(() => send(data as never), { octets, abandoned })
    }
    const failed = (error: Error): void => {
      callback?.(error)
      this.#failed(error)
    }
    this.#order.addBlob(data, octets => send(octets as never), { abandoned, failed })
  }

  /** Calls back when everything that was sent so far has gone to the system. */
  #callBack(callback: SendCallback): void {
    this.#callbacks.push(callback)
    if (this.#isCallingBack) return
    this.#isCallingBack = true
    process.nextTick(() => this.#callBackWhenGone())
  }

  #callBackWhenGone(): void {
    this.#isCallingBack = false
    const count = this.#callbacks.length
    if (count === 0) return
    this.#flush()
    this.#connection.outbox.whenGone(() => this.#calledBack(count))
  }

  /** Calls back for the first of what was sent: it has gone. */
  #calledBack(count: number): void {
    for (const callback of this.#callbacks.splice(0, count)) callback(null)
  }

  /** Hands to the system what waits for the end of the turn. */
  #flush(): void {
    const { outbox } = this.#connection
    outbox.sendBroadcasts()
    outbox.flush()
  }

  #calledTooLate(callback: SendCallback | undefined): void {
    if (callback !== undefined) process.nextTick(callback, new Error('The socket was closed before the data was written'))
  }

  /** Calls back for everything that will not be sent any more. */
  #abandon(): void {
    this.#order.abandon()
    for (const callback of this.#callbacks.splice(0)) callback(new Error('The socket was closed before the data was written'))
  }

  // ---- the end

  /** Ends the connection for an error of this side. */
  #failed(error: Error): void {
    if (this.isGone) return
    this.isClosing = true
    this.#connection.dropConnection(false)
    this.#emitError(error)
  }

  #emitError(error: Error): void {
    if (this.#hasEmittedError || this.isGone) return
    this.#hasEmittedError = true
    this.#emitter.emit('error', error)
  }

  /** Reads on, so that the end of the connection is noticed. `isPaused` stays as the application left it. */
  #resumeForEnd(): void {
    if (this.isPaused) this.#stream.resume()
  }

  #typed(payload: Octets): unknown {
    switch (this.binaryType) {
      case 'arraybuffer':
        return payload.byteLength === payload.buffer.byteLength ? payload.buffer : payload.slice().buffer
      case 'blob':
        return new Blob([payload as Uint8Array<ArrayBuffer>])
      case 'fragments':
        return [bufferOf(payload)]
      default:
        return bufferOf(payload)
    }
  }
}

function nextTurn(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve))
}

/** The data that was sent last, by any connection of the process. */
const repetition = new RepeatedMessage()

const compressed = {}
const plain = { doNotCompress: true }
const frame = { final: false }
const lastFrame = { final: true }

/** RFC 6455 §7.1.5: there was a close frame, without a code. */
const noCode = 1005

/** Octets, RFC 6455 §5.5. */
const longestControl = 125
