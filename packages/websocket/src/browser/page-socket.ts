import type { Clock, Timer } from '../bytes/clock.ts'
import type { Octets, ReceivedOctets } from '../bytes/octets.ts'
import { encodeText, mostPerUnit } from '../bytes/text.ts'
import type { ReadableBlob } from '../conversation/connection.ts'
import * as CloseCode from '../protocol/faults/codes.ts'
import { ApiMisuse, ConnectionClosed, HandshakeFailed } from '../protocol/faults/errors.ts'
import type { CloseInfo } from '../protocol/life/close-info.ts'
import { Deadline } from '../protocol/life/deadline.ts'
import { Settlement } from '../protocol/life/settlement.ts'
import { State } from '../protocol/life/state.ts'
import type { BrowserOptions } from './browser-options.ts'
import { pageCloseCode } from './page-close-code.ts'
import { fittingReason } from './page-close-frame.ts'
import { PageCloseInfo } from './page-close-info.ts'
import type { PlatformSocket, SocketEvent } from './platform-socket.ts'

/** The receiver of what happens on a `WebSocket`. */
export interface SocketEvents {
  /** The server has accepted. `open()` of the socket opens the connection for the application. */
  accepted(protocol: string, socket: PageSocket): void
  /** A message has come. Its size is not checked yet: see `takes`. */
  came(message: string | ReceivedOctets): void
  /** Everything has gone out after `send` has returned `false`. */
  drained(): void
  /** The connection has been failed, or is gone: nothing that waits is given to the application any more, where that waits for hooks. */
  stopped(): void
  /** The connection is gone. */
  ended(info: CloseInfo): void
}

/** One `WebSocket` of the platform, with the states, deadlines and reports that connections have on Node: what both styles stand on (decision 72). */
export class PageSocket {
  readonly #socket: PlatformSocket
  readonly #options: BrowserOptions
  readonly #clock: Clock
  readonly #events: SocketEvents
  readonly #deadline: Deadline
  readonly #opened = new Settlement<void>()
  readonly #closed = new Settlement<CloseInfo>()
  #state: State = State.Connecting
  /** Set where the end is not clean by the doing of this side. */
  #failure: Failure | undefined
  /** The code of our close frame. */
  #localCode: number | undefined
  #closesItself = false
  /** The error that the platform told of. */
  #cause: Error | undefined
  #closeInfo: CloseInfo | undefined
  #drain: Timer | undefined

