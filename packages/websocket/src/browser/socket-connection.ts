import { type Awaitable, afterwards } from '../bytes/awaitable.ts'
import type { Clock, Timer } from '../bytes/clock.ts'
import type { Octets, ReceivedOctets } from '../bytes/octets.ts'
import { mostPerUnit, webText } from '../bytes/text.ts'
import type { ReadableBlob } from '../conversation/connection.ts'
import { asError, isError } from '../protocol/faults/as-error.ts'
import { CloseCode } from '../protocol/faults/close-code.ts'
import { ApiMisuse, ConnectionClosed, HandshakeFailed } from '../protocol/faults/errors.ts'
import { shownValue } from '../protocol/faults/shown-value.ts'
import { checkCode, closeReason, fittingReason } from '../protocol/frames/close-frame.ts'
import { guarded } from '../protocol/hooks/guarded.ts'
import { HookRunner } from '../protocol/hooks/hook-runner.ts'
import type { CloseInfo } from '../protocol/life/close-info.ts'
import { Deadline } from '../protocol/life/deadline.ts'
import { Settlement } from '../protocol/life/settlement.ts'
import { State } from '../protocol/life/state.ts'
import type { BrowserOptions } from './browser-options.ts'
import { pageCloseCode } from './page-close-code.ts'
import type { PlatformSocket, SocketEvent } from './platform-socket.ts'

/** The hooks of a protocol that a platform's `WebSocket` can serve. */
export interface SocketHooks {
  onConnect(response: SocketResponse): Awaitable<void>
  onOpen(): Awaitable<void>
  onMessage(payload: ReceivedOctets, isBinary: boolean): Awaitable<void>
  /** Takes text messages, where there is one. */
  onTextMessage?(text: string): Awaitable<void>
  onClose(wasClean: boolean, code: number, reason: string): Awaitable<void>
  onDrain(): Awaitable<void>
}

/** The server's response, as far as a page is told of it. */
export interface SocketResponse {
  /** The subprotocol that the server chose; empty where it chose none. */
  readonly protocol: string
}

/** Everything that a connection is made with. */
export interface SocketConnectionSetup {
  readonly socket: PlatformSocket
  readonly hooks: SocketHooks
  readonly options: BrowserOptions
  readonly clock: Clock
  /** Octets of messages that may wait for a hook, asked for each time one has to wait. */
  readonly maxWaitingSize: () => number
  /** Takes what the application's hooks throw. */
  readonly report: (error: Error) => void
}

/** One `WebSocket` of the platform, with the states, deadlines and reports that connections have on Node (decision 72). */
export class SocketConnection {
  readonly #setup: SocketConnectionSetup
  readonly #runner = new HookRunner({ readingReleased: () => {}, hookFailed: error => this.#hookFailed(error) })
  readonly #deadline: Deadline
  readonly #opened = new Settlement<void>()
  readonly #closed = new Settlement<CloseInfo>()
  #state: State = State.Connecting
  /** Set from when the server has accepted. */
  #response: SocketResponse | undefined
  /** Set where the end is not clean by the doing of this side. */
  #failure: Failure | undefined
  /** The code of our close frame. */
  #localCode: number | undefined
  #closesItself = false
  /** The error that the platform told of. */
  #cause: Error | undefined
  #closeInfo: CloseInfo | undefined
  #drain: Timer | undefined

