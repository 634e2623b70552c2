import type { ByteStreamReader } from '../bytes/byte-stream.ts'
import type { Octets } from '../bytes/octets.ts'
import { AutoPing } from './auto-ping.ts'
import { CloseCode, mayBeSent } from './close-code.ts'
import type { CloseInfo } from './close-info.ts'
import { Closing } from './closing.ts'
import type { Agreement, ConnectionParts, Opening } from './connection-parts.ts'
import { Deadline } from './deadline.ts'
import { ConnectionClosed, HandshakeFailed, PeerMisbehaved } from './errors.ts'
import { ExtensionChain } from './extension-chain.ts'
import type { FrameHeader } from './frame-header.ts'
import { FrameParser } from './frame-parser.ts'
import { HookRunner, isPromise } from './hook-runner.ts'
import type { Awaitable } from './hooks.ts'
import { Incoming } from './incoming.ts'
import { MessageReader } from './message-reader.ts'
import { Onlookers } from './onlookers.ts'
import { isReserved, Opcode } from './opcode.ts'
import { Outgoing } from './outgoing.ts'
import { Sender } from './sender.ts'
import { Settlement } from './settlement.ts'
import { Lifecycle, State } from './state.ts'
import { Timings } from './timings.ts'
import { TrafficStats } from './traffic-stats.ts'

/**
 * One WebSocket connection (RFC 6455 §4.1): joins its parts, opens it, and stands between the transport and the application.
 *
 * The peer's faults are thrown where they are found and caught here, in `readingFailed`, which answers them with their close code.
 */
export class WebSocketConnection implements ByteStreamReader {
  readonly stats: TrafficStats = new TrafficStats()
  readonly timings: Timings | undefined
  readonly whenOpened: Settlement<void> = new Settlement<void>()
  readonly whenClosed: Settlement<CloseInfo> = new Settlement<CloseInfo>()
  /** What applications send. */
  readonly sender: Sender
  readonly #parts: ConnectionParts
  readonly #lifecycle = new Lifecycle()
  readonly #deadline: Deadline
  readonly #onlookers: Onlookers
  readonly #runner: HookRunner
  readonly #incoming: Incoming
  readonly #closing: Closing
  #opening: Opening | undefined
  #outgoing: Outgoing | undefined
  #autoPing: AutoPing | undefined
  #chain: ExtensionChain | undefined
  #agreement: Agreement = { subprotocol: '', extensions: [] }
  #roundTripTime: number | undefined
  #closeInfo: CloseInfo | undefined