  constructor(socket: PlatformSocket, options: BrowserOptions, clock: Clock, events: SocketEvents) {
    this.#socket = socket
    this.#options = options
    this.#clock = clock
    this.#events = events
    this.#deadline = new Deadline(clock)
    socket.binaryType = 'arraybuffer'
    socket.addEventListener('open', () => {
      if (this.isConnecting) events.accepted(socket.protocol, this)
    })
    socket.addEventListener('message', ({ data }) => events.came(typeof data === 'string' ? data : new Uint8Array(data as ArrayBuffer)))
    socket.addEventListener('error', event => this.#noteTrouble(event))
    socket.addEventListener('close', event => this.#end(event))
  }

  /** The platform is ahead of its events: from the server's close frame on it drops what is sent, and says so with `close` only. */
  get state(): State {
    return this.#state === State.Open && this.#socket.readyState > State.Open ? State.Closing : this.#state
  }

  get isConnecting(): boolean {
    return this.#state === State.Connecting
  }

  get closeInfo(): CloseInfo | undefined {
    return this.#closeInfo
  }

  get bufferedAmount(): number {
    return this.#socket.bufferedAmount
  }

  get isWritable(): boolean {
    return this.state === State.Open && this.bufferedAmount <= this.#options.sendHighWaterMark
  }

  /** Resolves when the connection is open; rejects with the cause when it never will be. Needs no handler. */
  get opened(): Promise<void> {
    return this.#opened.promise
  }

  /** Resolves when the connection is gone; never rejects. */
  get closed(): Promise<CloseInfo> {
    return this.#closed.promise
  }

  /** Opens the connection for the application. */
  open(): void {
    this.#state = State.Open
    this.#opened.resolve()
  }

  // ---- messages

  /** Tells whether a message that came may be given to the application. One above `maxMessagePayloadSize` fails the connection. */
  takes(message: string | ReceivedOctets): boolean {
    if (this.isConnecting || this.#state === State.Closed) return false
    const { maxMessagePayloadSize: limit } = this.#options
    const size = sizeOf(message, limit)
    if (limit === 0 || size <= limit) return true
    this.fail(CloseCode.MessageTooBig, `message of ${size} octets; at most ${limit} are taken`)
    return false
  }

  /** Sends a message: a string as text, octets (see `fixedOctets`) and a `Blob` as a binary one. Returns `false` where nothing more should be sent now. */
  send(message: string | Octets | ReadableBlob): boolean {
    if (this.isConnecting) throw tooEarly('sendMessage')
    if (this.state !== State.Open) return false
    // Platforms take octets and a Blob as well. The type of a Blob is left out of the port, because each of them declares another one.
    this.#socket.send(message as string)
    const { maxUnsentSize } = this.#options
    if (maxUnsentSize > 0 && this.bufferedAmount > maxUnsentSize) {
      this.giveUp(`more than ${maxUnsentSize} octets are unsent: the peer reads too slowly`)
    }
    if (this.isWritable) return true
    if (this.state === State.Open) this.#drain ??= this.#lookAgain()
    return false
  }

  /** Looks at what is unsent after a while, because no event tells when it has gone out. */
  #lookAgain(): Timer {
    return this.#clock.schedule(() => {
      this.#drain = undefined
      if (this.#state !== State.Open) return
      if (this.bufferedAmount > 0) this.#drain = this.#lookAgain()
      else this.#events.drained()
    }, drainInterval)
  }

  // ---- this side ends it

  /** Begins the closing handshake. `false`: it has begun already. The caller has checked that the code and the reason can be sent. */
  sendClose(code: number | undefined, reason: string): boolean {
    if (this.isConnecting) throw tooEarly('sendClose')
    if (this.state !== State.Open) return false
    this.#close(code === undefined ? undefined : pageCloseCode(code), reason)
    return true
  }

  /** Fails the connection: a close frame with as much of the reason as fits, and nothing more for the application but the end. */
  fail(code: number, reason: string, cause?: Error): void {
    if (this.#state === State.Closed || this.#failure !== undefined) return
    this.#failure = { why: `failed with ${code}: ${reason}`, cause }
    this.#events.stopped()
    if (this.#state === State.Open) this.#close(pageCloseCode(code), fittingReason(reason))
  }

  /** Ends the connection for this side at once. A page cannot drop a connection: the platform closes it in its own time. */
  giveUp(why: string, cause?: Error): void {
    if (this.#state === State.Closed) return
    this.#failure ??= { why, cause }
    this.#closesItself = true
    this.#socket.close()
    this.#end()
  }

  #close(code: number | undefined, reason: string): void {
    this.#state = State.Closing
    this.#closesItself = true
    this.#localCode = code
    this.#socket.close(code, reason)
    const { closeHandshakeTimeout } = this.#options
    this.#deadline.set(closeHandshakeTimeout, () => this.giveUp(`the close frame was not answered within ${closeHandshakeTimeout} s`))
  }

  // ---- the end

  /** Comes before `close`, in the same task; Node 22 leaves `close` out where a connection could not be opened. */
  #noteTrouble({ error, message }: SocketEvent): void {
    if (this.isConnecting) {
      this.#clock.yield(() => {
        if (this.isConnecting) this.#end()
      })
    }
    if (error instanceof Error) this.#cause ??= error
    else if (message) this.#cause ??= new Error(message)
  }

  #end(event?: SocketEvent): void {
    if (this.#state === State.Closed) return
    const info = this.#infoOf(event, !this.isConnecting)
    const { isConnecting } = this
    this.#state = State.Closed
    this.#deadline.cancel()
    this.#drain?.cancel()
    this.#closeInfo = info
    this.#events.stopped()
    this.#events.ended(info)
    if (isConnecting) this.#opened.reject(info.cause ?? new ConnectionClosed(info.code, info.reason))
    this.#closed.resolve(info)
  }

  /** As on Node, a connection that was failed or given up has not closed cleanly, and has the code 1006. */
  #infoOf(event: SocketEvent | undefined, wasOpen: boolean): CloseInfo {
    const failure = this.#failure
    const wasClean = failure === undefined && event?.wasClean === true
    const lost = wasOpen ? 'the connection was lost' : 'the connection could not be opened'
    return new PageCloseInfo(
      wasClean ? (event.code ?? CloseCode.NoCode) : CloseCode.Abnormal,
      wasClean ? (event.reason ?? '') : (failure?.why ?? lost),
      wasClean,
      this.#closesItself ? 'self' : wasClean ? 'peer' : 'network',
      this.#localCode,
      failure === undefined ? (wasClean ? undefined : this.#causeOf(lost, wasOpen)) : failure.cause,
    )
  }

  #causeOf(lost: string, wasOpen: boolean): Error | undefined {
    const cause = this.#cause
    return wasOpen ? cause : new HandshakeFailed(cause === undefined ? lost : `${lost}: ${cause.message}`, undefined, { cause })
  }
}

/** The reason why an end is not clean. */
interface Failure {
  readonly why: string
  readonly cause: Error | undefined
}

/** Makes the error for a call that needs an open connection. */
export function tooEarly(what: string): ApiMisuse {
  return new ApiMisuse(`${what} before the connection is open`)
}

/** Octets of a message. Texts are counted only where they may be above the limit; below it, their length is close enough. */
export function sizeOf(message: string | ReceivedOctets, limit: number): number {
  if (typeof message !== 'string' || mostPerUnit * message.length <= limit) return message.length
  return encodeText(message).length
}

/** Milliseconds between two looks at what is unsent. */
const drainInterval = 50
