import type { ByteStream, ByteStreamReader } from '../bytes/byte-stream.ts'
import type { Timer } from '../bytes/clock.ts'
import type { Octets } from '../bytes/octets.ts'
import type { Runtime } from '../bytes/runtime.ts'
import { AutoPing } from './auto-ping.ts'
import { CloseCode, mayBeSent } from './close-code.ts'
import { makeClose, makeFailure, parseClose } from './close-frame.ts'
import type { CloseInfo } from './close-info.ts'
import type { Delivery } from './delivery.ts'
import { Ending } from './ending.ts'
import { ApiMisuse, ConnectionClosed, HandshakeFailed, PeerMisbehaved } from './errors.ts'
import type { NegotiatedExtension } from './extension.ts'
import { ExtensionChain } from './extension-chain.ts'
import type { FrameHeader } from './frame-header.ts'
import { FrameParser } from './frame-parser.ts'
import { HookRunner, isPromise } from './hook-runner.ts'
import type { Awaitable, Hooks } from './hooks.ts'
import { Incoming } from './incoming.ts'
import { MessageReader } from './message-reader.ts'
import type { MessageWriter } from './message-writer.ts'
import type { Observer } from './observer.ts'
import { isReserved, Opcode } from './opcode.ts'
import type { CommonOptions } from './options.ts'
import { Outgoing } from './outgoing.ts'
import type { ScratchPool } from './outgoing-batch.ts'
import type { PreparedMessage } from './prepared-message.ts'
import type { SendOptions } from './send-options.ts'
import { Settlement } from './settlement.ts'
import { State } from './state.ts'
import { Timings } from './timings.ts'
import { TrafficStats } from './traffic-stats.ts'
import type { WireTap } from './wire-tap.ts'

/** What differs between the two ends of a connection, RFC 6455 §5.1 and §7.1.1. */
export interface Role {
  readonly isServer: boolean
  /** Whether our frames are masked. */
  readonly masks: boolean
  /** Whether the peer's frames have to be masked; `undefined`: they may. */
  readonly wantsMasked: boolean | undefined
  /** Seconds to wait for the other side to end TCP after the closing handshake. */
  readonly dropTimeout: number
}

/** The opening handshake, which reads what comes before the first frame. */
export interface Opening {
  /** Takes octets of the peer's handshake; what comes behind its end is returned, `undefined` while it is not complete. */
  received(octets: Octets): Octets | undefined
}

/** What the opening handshake agreed on. */
export interface Agreement {
  readonly subprotocol: string
  readonly extensions: readonly NegotiatedExtension[]
}

export interface ConnectionParts {
  readonly role: Role
  readonly stream: ByteStream
  readonly runtime: Runtime
  readonly options: CommonOptions
  readonly pool: ScratchPool
  readonly hooks: Hooks
  /** Asked once, when the connection opens. */
  readonly delivery: (runner: HookRunner) => Delivery
  readonly wireTap: WireTap | undefined
  readonly observer: Observer | undefined
  /** What the application threw, and what nobody else is told. */
  readonly report: (error: Error) => void
  /** The connection is gone; called before `onClose`. */
  readonly gone: () => void
}

/**
 * One WebSocket connection: its states, its closing, its deadlines (RFC 6455 §4.1 and §7).
 *
 * The peer's faults are thrown where they are found and caught here, in `readingFailed`, which answers them with their close code.
 * There is one timer at a time beside the one of the automatic ping: for opening, for closing, or for lingering after a failure.
 */
export class WebSocketConnection implements ByteStreamReader {
  readonly #role: Role
  readonly #stream: ByteStream
  readonly #runtime: Runtime
  readonly #options: CommonOptions
  readonly #hooks: Hooks
  readonly #parts: ConnectionParts
  readonly #runner: HookRunner
  readonly #incoming: Incoming
  readonly stats: TrafficStats = new TrafficStats()
  readonly timings: Timings | undefined
  readonly whenOpened: Settlement<void> = new Settlement<void>()
  readonly whenClosed: Settlement<CloseInfo> = new Settlement<CloseInfo>()
  #state: State = State.Connecting
  #opening: Opening | undefined
  #outgoing: Outgoing | undefined
  #chain: ExtensionChain | undefined
  #agreement: Agreement = { subprotocol: '', extensions: [] }
  #autoPing: AutoPing | undefined
  #roundTripTime: number | undefined
  #timer: Timer | undefined
  #closeInfo: CloseInfo | undefined
  #hasPeerEnded = false
  readonly #ending = new Ending()

