import {
  ApiMisuse,
  type Awaitable,
  asError,
  type Clock,
  CloseCode,
  type CloseInfo,
  ConnectionClosed,
  HandshakeFailed,
  heeded,
  isPromise,
  State,
  shownValue,
  type Timer,
} from '@autobahn-ts/websocket/portable'
import { expectNothing } from '../hooks/hook-value.ts'
import { checkClose } from '../v1/check-close.ts'
import { codeOnTheWire, cutReason } from './close-frame.ts'
import { HookQueue } from './hook-queue.ts'
import type { PlatformSocket, SocketEvent } from './platform-socket.ts'
import type { SocketOptions } from './socket-options.ts'

/** What a connection tells its protocol: the hooks of the WebSocket layer that a platform's `WebSocket` can serve. */
export interface SocketHooks {
  /** The server has accepted. Throwing gives the connection up before `onOpen`. */
  onConnect(response: SocketResponse): Awaitable<void>
  onOpen(): Awaitable<void>
  onMessage(payload: Uint8Array, isBinary: boolean): Awaitable<void>
  onTextMessage(text: string): Awaitable<void>
  onClose(wasClean: boolean, code: number, reason: string): Awaitable<void>
  onDrain(): Awaitable<void>
}

/** As much of the server's response as a page is told. */
export interface SocketResponse {
  /** The subprotocol that the server chose; empty where it chose none. */
  readonly protocol: string
}

/** What a connection needs of its factory. */
export interface SocketOwner {
  readonly clock: Clock
  readonly socketOptions: SocketOptions
  /** Octets of messages that may wait for a hook. */
  readonly maxWaitingSize: number
  noteError(error: unknown, protocol: object): void
}

/** One `WebSocket` of the platform, with the states, deadlines and reports of the WebSocket layer. */
export class SocketConnection {
  readonly #socket: PlatformSocket
  readonly #hooks: SocketHooks
  readonly #owner: SocketOwner
  readonly #queue: HookQueue
  #state: State = State.Connecting
  #failure: Failure | undefined
  #localCode: number | undefined
  #closesItself = false
  #cause: Error | undefined
  #closeInfo: CloseInfo | undefined
  #deadline: Timer | undefined
  #drain: Timer | undefined
  #settleOpened: ((error?: Error) => void) | undefined
  #settleClosed: (info: CloseInfo) => void = () => undefined
  /** Never rejects. */
  readonly closed: Promise<CloseInfo> = new Promise(resolve => {
    this.#settleClosed = resolve
  })