  constructor(parts: ConnectionParts) {
    const { stream, runtime, options, hooks, role, observer, wireTap } = parts
    this.#parts = parts
    this.timings = options.trackTimings ? new Timings(runtime.clock) : undefined
    this.sender = new Sender(this.#lifecycle, this.stats, this.timings)
    this.#deadline = new Deadline(runtime.clock)
    this.#onlookers = new Onlookers(hooks, observer, wireTap)
    this.#runner = new HookRunner({ released: () => this.#incoming.proceed(), hookFailed: error => this.#applicationFailed(error) })
    this.#incoming = new Incoming(stream, this.#runner, {
      readingBegan: () => this.#outgoing?.readingBegan(),
      readingEnded: () => this.#outgoing?.readingEnded(),
      readingFailed: error => this.#readingFailed(error),
      exhausted: () => this.#closing.peerEnded(),
    })
    this.#closing = new Closing({
      lifecycle: this.#lifecycle,
      deadline: this.#deadline,
      stream,
      runner: this.#runner,
      incoming: this.#incoming,
      hooks,
      text: runtime.text,
      isServer: role.isServer,
      dropTimeout: role.dropTimeout,
      options,
    })
  }

  get state(): State {
    return this.#lifecycle.state
  }

  /** Whether no hook but `onClose` follows: failed, dropped or gone. */
  get isOver(): boolean {
    return this.state === State.Closed || this.#closing.hasFailed
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
    return this.#outgoing?.bufferedAmount ?? this.#parts.stream.bufferedAmount
  }

  // ---- opening

  /** Begins reading, and gives the handshake its time. */
  start(opening: Opening): void {
    this.#opening = opening
    const { openHandshakeTimeout } = this.#parts.options
    const expired = new HandshakeFailed(`opening handshake not finished within ${openHandshakeTimeout} s`)
    this.#deadline.set(openHandshakeTimeout, () => this.failOpening(expired))
    this.#parts.stream.start(this)
  }

  /** Octets of our own handshake. */
  writeOpening(octets: Octets): void {
    this.stats.outgoingOctetsWireLevel += octets.length
    this.stats.preopenOutgoingOctetsWireLevel += octets.length
    if (this.#onlookers.seeOctetsSent) this.#onlookers.octetsSent(octets)
    this.#parts.stream.write(octets)
  }

  /** The handshake is done, our part of it included. */
  open(agreement: Agreement): void {
    if (this.state !== State.Connecting) return
    this.#deadline.cancel()
    this.#lifecycle.advance(State.Open)
    this.#agreement = agreement
    this.#opening = undefined
    const chain = new ExtensionChain(agreement.extensions)
    const outgoing = this.#makeOutgoing(chain)
    this.#chain = chain
    this.#outgoing = outgoing
    this.#autoPing = this.#makeAutoPing(outgoing)
    this.sender.open(outgoing, chain)
    this.#closing.open(outgoing, this.#autoPing)
    this.timings?.track('onOpen')
    this.#onlookers.opened()
    this.whenOpened.resolve()
    this.#runner.run(() => this.#parts.hooks.onOpen())
    this.#incoming.start(this.#makeParser(chain))
  }

  /** Refuses the peer's handshake with an HTTP response. */
  refuse(response: Octets, why: HandshakeFailed): void {
    if (this.state !== State.Connecting) return
    this.#opening = undefined
    this.writeOpening(response)
    this.#closing.refused(why)
  }

  /** Gives up a handshake that nothing can be answered to. */
  failOpening(why: HandshakeFailed): void {
    if (this.state === State.Connecting) this.#closing.giveUp(why.message, why)
  }

  // ---- the transport's side

  dataReceived(octets: Octets): void {
    this.stats.incomingOctetsWireLevel += octets.length
    if (this.#onlookers.seeOctetsReceived) this.#onlookers.octetsReceived(octets)
    this.#autoPing?.trafficReceived()
    if (this.#opening !== undefined) this.#openingReceived(this.#opening, octets)
    else this.#incoming.received(octets)
  }

  drained(): void {
    this.#outgoing?.drained()
  }

  ended(): void {
    if (this.state === State.Connecting) this.#closing.peerEnded()
    else this.#incoming.ended()
  }

  closed(error: Error | undefined): void {
    if (this.#closeInfo !== undefined) return
    const info = this.#closing.gone(error)
    this.#closeInfo = info
    this.#closeExtensions()
    this.#parts.gone()
    this.#onlookers.closed(info)
    this.whenOpened.reject(info.cause ?? new ConnectionClosed(info.code, info.reason))
    this.#callAside(() => this.#parts.hooks.onClose(info.wasClean, info.code, info.reason))
    this.whenClosed.resolve(info)
  }

  // ---- the application's side

  sendClose(code: number | undefined, reason: string): boolean {
    return this.#closing.sendClose(code, reason)
  }

  failConnection(code: number, reason: string, cause?: Error): void {
    this.#closing.fail(code, reason, cause)
  }

  dropConnection(abort: boolean): void {
    this.#closing.dropConnection(abort)
  }

  pauseReceiving(): void {
    this.#runner.pause()
  }

  resumeReceiving(): void {
    this.#runner.resume()
  }

  // ---- within

  #openingReceived(opening: Opening, octets: Octets): void {
    const rest = opening.received(octets)
    const isOver = rest !== undefined
    this.stats.preopenIncomingOctetsWireLevel += octets.length - (rest?.length ?? 0)
    if (isOver) this.#opening = undefined
    if (isOver && rest.length > 0) this.#incoming.received(rest)
  }

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
      sent: this.#onlookers.seeOctetsSent ? octets => this.#onlookers.octetsSent(octets) : undefined,
      events: {
        writableAgain: () => this.#writableAgain(),
        encoderFailed: error => this.#applicationFailed(error),
        unsentLimitExceeded: message => this.#closing.giveUp(message),
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
    const rules = { masked: role.wantsMasked, reservedBits: chain.reservedBits, opcodes: chain.opcodes }
    return new FrameParser(rules, reader, options.applyMask)
  }

  #makeAutoPing(outgoing: Outgoing): AutoPing | undefined {
    const { options, runtime } = this.#parts
    if (options.autoPingInterval === 0) return undefined
    const runner = this.#runner
    const autoPing = new AutoPing(options, runtime.clock, runtime.crypto, {
      get isHeld(): boolean {
        return runner.isHeld
      },
      get isInFrame(): boolean {
        return outgoing.isInFrame
      },
      takesOctets: () => outgoing.takesOctets(),
      sendPing: payload => void outgoing.control(Opcode.Ping, payload),
      peerIsDead: () => this.#closing.giveUp(`no pong within ${options.autoPingTimeout} s`),
    })
    autoPing.start()
    return autoPing
  }

  #wholeFrameReceived(header: FrameHeader, payload: Octets): void {
    const { hooks } = this.#parts
    if (header.opcode === Opcode.Ping) this.#runner.run(() => hooks.onPing(payload))
    else if (header.opcode === Opcode.Pong) this.#pongReceived(payload)
    else if (isReserved(header.opcode)) this.#runner.run(() => hooks.onFrame(header, payload))
    else this.#closing.closeReceived(payload)
  }

  #pongReceived(payload: Octets): void {
    const { hooks } = this.#parts
    const roundTripTime = this.#autoPing?.pongReceived(payload)
    this.#runner.run(() => hooks.onPong(payload))
    if (roundTripTime === undefined) return
    this.#roundTripTime = roundTripTime
    this.#runner.run(() => hooks.onAutoPong(roundTripTime, payload))
  }

  /** The one place where a peer's fault becomes a close code. An extension may name one that no close frame has: its own fault. */
  #readingFailed(error: unknown): void {
    if (error instanceof PeerMisbehaved && mayBeSent(error.closeCode)) this.#closing.fail(error.closeCode, error.message, error)
    else this.#applicationFailed(error)
  }

  #applicationFailed(thrown: unknown): void {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown))
    this.#onlookers.failed(error)
    this.#parts.report(error)
    this.#closing.fail(CloseCode.InternalError, 'internal error', error)
  }

  #writableAgain(): void {
    if (!this.isOver) this.#callAside(() => this.#parts.hooks.onDrain())
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
}