  constructor(parts: ConnectionParts) {
    this.#parts = parts
    this.#role = parts.role
    this.#stream = parts.stream
    this.#runtime = parts.runtime
    this.#options = parts.options
    this.#hooks = parts.hooks
    this.timings = parts.options.trackTimings ? new Timings(parts.runtime.clock) : undefined
    this.#runner = new HookRunner({ released: () => this.#incoming.proceed(), hookFailed: error => this.#applicationFailed(error) })
    this.#incoming = new Incoming(parts.stream, this.#runner, {
      readingBegan: () => this.#outgoing?.readingBegan(),
      readingEnded: () => this.#outgoing?.readingEnded(),
      readingFailed: error => this.#readingFailed(error),
      exhausted: () => this.#peerEnded(),
    })
  }

  get state(): State {
    return this.#state
  }

  get closeInfo(): CloseInfo | undefined {
    return this.#closeInfo
  }

  get agreement(): Agreement {
    return this.#agreement
  }

  get roundTripTime(): number | undefined {
    return this.#roundTripTime
  }

  get bufferedAmount(): number {
    return this.#outgoing?.bufferedAmount ?? this.#stream.bufferedAmount
  }

  get isWritable(): boolean {
    return this.#state === State.Open && this.#outgoing!.isWritable
  }

  /** Whether a whole message would be sent now: there is room for it, and no other is begun. */
  get takesMessage(): boolean {
    return this.isWritable && !this.#outgoing!.isInMessage
  }

  // ---- opening

  /** Begins reading, and gives the handshake its time. */
  start(opening: Opening): void {
    this.#opening = opening
    const { openHandshakeTimeout } = this.#options
    this.#deadline(openHandshakeTimeout, () =>
      this.failOpening(new HandshakeFailed(`opening handshake not finished within ${openHandshakeTimeout} s`)),
    )
    this.#stream.start(this)
  }

  /** Octets of our own handshake. */
  writeOpening(octets: Octets): void {
    this.stats.outgoingOctetsWireLevel += octets.length
    this.stats.preopenOutgoingOctetsWireLevel += octets.length
    if (this.#parts.wireTap !== undefined) this.#tapSent(octets)
    this.#stream.write(octets)
  }

  /** The handshake is done, our part of it included. */
  open(agreement: Agreement): void {
    if (this.#state !== State.Connecting) return
    this.#cancelDeadline()
    this.#state = State.Open
    this.#agreement = agreement
    this.#opening = undefined
    this.#chain = new ExtensionChain(agreement.extensions)
    this.#outgoing = this.#makeOutgoing(this.#chain)
    this.#startAutoPing()
    this.timings?.track('onOpen')
    this.#observe(observer => observer.opened?.(this.#hooks))
    this.whenOpened.resolve()
    this.#runner.run(() => this.#hooks.onOpen())
    this.#incoming.start(this.#makeParser(this.#chain))
  }

  /** Refuses the peer's handshake with an HTTP response, and lingers so that it arrives. */
  refuse(response: Octets, why: HandshakeFailed): void {
    if (this.#state !== State.Connecting) return
    this.#ending.failed(why.message, why)
    this.#state = State.Closing
    this.#opening = undefined
    this.#runner.stop()
    this.writeOpening(response)
    this.#endAndLinger()
  }

  /** Gives up a handshake that nothing can be answered to. */
  failOpening(why: HandshakeFailed): void {
    if (this.#state !== State.Connecting) return
    this.#ending.failed(why.message, why)
    this.#drop(true)
  }

  // ---- the transport's side

  dataReceived(octets: Octets): void {
    this.stats.incomingOctetsWireLevel += octets.length
    if (this.#parts.wireTap !== undefined) this.#tapReceived(octets)
    this.#autoPing?.trafficReceived()
    if (this.#opening !== undefined) this.#openingReceived(this.#opening, octets)
    else this.#incoming.received(octets)
  }

  drained(): void {
    this.#outgoing?.drained()
  }

  ended(): void {
    if (this.#state === State.Connecting) this.#peerEnded()
    else this.#incoming.ended()
  }

  closed(error: Error | undefined): void {
    if (this.#closeInfo !== undefined) return
    this.#state = State.Closed
    this.#cancelDeadline()
    this.#autoPing?.stop()
    this.#runner.stop()
    this.#incoming.discard()
    this.#outgoing?.discard()
    const info = this.#ending.info(error)
    this.#closeInfo = info
    this.#closeExtensions()
    this.#parts.gone()
    this.#observe(observer => observer.closed?.(this.#hooks, info))
    this.whenOpened.reject(info.cause ?? new ConnectionClosed(info.code, info.reason))
    this.#callAside(() => this.#hooks.onClose(info.wasClean, info.code, info.reason))
    this.whenClosed.resolve(info)
  }

  // ---- sending

  sendMessage(payload: Octets, isBinary: boolean, options: SendOptions): boolean {
    if (!this.#mayBegin('sendMessage')) return false
    this.timings?.track('sendMessage')
    return this.#outgoing!.send(writer => writer.message(payload, isBinary, options))
  }

  sendPreparedMessage(message: PreparedMessage): boolean {
    return this.#mayBegin('sendPreparedMessage') && this.#outgoing!.send(writer => writer.prepared(message))
  }

  /** Begins a message, goes on with it, or ends it. */
  continueMessage(method: string, write: (writer: MessageWriter) => void): boolean {
    if (!this.#mayBegin(method)) return false
    this.#outgoing!.continue(write)
    return this.isWritable
  }

  /** A frame that was begun may be completed while our close frame waits for its end. */
  sendMessageFrameData(payload: Octets): number {
    const mayComplete = this.#state === State.Closing && this.#outgoing!.isInFrame
    if (!mayComplete && !this.#mayBegin('sendMessageFrameData')) return 0 - payload.length
    return this.#outgoing!.continue(writer => writer.frameData(payload)) ?? 0 - payload.length
  }

  sendPing(payload: Octets): boolean {
    return this.#mayBegin('sendPing') && this.#outgoing!.control(Opcode.Ping, payload)
  }

  sendPong(payload: Octets): boolean {
    return this.#mayBegin('sendPong') && this.#outgoing!.pong(payload)
  }

  sendFrame(opcode: number, payload: Octets, isFinal: boolean, reserved: number): boolean {
    if (!this.#mayBegin('sendFrame')) return false
    if (!this.#chain!.opcodes.has(opcode)) throw new ApiMisuse(`opcode ${opcode} is not claimed by an extension`)
    if ((reserved & ~this.#chain!.reservedBits) !== 0) throw new ApiMisuse(`reserved bits ${reserved} are not claimed by an extension`)
    return this.#outgoing!.reserved(opcode, payload, isFinal, reserved)
  }

  // ---- closing

  sendClose(code: number | undefined, reason: string): boolean {
    if (this.#state === State.Connecting) throw new ApiMisuse('sendClose before the connection is open')
    const payload = makeClose(code, reason, this.#runtime.text)
    if (this.#state !== State.Open || this.#outgoing!.isEnding) return false
    this.#sendClose(payload, code)
    const { closeHandshakeTimeout } = this.#options
    this.#deadline(closeHandshakeTimeout, () => this.#closeNotAnswered(closeHandshakeTimeout))
    return true
  }

  failConnection(code: number, reason: string, cause?: Error): void {
    if (this.#state === State.Closed || this.#ending.hasFailed) return
    if (this.#state === State.Connecting) throw new ApiMisuse('failConnection before the connection is open')
    if (!mayBeSent(code)) throw new ApiMisuse(`close code ${code} may not be sent; 1000-1003, 1007-1014 and 3000-4999 may`)
    this.#ending.failed(`failed with ${code}: ${reason}`, cause)
    this.#runner.stop()
    const mayTell = !this.#options.failByDrop && !this.#ending.hasSentClose && !this.#outgoing!.isInFrame
    if (!mayTell) return this.#drop(true)
    this.#sendClose(makeFailure(code, reason, this.#runtime.text), code)
    this.#endAndLinger()
  }

  dropConnection(abort: boolean): void {
    if (this.#state === State.Closed) return
    this.#ending.failed('dropped by this side', undefined)
    this.#drop(abort)
  }

  // ---- flow

  pauseReceiving(): void {
    this.#runner.pause()
  }

  resumeReceiving(): void {
    this.#runner.resume()
  }

  /** Runs a hook of the protocol's own behind those that wait. */
  runHook(hook: () => Awaitable<void>): void {
    this.#runner.run(hook)
  }

  // ---- within

  #openingReceived(opening: Opening, octets: Octets): void {
    const rest = opening.received(octets)
    const isOver = rest !== undefined
    this.stats.preopenIncomingOctetsWireLevel += octets.length - (rest?.length ?? 0)
    if (isOver) this.#opening = undefined
    if (isOver && rest.length > 0) this.#incoming.received(rest)
  }

  /** Everything in here runs once per connection. */
  #makeOutgoing(chain: ExtensionChain): Outgoing {
    const { stream, runtime, pool, options, role, wireTap, hooks } = this.#parts
    return new Outgoing({
      stream,
      runtime,
      pool,
      options,
      rules: { masks: role.masks, appliesMask: options.applyMask, wireTap },
      chain,
      stats: this.stats,
      source: hooks,
      sent: wireTap?.octetsSent === undefined ? undefined : octets => this.#tapSent(octets),
      events: {
        writableAgain: () => this.#drainedForApplication(),
        unsentLimitExceeded: message => this.#giveUp(message),
      },
    })
  }

  #makeParser(chain: ExtensionChain): FrameParser {
    const { options, runtime, role, wireTap, hooks, delivery } = this.#parts
    const reader = new MessageReader({
      options,
      wireTap,
      text: runtime.text,
      runner: this.#runner,
      delivery: delivery(this.#runner),
      chain,
      wholeFrames: { wholeFrameReceived: (header, payload) => this.#wholeFrameReceived(header, payload) },
      stats: this.stats,
      source: hooks,
      timings: this.timings,
    })
    return new FrameParser(
      { masked: role.wantsMasked, reservedBits: chain.reservedBits, opcodes: chain.opcodes },
      reader,
      options.applyMask,
    )
  }

  #startAutoPing(): void {
    if (this.#options.autoPingInterval === 0) return
    const runner = this.#runner
    const outgoing = this.#outgoing!
    this.#autoPing = new AutoPing(this.#options, this.#runtime.clock, this.#runtime.crypto, {
      get isHeld(): boolean {
        return runner.isHeld
      },
      get isInFrame(): boolean {
        return outgoing.isInFrame
      },
      takesOctets: () => outgoing.takesOctets(),
      sendPing: payload => void outgoing.control(Opcode.Ping, payload),
      peerIsDead: () => this.#giveUp(`no pong within ${this.#options.autoPingTimeout} s`),
    })
    this.#autoPing.start()
  }

  #mayBegin(method: string): boolean {
    if (this.#state === State.Connecting) throw new ApiMisuse(`${method} before the connection is open`)
    if (this.#state === State.Open && !this.#outgoing!.isEnding) return true
    this.stats.outgoingMessagesNotSent++
    return false
  }

  #wholeFrameReceived(header: FrameHeader, payload: Octets): void {
    if (header.opcode === Opcode.Ping) this.#runner.run(() => this.#hooks.onPing(payload))
    else if (header.opcode === Opcode.Pong) this.#pongReceived(payload)
    else if (isReserved(header.opcode)) this.#runner.run(() => this.#hooks.onFrame(header, payload))
    else this.#closeReceived(payload)
  }

  #pongReceived(payload: Octets): void {
    const roundTripTime = this.#autoPing?.pongReceived(payload)
    this.#runner.run(() => this.#hooks.onPong(payload))
    if (roundTripTime === undefined) return
    this.#roundTripTime = roundTripTime
    this.#runner.run(() => this.#hooks.onAutoPong(roundTripTime, payload))
  }

  /** RFC 6455 §5.5.1: after a close frame nothing counts any more; it is answered once the application has looked at it. */
  #closeReceived(payload: Octets): void {
    const { code, reason } = parseClose(payload, this.#runtime.text)
    this.#ending.closeReceived(code, this.#runtime.text.decode(reason))
    this.#autoPing?.stop()
    this.#runner.run(() => this.#hooks.onCloseFrame(code, reason))
    this.#runner.run(() => this.#answerClose(code, reason))
    this.#incoming.discard()
  }

  #answerClose(code: number | undefined, reason: Octets): void {
    if (this.#ending.hasSentClose) return this.#closingDone()
    if (this.#outgoing!.isEnding) return
    const echoed = this.#options.echoCloseCodeReason ? this.#runtime.text.decode(reason) : ''
    this.#sendClose(makeClose(code, echoed, this.#runtime.text), code)
    if (this.#ending.hasSentClose) return
    const { closeHandshakeTimeout } = this.#options
    this.#deadline(closeHandshakeTimeout, () =>
      this.#giveUp(`a frame was left incomplete for ${closeHandshakeTimeout} s after the peer's close frame`),
    )
  }

  /** Waits where a frame is being streamed; then both sides' close frames may be there. */
  #sendClose(payload: Octets, code: number | undefined): void {
    this.#state = State.Closing
    this.#autoPing?.stop()
    this.#outgoing!.close(payload, () => {
      this.#ending.closeSent(code)
      this.#outgoing!.flush()
      if (this.#ending.hasReceivedClose && !this.#ending.hasFailed) this.#closingDone()
    })
  }

  /** RFC 6455 §7.1.1: the server ends TCP first; a client gives it a moment to. */
  #closingDone(): void {
    if (this.#hasPeerEnded) return this.#drop(false)
    const { isServer, dropTimeout } = this.#role
    if (isServer) this.#stream.end()
    this.#deadline(isServer ? dropTimeout || shortestLinger : dropTimeout, () => this.#drop(true))
  }

  #endAndLinger(): void {
    this.#stream.end()
    this.#incoming.discard()
    this.#deadline(this.#options.failLingerTimeout || shortestLinger, () => this.#drop(true))
  }

  /** The peer ended its side of the transport, and everything it sent was worked off. */
  #peerEnded(): void {
    if (this.#state === State.Closed) return
    this.#hasPeerEnded = true
    if (this.#state === State.Connecting) this.#ending.lost('the peer ended the transport during the opening handshake')
    const answerFollows = this.#ending.hasReceivedClose && !this.#ending.hasSentClose && !this.#ending.hasFailed
    if (!answerFollows) this.#drop(false)
  }

  /** The answer may be there, behind what the application does not take. */
  #closeNotAnswered(timeout: number): void {
    const why = this.#runner.isHeld ? 'the application holds the reading' : 'the peer did not answer'
    this.#giveUp(`closing handshake not finished within ${timeout} s: ${why}`)
  }

  #giveUp(why: string): void {
    this.#ending.failed(why, undefined)
    this.#drop(true)
  }

  /** No hook but `onClose` follows. A transport that does not let go is cut off. */
  #drop(abort: boolean): void {
    this.#state = State.Closed
    this.#runner.stop()
    this.#autoPing?.stop()
    if (abort) this.#outgoing?.discard()
    else this.#outgoing?.flush()
    this.#incoming.discard()
    if (!abort) this.#deadline(this.#options.failLingerTimeout || shortestLinger, () => this.#stream.destroy(true))
    else this.#cancelDeadline()
    this.#stream.destroy(abort)
  }

  /** The one place where a peer's fault becomes a close code. */
  #readingFailed(error: unknown): void {
    if (error instanceof PeerMisbehaved) this.failConnection(error.closeCode, error.message, error)
    else this.#applicationFailed(error)
  }

  #applicationFailed(thrown: unknown): void {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown))
    this.#report(error)
    if (this.#state === State.Open || this.#state === State.Closing) this.failConnection(CloseCode.InternalError, 'internal error', error)
  }

  #report(error: Error): void {
    this.#observe(observer => observer.failed?.(error, this.#hooks))
    this.#parts.report(error)
  }

  /** A connection that failed or was dropped has no hook but `onClose`. */
  #drainedForApplication(): void {
    if (this.#state !== State.Closed && !this.#ending.hasFailed) this.#callAside(() => this.#hooks.onDrain())
  }

  /** A hook that does not wait its turn: one that others may be waiting for, or the last one. */
  #callAside(hook: () => Awaitable<void>): void {
    try {
      const result = hook()
      if (isPromise(result)) result.then(undefined, error => this.#applicationFailed(error))
    } catch (error) {
      this.#applicationFailed(error)
    }
  }

  #closeExtensions(): void {
    try {
      this.#chain?.close()
    } catch (error) {
      this.#applicationFailed(error)
    }
  }

  #deadline(seconds: number, expired: () => void): void {
    this.#cancelDeadline()
    if (seconds > 0) this.#timer = this.#runtime.clock.schedule(expired, seconds * 1000)
  }

  #cancelDeadline(): void {
    this.#timer?.cancel()
    this.#timer = undefined
  }

  #observe(tell: (observer: Observer) => void): void {
    if (this.#parts.observer === undefined) return
    try {
      tell(this.#parts.observer)
    } catch {
      // an observer may look and not touch: what it throws is its own
    }
  }

  #tapReceived(octets: Octets): void {
    try {
      this.#parts.wireTap?.octetsReceived?.(octets, this.#hooks)
    } catch {
      // as above
    }
  }

  #tapSent(octets: Octets): void {
    try {
      this.#parts.wireTap?.octetsSent?.(octets, this.#hooks)
    } catch {
      // as above
    }
  }
}

/** Milliseconds matter little here; never to let go of a transport would. */
const shortestLinger = 0.1