  constructor(socket: PlatformSocket, hooks: SocketHooks, owner: SocketOwner) {
    this.#socket = socket
    this.#hooks = hooks
    this.#owner = owner
    this.#queue = new HookQueue(error => this.#hookFailed(error))
    socket.binaryType = 'arraybuffer'
    socket.addEventListener('open', () => this.#accepted())
    socket.addEventListener('message', event => this.#received(event.data))
    socket.addEventListener('error', event => this.#troubled(event))
    socket.addEventListener('close', event => this.#wasClosed(event))
  }

  get state(): State {
    return this.#state
  }

  get closeInfo(): CloseInfo | undefined {
    return this.#closeInfo
  }

  get subprotocol(): string {
    return this.#socket.protocol
  }

  get bufferedAmount(): number {
    return this.#socket.bufferedAmount
  }

  get isWritable(): boolean {
    return this.#state === State.Open && this.bufferedAmount <= this.#owner.socketOptions.sendHighWaterMark
  }

  /** Made when it is asked for, so that nobody has to handle its rejection who did not. */
  get opened(): Promise<void> {
    if (this.#closeInfo !== undefined) return Promise.reject(whyClosed(this.#closeInfo))
    if (this.#state !== State.Connecting) return Promise.resolve()
    return new Promise((resolve, reject) => {
      const others = this.#settleOpened
      this.#settleOpened = error => {
        others?.(error)
        if (error === undefined) resolve()
        else reject(error)
      }
    })
  }

  // ---- sending

  send(text: string): boolean {
    if (typeof text !== 'string') throw new ApiMisuse(`a message of WAMP must be a string, and not ${shownValue(text)}`)
    if (this.#state === State.Connecting) throw new ApiMisuse('sendMessage before the connection is open')
    if (this.#state !== State.Open) return false
    this.#socket.send(text)
    const { maxUnsentSize } = this.#owner.socketOptions
    if (maxUnsentSize > 0 && this.bufferedAmount > maxUnsentSize) {
      this.giveUp(`more than ${maxUnsentSize} octets are unsent: the peer reads too slowly`)
    }
    return this.#mayGoOn()
  }

  /** No event tells when everything has gone out. */
  #mayGoOn(): boolean {
    if (this.isWritable) return true
    if (this.#state === State.Open) this.#drain ??= this.#owner.clock.schedule(() => this.#drained(), drainInterval)
    return false
  }

  #drained(): void {
    this.#drain = undefined
    if (this.#state !== State.Open) return
    if (this.bufferedAmount > 0) this.#drain = this.#owner.clock.schedule(() => this.#drained(), drainInterval)
    else this.#notify(() => this.#hooks.onDrain())
  }

  // ---- this side ends it

  sendClose(code: number | undefined, reason: string): boolean {
    if (this.#state === State.Connecting) throw new ApiMisuse('sendClose before the connection is open')
    if (code !== undefined) checkClose(code, reason)
    else if (reason !== '') throw new ApiMisuse('a close reason needs a close code')
    if (this.#state !== State.Open) return false
    this.#close(code === undefined ? undefined : codeOnTheWire(code), reason)
    return true
  }

  fail(code: number, reason: string, cause?: Error): void {
    if (this.#state === State.Closed || this.#failure !== undefined) return
    if (this.#state === State.Connecting) throw new ApiMisuse('failConnection before the connection is open')
    const fitting = typeof reason === 'string' ? cutReason(reason) : reason
    checkClose(code, fitting)
    if (cause !== undefined && !(cause instanceof Error)) throw new ApiMisuse(`the cause must be an Error, and not ${shownValue(cause)}`)
    this.#failure = { why: `failed with ${code}: ${reason}`, cause }
    this.#queue.stop()
    if (this.#state === State.Open) this.#close(codeOnTheWire(code), fitting)
  }

  /** A page cannot drop a connection; it is closed, and over for this side at once. */
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
    const { closeHandshakeTimeout } = this.#owner.socketOptions
    if (closeHandshakeTimeout === 0) return
    const notAnswered = (): void => this.giveUp(`the close frame was not answered within ${closeHandshakeTimeout} s`)
    this.#deadline = this.#owner.clock.schedule(notAnswered, closeHandshakeTimeout * 1000)
  }

  // ---- what the platform tells

  /** Messages that come while a promise of `onConnect` is unsettled wait behind it. */
  #accepted(): void {
    if (this.#state !== State.Connecting) return
    this.#queue.run(() => {
      const result = this.#hooks.onConnect({ protocol: this.#socket.protocol })
      return isPromise(result) ? Promise.resolve(result).then(value => this.#agreed(value)) : this.#agreed(result)
    })
  }

  /** A refusal that `onConnect` returns in place of throwing it must not open the connection. */
  #agreed(value: unknown): Awaitable<void> {
    expectNothing('onConnect', value)
    return this.#open()
  }

  #open(): Awaitable<void> {
    if (this.#state !== State.Connecting) return
    this.#state = State.Open
    this.#settleOpened?.()
    return this.#hooks.onOpen()
  }

  #received(data: unknown): void {
    const { maxMessagePayloadSize: limit } = this.#owner.socketOptions
    const size = sizeOf(data as string | ArrayBuffer, limit)
    this.#queue.run(() => {
      if (this.#state === State.Connecting || this.#state === State.Closed) return
      if (limit > 0 && size > limit) this.fail(CloseCode.MessageTooBig, `message of ${size} octets; at most ${limit} are taken`)
      else if (typeof data === 'string') return this.#hooks.onTextMessage(data)
      else return this.#hooks.onMessage(new Uint8Array(data as ArrayBuffer), true)
    }, size)
    this.#boundWaiting()
  }

  /** A page cannot stop its peer: what waits behind a hook is bounded by giving the connection up. */
  #boundWaiting(): void {
    const { maxWaitingSize } = this.#owner
    if (this.#queue.waitingSize <= maxWaitingSize) return
    const why = `messages that wait for a hook take more than ${maxWaitingSize} octets`
    if (this.#state === State.Connecting) this.giveUp(why, new HandshakeFailed(why))
    else this.fail(CloseCode.PolicyViolation, why)
  }

  /** Comes before `close`, in the same task; Node 22 leaves `close` out where a connection could not be opened. */
  #troubled({ error, message }: SocketEvent): void {
    if (this.#state === State.Connecting) this.#owner.clock.yield(() => this.#neverOpened())
    if (error instanceof Error) this.#cause ??= error
    else if (message !== undefined && message !== '') this.#cause ??= new Error(message)
  }

  #neverOpened(): void {
    if (this.#state === State.Connecting) this.#end()
  }

  #wasClosed(event: SocketEvent): void {
    if (this.#state === State.Closed) return
    this.#end(event)
  }

  #hookFailed(thrown: unknown): void {
    const error = asError(thrown)
    if (this.#state === State.Connecting && error instanceof HandshakeFailed) return this.giveUp(error.message, error)
    this.#owner.noteError(error, this.#hooks)
    if (this.#state === State.Connecting) this.giveUp('onConnect failed', error)
    else this.fail(CloseCode.InternalError, 'internal error', error)
  }

  // ---- the end

  #end(event?: SocketEvent): void {
    const wasOpen = this.#state !== State.Connecting
    this.#state = State.Closed
    this.#deadline?.cancel()
    this.#drain?.cancel()
    this.#queue.stop()
    const info = this.#infoOf(event, wasOpen)
    this.#closeInfo = info
    this.#notify(() => this.#hooks.onClose(info.wasClean, info.code, info.reason))
    if (!wasOpen) this.#settleOpened?.(whyClosed(info))
    this.#settleClosed(info)
  }

  /** As in the WebSocket layer: what was failed or given up is not clean, and has 1006. */
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

  /** Not held up by other hooks; an error is reported and changes nothing. */
  #notify(hook: () => Awaitable<void>): void {
    try {
      heeded(hook(), error => this.#owner.noteError(error, this.#hooks))
    } catch (error) {
      this.#owner.noteError(error, this.#hooks)
    }
  }
}

/** Why it is not clean. */
interface Failure {
  readonly why: string
  readonly cause: Error | undefined
}

function whyClosed({ cause, code, reason }: CloseInfo): Error {
  return cause ?? new ConnectionClosed(code, reason)
}

/** Octets of a message. Texts are counted only where they may be above the limit: UTF-8 has at most three octets for a unit of UTF-16. */
function sizeOf(data: string | ArrayBuffer, limit: number): number {
  if (typeof data !== 'string') return data.byteLength
  return 3 * data.length <= limit ? data.length : encoder.encode(data).length
}

/** Milliseconds between two looks at what is unsent. */
const drainInterval = 50
const encoder = new TextEncoder()