  constructor(setup: SocketConnectionSetup) {
    this.#setup = setup
    this.#deadline = new Deadline(setup.clock)
    const { socket } = setup
    socket.binaryType = 'arraybuffer'
    socket.addEventListener('open', () => this.#accepted())
    socket.addEventListener('message', event => this.#received(event.data as string | ArrayBuffer))
    socket.addEventListener('error', event => this.#noteTrouble(event))
    socket.addEventListener('close', event => this.#wasClosed(event))
  }

  get state(): State {
    return this.#state
  }

  /** `undefined` before the server has accepted, and for good where it never did. */
  get response(): SocketResponse | undefined {
    return this.#response
  }

  get closeInfo(): CloseInfo | undefined {
    return this.#closeInfo
  }

  get bufferedAmount(): number {
    return this.#setup.socket.bufferedAmount
  }

  get isWritable(): boolean {
    return this.#state === State.Open && this.bufferedAmount <= this.#setup.options.sendHighWaterMark
  }

  /** Resolves when the connection is open; rejects with the cause when it never will be. Needs no handler. */
  get opened(): Promise<void> {
    return this.#opened.promise
  }

  /** Resolves when the connection is gone; never rejects. */
  get closed(): Promise<CloseInfo> {
    return this.#closed.promise
  }

  // ---- sending

  /** Sends a message: a string as text, octets and a `Blob` as a binary one. Returns `false` where nothing more should be sent now. */
  send(message: string | Octets | ReadableBlob): boolean {
    if (this.#state === State.Connecting) throw new ApiMisuse('sendMessage before the connection is open')
    if (this.#state !== State.Open) return false
    // Platforms take a Blob as well. Its type is left out of the port, because each of them declares another one.
    this.#setup.socket.send(ArrayBuffer.isView(message) ? unshared(message) : (message as string))
    const { maxUnsentSize } = this.#setup.options
    if (maxUnsentSize > 0 && this.bufferedAmount > maxUnsentSize) {
      this.giveUp(`more than ${maxUnsentSize} octets are unsent: the peer reads too slowly`)
    }
    return this.#mayGoOn()
  }

  #mayGoOn(): boolean {
    if (this.isWritable) return true
    if (this.#state === State.Open) this.#drain ??= this.#lookAgain()
    return false
  }

  /** Looks at what is unsent after a while, because no event tells when it has gone out. */
  #lookAgain(): Timer {
    return this.#setup.clock.schedule(() => {
      this.#drain = undefined
      if (this.#state !== State.Open) return
      if (this.bufferedAmount > 0) this.#drain = this.#lookAgain()
      else this.#aside(() => this.#setup.hooks.onDrain())
    }, drainInterval)
  }

  // ---- this side ends it

  /** Begins the closing handshake. `false`: it has begun already. Throws `ApiMisuse` for a code or a reason that cannot be sent. */
  sendClose(code: number | undefined, reason: string): boolean {
    if (this.#state === State.Connecting) throw new ApiMisuse('sendClose before the connection is open')
    closeReason(code, reason, webText)
    if (this.#state !== State.Open) return false
    this.#close(code === undefined ? undefined : pageCloseCode(code), reason)
    return true
  }

  /** Fails the connection: a close frame, and no more hooks but `onClose`. */
  fail(code: number, reason: string, cause?: Error): void {
    if (this.#state === State.Closed || this.#failure !== undefined) return
    if (this.#state === State.Connecting) throw new ApiMisuse('failConnection before the connection is open')
    checkCode(code)
    const fitting = webText.decode(fittingReason(reason, webText))
    if (cause !== undefined && !isError(cause)) throw new ApiMisuse(`the cause must be an Error, and not ${shownValue(cause)}`)
    this.#failure = { why: `failed with ${code}: ${reason}`, cause }
    this.#runner.stop()
    if (this.#state === State.Open) this.#close(pageCloseCode(code), fitting)
  }

  /** Ends the connection for this side at once. A page cannot drop a connection: the platform closes it in its own time. */
  giveUp(why: string, cause?: Error): void {
    if (this.#state === State.Closed) return
    this.#failure ??= { why, cause }
    this.#closesItself = true
    this.#setup.socket.close()
    this.#end()
  }

  #close(code: number | undefined, reason: string): void {
    this.#state = State.Closing
    this.#closesItself = true
    this.#localCode = code
    this.#setup.socket.close(code, reason)
    const { closeHandshakeTimeout } = this.#setup.options
    this.#deadline.set(closeHandshakeTimeout, () => this.giveUp(`the close frame was not answered within ${closeHandshakeTimeout} s`))
  }

  // ---- events of the platform

  /** Messages that come while a promise of `onConnect` is pending wait behind it. */
  #accepted(): void {
    if (this.#state !== State.Connecting) return
    const response = { protocol: this.#setup.socket.protocol }
    this.#response = response
    this.#runner.run(() => afterwards<unknown, void>(this.#setup.hooks.onConnect(response), returned => this.#agreed(returned)))
  }

  #agreed(returned: unknown): Awaitable<void> {
    checkAgreement(returned)
    if (this.#state !== State.Connecting) return
    this.#state = State.Open
    this.#opened.resolve()
    return this.#setup.hooks.onOpen()
  }

  #received(data: string | ArrayBuffer): void {
    const { maxMessagePayloadSize: limit } = this.#setup.options
    const size = sizeOf(data, limit)
    if (this.#runner.isHeld) this.#runner.readAhead(size + waitingCost)
    this.#runner.run(() => this.#deliver(data, size, limit))
    this.#boundWaiting()
  }

  #deliver(data: string | ArrayBuffer, size: number, limit: number): Awaitable<void> {
    if (this.#state === State.Connecting || this.#state === State.Closed) return
    if (limit > 0 && size > limit) return this.fail(CloseCode.MessageTooBig, `message of ${size} octets; at most ${limit} are taken`)
    const { hooks } = this.#setup
    if (typeof data !== 'string') return hooks.onMessage(new Uint8Array(data), true)
    if (hooks.onTextMessage !== undefined) return hooks.onTextMessage(data)
    return hooks.onMessage(webText.encode(data) as ReceivedOctets, false)
  }

  /** A page cannot stop its peer. What waits for a hook is bounded by giving the connection up. */
  #boundWaiting(): void {
    const limit = this.#setup.maxWaitingSize()
    if (this.#runner.isStopped || this.#runner.octetsAhead <= limit) return
    const why = `messages that wait for a hook take more than ${limit} octets`
    if (this.#state === State.Connecting) this.giveUp(why, new HandshakeFailed(why))
    else this.fail(CloseCode.PolicyViolation, why)
  }

  /** Comes before `close`, in the same task; Node 22 leaves `close` out where a connection could not be opened. */
  #noteTrouble({ error, message }: SocketEvent): void {
    if (this.#state === State.Connecting) this.#setup.clock.yield(() => this.#neverOpened())
    if (error instanceof Error) this.#cause ??= error
    else if (message !== undefined && message !== '') this.#cause ??= new Error(message)
  }

  #neverOpened(): void {
    if (this.#state === State.Connecting) this.#end()
  }

  #wasClosed(event: SocketEvent): void {
    if (this.#state !== State.Closed) this.#end(event)
  }

  #hookFailed(thrown: unknown): void {
    const error = asError(thrown)
    if (this.#state === State.Connecting && error instanceof HandshakeFailed) return this.giveUp(error.message, error)
    this.#setup.report(error)
    if (this.#state === State.Connecting) this.giveUp('onConnect failed', error)
    else this.fail(CloseCode.InternalError, 'internal error', error)
  }

  // ---- the end

  #end(event?: SocketEvent): void {
    const wasOpen = this.#state !== State.Connecting
    this.#state = State.Closed
    this.#deadline.cancel()
    this.#drain?.cancel()
    this.#runner.stop()
    const info = this.#infoOf(event, wasOpen)
    this.#closeInfo = info
    this.#aside(() => this.#setup.hooks.onClose(info.wasClean, info.code, info.reason))
    if (!wasOpen) this.#opened.reject(info.cause ?? new ConnectionClosed(info.code, info.reason))
    this.#closed.resolve(info)
  }

  /** As on Node, a connection that was failed or given up has not closed cleanly, and has the code 1006. */
  #infoOf(event: SocketEvent | undefined, wasOpen: boolean): CloseInfo {
    const wasClean = this.#failure === undefined && event?.wasClean === true
    const lost = wasOpen ? 'the connection was lost' : 'the connection could not be opened'
    const cause = this.#failure === undefined ? (wasClean ? undefined : this.#causeOf(lost, wasOpen)) : this.#failure.cause
    return {
      code: wasClean ? (event.code ?? CloseCode.NoCode) : CloseCode.Abnormal,
      reason: wasClean ? (event.reason ?? '') : (this.#failure?.why ?? lost),
      wasClean,
      by: this.#closesItself ? 'self' : wasClean ? 'peer' : 'network',
      ...(this.#localCode !== undefined && { localCloseCode: this.#localCode }),
      ...(cause !== undefined && { cause }),
    }
  }

  #causeOf(lost: string, wasOpen: boolean): Error | undefined {
    if (wasOpen) return this.#cause
    return new HandshakeFailed(`${lost}${this.#cause === undefined ? '' : `: ${this.#cause.message}`}`, undefined, { cause: this.#cause })
  }

  /** Calls a hook that other hooks do not hold up. What it throws is reported, and changes nothing. */
  #aside(hook: () => Awaitable<void>): void {
    guarded(hook, error => this.#setup.report(asError(error)))
  }
}

/** The reason why an end is not clean. */
interface Failure {
  readonly why: string
  readonly cause: Error | undefined
}

/** Accepts nothing but nothing: a refusal that `onConnect` returns in place of throwing it must not open the connection. */
function checkAgreement(returned: unknown): void {
  if (returned === undefined || returned === null) return
  if (isError(returned)) throw returned
  throw new ApiMisuse(`onConnect returned ${shownValue(returned)}: return nothing to accept, throw to refuse`)
}

/** Octets of a message. Texts are counted only where they may be above the limit; below it, their length is close enough. */
function sizeOf(data: string | ArrayBuffer, limit: number): number {
  if (typeof data !== 'string') return data.byteLength
  return mostPerUnit * data.length <= limit ? data.length : webText.encode(data).length
}

/** Octets that the platform takes: it refuses those over shared memory. */
function unshared(octets: Octets): ReceivedOctets {
  return octets.buffer instanceof ArrayBuffer ? (octets as ReceivedOctets) : new Uint8Array(octets)
}

/** Milliseconds between two looks at what is unsent. */
const drainInterval = 50

/** Octets that a waiting message takes in memory besides its payload, about. */
const waitingCost = 240
