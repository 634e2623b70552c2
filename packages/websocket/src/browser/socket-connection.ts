import { type Awaitable, afterwards } from '../bytes/awaitable.ts'
import type { Clock } from '../bytes/clock.ts'
import type { Octets, ReceivedOctets } from '../bytes/octets.ts'
import { encodeText } from '../bytes/text.ts'
import { asError, isError } from '../protocol/faults/as-error.ts'
import * as CloseCode from '../protocol/faults/codes.ts'
import { ApiMisuse, HandshakeFailed } from '../protocol/faults/errors.ts'
import { shownValue } from '../protocol/faults/shown-value.ts'
import { checkCode, closeReason } from '../protocol/frames/close-frame.ts'
import { guarded } from '../protocol/hooks/guarded.ts'
import { HookRunner } from '../protocol/hooks/hook-runner.ts'
import type { CloseInfo } from '../protocol/life/close-info.ts'
import type { State } from '../protocol/life/state.ts'
import type { BrowserOptions } from './browser-options.ts'
import { PageSocket, sizeOf, tooEarly } from './page-socket.ts'
import type { PlatformSocket } from './platform-socket.ts'

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

/** A `PageSocket` with hooks, which are called one after the other: the class style. */
export class SocketConnection {
  readonly #setup: SocketConnectionSetup
  readonly #socket: PageSocket
  readonly #runner = new HookRunner({ readingReleased: () => {}, hookFailed: error => this.#hookFailed(error) })
  /** Set from when the server has accepted. */
  #response: SocketResponse | undefined

  constructor(setup: SocketConnectionSetup) {
    const { socket, options, clock, hooks } = setup
    this.#setup = setup
    this.#socket = new PageSocket(socket, options, clock, {
      accepted: protocol => this.#accepted({ protocol }),
      came: message => this.#came(message),
      drained: () => this.#aside(() => hooks.onDrain()),
      stopped: () => this.#runner.stop(),
      ended: ({ wasClean, code, reason }) => this.#aside(() => hooks.onClose(wasClean, code, reason)),
    })
  }

  get state(): State {
    return this.#socket.state
  }

  /** `undefined` before the server has accepted, and for good where it never did. */
  get response(): SocketResponse | undefined {
    return this.#response
  }

  get closeInfo(): CloseInfo | undefined {
    return this.#socket.closeInfo
  }

  get bufferedAmount(): number {
    return this.#socket.bufferedAmount
  }

  get isWritable(): boolean {
    return this.#socket.isWritable
  }

  /** Resolves when the connection is open; rejects with the cause when it never will be. Needs no handler. */
  get opened(): Promise<void> {
    return this.#socket.opened
  }

  /** Resolves when the connection is gone; never rejects. */
  get closed(): Promise<CloseInfo> {
    return this.#socket.closed
  }

  /** Sends a message: a string as text, octets as a binary one. Returns `false` where nothing more should be sent now. */
  send(message: string | Octets): boolean {
    return this.#socket.send(message)
  }

  /** Begins the closing handshake. `false`: it has begun already. Throws `ApiMisuse` for a code or a reason that cannot be sent. */
  sendClose(code: number | undefined, reason: string): boolean {
    closeReason(code, reason, { encode: encodeText })
    return this.#socket.sendClose(code, reason)
  }

  /** Fails the connection: a close frame, and no more hooks but `onClose`. */
  fail(code: number, reason: string, cause?: Error): void {
    if (this.#socket.isConnecting) throw tooEarly('failConnection')
    checkCode(code)
    if (cause !== undefined && !isError(cause)) throw new ApiMisuse(`the cause must be an Error, and not ${shownValue(cause)}`)
    this.#socket.fail(code, reason, cause)
  }

  /** Ends the connection for this side at once. A page cannot drop a connection: the platform closes it in its own time. */
  giveUp(why: string, cause?: Error): void {
    this.#socket.giveUp(why, cause)
  }

  // ---- hooks

  /** Messages that come while a promise of `onConnect` is pending wait behind it. */
  #accepted(response: SocketResponse): void {
    this.#response = response
    this.#runner.run(() => afterwards<unknown, void>(this.#setup.hooks.onConnect(response), returned => this.#agreed(returned)))
  }

  #agreed(returned: unknown): Awaitable<void> {
    checkAgreement(returned)
    if (!this.#socket.isConnecting) return
    this.#socket.open()
    return this.#setup.hooks.onOpen()
  }

  #came(message: string | ReceivedOctets): void {
    if (this.#runner.isHeld) this.#runner.readAhead(sizeOf(message, this.#setup.options.maxMessagePayloadSize) + waitingCost)
    this.#runner.run(() => this.#deliver(message))
    this.#boundWaiting()
  }

  #deliver(message: string | ReceivedOctets): Awaitable<void> {
    const { hooks } = this.#setup
    if (!this.#socket.takes(message)) return
    if (typeof message !== 'string') return hooks.onMessage(message, true)
    if (hooks.onTextMessage !== undefined) return hooks.onTextMessage(message)
    return hooks.onMessage(encodeText(message) as ReceivedOctets, false)
  }

  /** A page cannot stop its peer. What waits for a hook is bounded by giving the connection up. */
  #boundWaiting(): void {
    const limit = this.#setup.maxWaitingSize()
    if (this.#runner.isStopped || this.#runner.octetsAhead <= limit) return
    const why = `messages that wait for a hook take more than ${limit} octets`
    if (this.#socket.isConnecting) this.giveUp(why, new HandshakeFailed(why))
    else this.fail(CloseCode.PolicyViolation, why)
  }

  #hookFailed(thrown: unknown): void {
    const error = asError(thrown)
    if (this.#socket.isConnecting && error instanceof HandshakeFailed) return this.giveUp(error.message, error)
    this.#setup.report(error)
    if (this.#socket.isConnecting) this.giveUp('onConnect failed', error)
    else this.fail(CloseCode.InternalError, 'internal error', error)
  }

  /** Calls a hook that other hooks do not hold up. What it throws is reported, and changes nothing. */
  #aside(hook: () => Awaitable<void>): void {
    guarded(hook, error => this.#setup.report(asError(error)))
  }
}

/** Accepts nothing but nothing: a refusal that `onConnect` returns in place of throwing it must not open the connection. */
function checkAgreement(returned: unknown): void {
  if (returned === undefined || returned === null) return
  if (isError(returned)) throw returned
  throw new ApiMisuse(`onConnect returned ${shownValue(returned)}: return nothing to accept, throw to refuse`)
}

/** Octets that a waiting message takes in memory besides its payload, about. */
const waitingCost = 240
