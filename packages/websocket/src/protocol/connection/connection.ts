import { type Awaitable, heeded, isPromise } from '../../bytes/awaitable.ts'
import type { ByteStream, ByteStreamReader } from '../../bytes/byte-stream.ts'
import type { Clock } from '../../bytes/clock.ts'
import { chosenMasker } from '../../bytes/masker.ts'
import { copyOf, type Octets, type ReceivedOctets } from '../../bytes/octets.ts'
import type { PayloadMemory } from '../../bytes/payload-memory.ts'
import { Closing } from '../closing/closing.ts'
import type { ClosingEvents } from '../closing/closing-parts.ts'
import type { NegotiatedExtension } from '../extending/extension.ts'
import { ExtensionChain } from '../extending/extension-chain.ts'
import { asError } from '../faults/as-error.ts'
import { CloseCode, mayBeSent } from '../faults/close-code.ts'
import { HandshakeFailed, PeerMisbehaved } from '../faults/errors.ts'
import type { FrameHeader } from '../frames/frame-header.ts'
import { FrameParser } from '../frames/frame-parser.ts'
import { givenOctets } from '../frames/given-octets.ts'
import { isReserved, Opcode } from '../frames/opcode.ts'
import type { WireTap } from '../frames/wire-tap.ts'
import { type HookOutcome, HookRunner } from '../hooks/hook-runner.ts'
import type { Hooks } from '../hooks/hooks.ts'
import type { CloseInfo } from '../life/close-info.ts'
import { ConnectionState } from '../life/connection-state.ts'
import { Deadline } from '../life/deadline.ts'
import type { Borrower } from '../life/loans.ts'
import { Settlement } from '../life/settlement.ts'
import type { State } from '../life/state.ts'
import { Timings } from '../life/timings.ts'
import { TrafficStats } from '../life/traffic-stats.ts'
import type { Delivery } from '../receiving/delivery.ts'
import { Incoming, type IncomingEvents } from '../receiving/incoming.ts'
import { MessageReader, type ReadingConnection, type ReadingHalf } from '../receiving/message-reader.ts'
import { Outbox, type OutboxEvents } from '../sending/outbox.ts'
import { SendingProgress } from '../sending/sending-progress.ts'
import { AutoPing, type AutoPingTarget } from './auto-ping.ts'
import type { Agreement, ConnectionParts, Opening, SharedParts } from './connection-parts.ts'
import { Onlookers } from './onlookers.ts'

/**
 * One WebSocket connection (RFC 6455 §4.1): joins its parts, opens it, and stands between the transport and the application.
 *
 * The peer's faults are thrown where they are found and caught here, in `readingFailed`, which answers them with their close code.
 *
 * Servers hold many connections that are open and say nothing: the halves that read and send, and what ends a connection, are made when
 * they are first needed, and the parts report to this object itself, not to closures of each.
 */
export class WebSocketConnection
  implements
    ByteStreamReader,
    HookOutcome,
    IncomingEvents,
    OutboxEvents,
    ReadingConnection,
    Borrower<ReadingHalf>,
    AutoPingTarget,
    ClosingEvents
{
  readonly stats: TrafficStats = new TrafficStats()
  readonly timings: Timings | undefined
  /** The sending half of the connection. */
  readonly outbox: Outbox
  readonly shared: SharedParts
  readonly stream: ByteStream
  readonly hooks: Hooks
  readonly #state = new ConnectionState()
  /** Made for the opening, and again for the end. */
  #deadline: Deadline | undefined
  readonly #onlookers: Onlookers | undefined
  /** This and the next one are made when they are first needed, and forgotten when the reading half goes to another connection. */
  #madeRunner: HookRunner | undefined
  #madeIncoming: Incoming | undefined
  /** Borrowed while frames are read. */
  #reading: ReadingHalf | undefined
  /** Chosen when the first octets come. `lent`: it went to another connection with the reading half, and any that comes with one will do. */
  #delivery: Delivery | typeof lent | undefined
  /** The memory of payloads, kept from a delivery that was lent, once there have been some messages. */
  #payloadMemory: PayloadMemory | undefined
  #opening: Opening | undefined
  /** The result of the opening handshake, once the connection is open. */
  #agreement: Agreement | undefined
  #autoPing: AutoPing | undefined
  #madeClosing: Closing | undefined
  /** Each is made when it is first used. */
  #promises: { opened?: Settlement<void>; closed?: Settlement<CloseInfo> } | undefined
  #closeInfo: CloseInfo | undefined

  constructor(parts: ConnectionParts) {
    const { shared, stream, hooks, observer, wireTap } = parts
    const { runtime, options } = shared
    this.shared = shared
    this.stream = stream
    this.hooks = hooks
    this.timings = options.trackTimings ? new Timings(runtime.clock) : undefined
    this.outbox = new Outbox(this, this.#state, this)
    this.#onlookers = observer === undefined && wireTap === undefined ? undefined : new Onlookers(hooks, observer, wireTap, runtime.clock)
  }

  get state(): State {
    return this.#state.publicState
  }

  /** Whether no hook but `onClose` follows: the connection failed, was dropped, or is gone. */
  get areHooksOver(): boolean {
    return this.#state.areHooksOver
  }

  get closeInfo(): CloseInfo | undefined {
    return this.#closeInfo
  }

  get agreement(): Agreement {
    return this.#agreement ?? nothingAgreed
  }

  /** Whether the opening handshake succeeded, at any time. */
  get wasOpened(): boolean {
    return this.#agreement !== undefined
  }

  get roundTripTime(): number | undefined {
    return this.#autoPing?.roundTripTime
  }

  get bufferedAmount(): number {
    return this.outbox.bufferedAmount
  }

  /** Resolves when the connection is open; rejects where it ends before. */
  get whenOpened(): Promise<void> {
    this.#promises ??= {}
    if (this.#promises.opened === undefined) {
      this.#promises.opened = new Settlement()
      if (this.wasOpened) this.#promises.opened.resolve()
      else if (this.#closeInfo !== undefined) this.#promises.opened.reject(whyNotOpened(this.#closeInfo))
    }
    return this.#promises.opened.promise
  }

  get whenClosed(): Promise<CloseInfo> {
    this.#promises ??= {}
    if (this.#promises.closed === undefined) {
      this.#promises.closed = new Settlement()
      if (this.#closeInfo !== undefined) this.#promises.closed.resolve(this.#closeInfo)
    }
    return this.#promises.closed.promise
  }

  // ---- opening

  /** Begins to read, and gives the handshake its deadline. */
  start(opening: Opening): void {
    this.#opening = opening
    const { openHandshakeTimeout } = this.shared.options
    this.#madeDeadline().set(openHandshakeTimeout, () =>
      this.failOpening(opening.failure?.() ?? new HandshakeFailed(`opening handshake not finished within ${openHandshakeTimeout} s`)),
    )
    this.stream.start(this)
  }

  /** Opens the connection and begins to read, for a transport on which another program has done the opening handshake. */
  startOpen(agreement: Agreement): void {
    this.open(agreement)
    this.stream.start(this)
  }

  /** Shows the request of the opening handshake to observers. */
  requested(request: object): void {
    this.#onlookers?.requested(request)
  }

  /** Writes octets of our own handshake. */
  writeOpening(octets: Octets): void {
    this.outbox.writeOpening(octets)
  }

  /** Opens the connection: both sides' parts of the handshake are done. */
  open(agreement: Agreement): void {
    if (this.#state.phase !== 'connecting') return
    this.#deadline?.cancel()
    this.#deadline = undefined
    this.#state.open()
    this.#agreement = agreement.subprotocol !== '' || agreement.extensions.length > 0 ? agreement : nothingAgreed
    this.#opening = undefined
    this.#autoPing = this.#makeAutoPing()
    this.#openExtensions(agreement.extensions)
    this.timings?.track('onOpen')
    this.#onlookers?.opened()
    this.#promises?.opened?.resolve()
    this.runner.run(() => this.hooks.onOpen())
    this.#madeIncoming?.open()
  }

  /** Refuses the peer's handshake with an HTTP response. */
  refuse(response: Octets, why: HandshakeFailed): void {
    if (this.#state.phase !== 'connecting') return
    this.#opening = undefined
    this.writeOpening(response)
    this.#onlookers?.openingFailed(why)
    this.#closing.refused(why)
  }

  /** Gives up a handshake to which no answer can be sent. */
  failOpening(why: HandshakeFailed): void {
    if (this.#state.phase !== 'connecting') return
    this.#onlookers?.openingFailed(why)
    this.#closing.giveUp(why.message, why)
  }

  // ---- the transport's side

  dataReceived(received: Octets): void {
    const octets = givenOctets(received, 'what a byte stream gives')
    this.stats.incomingOctetsWireLevel += octets.length
    if (this.#onlookers?.seeOctetsReceived) this.#onlookers.octetsReceived(octets)
    this.#autoPing?.trafficReceived()
    if (this.#opening !== undefined) this.#openingReceived(this.#opening, octets)
    else this.#incoming().received(octets)
  }

  drained(): void {
    this.outbox.drained()
    this.#madeClosing?.drained()
  }

  ended(): void {
    if (this.#state.phase !== 'connecting') return this.#incoming().ended()
    const why = this.#opening?.failure?.()
    if (why === undefined) this.#closing.peerEnded()
    else this.failOpening(why)
  }

  closed(error: Error | undefined): void {
    const why = this.#closeInfo === undefined && this.#state.phase === 'connecting' ? this.#opening?.failure?.() : undefined
    if (why !== undefined) this.failOpening(why)
    if (this.#closeInfo !== undefined) return
    const info = this.#closing.transportClosed(error)
    this.#closeInfo = info
    this.#endLoans()
    this.#closeExtensions()
    this.shared.owner.gone(this.hooks)
    this.#onlookers?.closed(info)
    if (!this.wasOpened) this.#promises?.opened?.reject(whyNotOpened(info))
    this.#callAside(() => this.hooks.onClose(info.wasClean, info.code, info.reason))
    this.#promises?.closed?.resolve(info)
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

  /** Stops the reading until the next turn of the event loop, because the application has enough to do in this one. */
  restReading(): void {
    const { runner } = this
    runner.rest()
    this.shared.runtime.clock.yield(() => runner.readOn(), true)
  }

  pauseReceiving(readsAhead: boolean): void {
    this.runner.pause(readsAhead)
  }

  resumeReceiving(): void {
    this.#madeRunner?.resume()
  }

  // ---- the parts' side: hooks

  readingReleased(): void {
    this.#autoPing?.readingResumed()
    this.#decodeRest()
    this.#madeIncoming?.proceed()
  }

  hookFailed(error: unknown): void {
    this.#applicationFailed(error)
  }

  // ---- the parts' side: reading

  get connectionState(): ConnectionState {
    return this.#state
  }

  get clock(): Clock {
    return this.shared.runtime.clock
  }

  get runner(): HookRunner {
    this.#madeRunner ??= new HookRunner(this, this.shared.readAhead)
    return this.#madeRunner
  }

  get chain(): ExtensionChain {
    return this.outbox.chain
  }

  get delivery(): Delivery {
    if (this.#delivery === undefined || this.#delivery === lent) this.#delivery = this.#chosenDelivery(this.#delivery === lent)
    return this.#delivery
  }

  get wireTap(): WireTap | undefined {
    return this.#onlookers?.tap
  }

  get source(): object {
    return this.hooks
  }

  /** The headers that a parser lets pass depend on the extensions: connections without any share theirs. */
  borrowParser(): FrameParser {
    const reading = this.#sharesReader ? this.shared.readingHalves.borrow(this) : this.makeItem()
    this.#reading = reading
    reading.reader.readFor(this)
    const { delivery } = this
    reading.delivery = delivery.serve === undefined || this.#onlookers !== undefined ? undefined : delivery
    return reading.parser
  }

  makeItem(): ReadingHalf {
    const { options, runtime, role } = this.shared
    const reader = new MessageReader(options, runtime.text)
    const rules = { peerMasks: role.peerMasks, reservedBits: this.chain.reservedBits, opcodes: this.chain.opcodes }
    return { parser: new FrameParser(rules, reader, chosenMasker(options.applyMask, runtime.masker)), reader, delivery: undefined }
  }

  get sparesItem(): boolean {
    return this.#madeIncoming?.sparesParser === true
  }

  itemTaken(): void {
    this.#madeIncoming?.parserTaken()
    const isIdle = this.#madeClosing === undefined && this.#madeIncoming?.isAtRest === true
    if (isIdle) this.#madeIncoming = undefined
    if (this.#reading?.delivery !== undefined) {
      this.#payloadMemory = this.#reading.delivery.release?.(this.stats.incomingWebSocketMessages > fewMessages)
      this.#delivery = lent
      // any other delivery keeps the runner that it was made with
      if (isIdle && this.#madeRunner?.isAtRest === true) this.#madeRunner = undefined
    }
    this.#reading = undefined
  }

  readingBegan(): void {
    this.outbox.readingBegan()
  }

  readingEnded(): void {
    this.outbox.readingEnded()
    if (this.#closeInfo !== undefined) this.#leaveReading()
  }

  /**
   * Fails the connection for what was thrown while reading. The one place where a peer's fault becomes a close code. A code that no close
   * frame can carry is the fault of the extension that named it.
   */
  readingFailed(thrown: unknown): void {
    const error = asError(thrown)
    if (!(error instanceof PeerMisbehaved && mayBeSent(error.closeCode))) return this.#applicationFailed(error)
    const { owner } = this.shared
    const { code, reason } = owner.failureFor?.(error, this.hooks) ?? { code: error.closeCode, reason: error.message }
    this.#closing.failForPeer(code, reason, error)
  }

  readingResumed(): void {
    this.#autoPing?.readingResumed()
  }

  inputExhausted(): void {
    this.#closing.peerEnded()
  }

  decodingDone(): void {
    this.#autoPing?.readingResumed()
    this.#madeIncoming?.proceed()
  }

  decodingFailed(error: unknown): void {
    this.readingFailed(error)
  }

  wholeFrameReceived(header: FrameHeader, payload: ReceivedOctets): void {
    if (header.opcode === Opcode.Ping) this.#pingReceived(payload)
    else if (header.opcode === Opcode.Pong) this.#pongReceived(payload)
    else if (isReserved(header.opcode)) this.#reservedReceived(header, payload)
    else this.#closing.closeReceived(payload)
  }

  // ---- the parts' side: sending

  get octetsTap(): ((octets: Octets) => void) | undefined {
    const onlookers = this.#onlookers
    return onlookers?.seeOctetsSent ? octets => onlookers.octetsSent(octets) : undefined
  }

  get messageTap(): ((isBinary: boolean, size: number) => void) | undefined {
    const onlookers = this.#onlookers
    return onlookers?.seeMessagesSent ? (isBinary, size) => onlookers.messageSent(isBinary, size) : undefined
  }

  writableAgain(): void {
    if (!this.areHooksOver) this.#callAside(() => this.hooks.onDrain())
  }

  encoderFailed(error: unknown): void {
    this.#applicationFailed(this.chain.blamed('encoder', error))
  }

  /** Fails this connection alone. A close frame is sent only behind a whole frame: else it would be read as payload. */
  flushFailed(thrown: unknown, isBetweenFrames: boolean): void {
    if (isBetweenFrames && !this.areHooksOver) return this.#applicationFailed(thrown)
    const error = asError(thrown)
    this.#report(error)
    this.#closing.giveUp('what was sent could not be handed to the transport', error)
  }

  /** Called by the transport when it could not write. */
  writeFailed(error: unknown): void {
    this.flushFailed(error, false)
  }

  closeFrameSent(): void {
    this.#closing.closeFrameSent()
  }

  unsentLimitExceeded(message: string): void {
    this.#closing.giveUp(message)
  }

  // ---- the parts' side: the end

  endBegan(): void {
    this.#autoPing?.stop()
  }

  lastHooksWait(): void {
    this.shared.owner.lastHooksWait(this.hooks)
  }

  // ---- the parts' side: automatic pings

  get isHeld(): boolean {
    return this.#madeRunner?.isHeld === true || this.#madeIncoming?.isHeld === true
  }

  get isInFrame(): boolean {
    return this.outbox.isInFrame
  }

  makeProgress(): SendingProgress {
    return new SendingProgress(this.stream, this.outbox, this.shared.runtime.clock)
  }

  sendPing(payload: Octets): void {
    this.outbox.sendAutoPing(payload)
  }

  peerIsDead(): void {
    this.#closing.giveUp(`no pong within ${this.shared.options.autoPingTimeout} s`)
  }

  // ---- within

  #incoming(): Incoming {
    this.#madeIncoming ??= new Incoming(this.stream, this.#state, this.runner, this)
    return this.#madeIncoming
  }

  #openingReceived(opening: Opening, octets: Octets): void {
    const rest = opening.received(octets)
    const isOver = rest !== undefined
    this.stats.preopenIncomingOctetsWireLevel += octets.length - (rest?.length ?? 0)
    if (isOver) this.#opening = undefined
    if (isOver && rest.length > 0) this.#incoming().received(rest)
  }

  /** Makes or takes over a delivery. The choice is the owner's, once; after that this connection only needs one that is free. */
  #chosenDelivery(isChosen: boolean): Delivery {
    const { hooks, shared } = this
    const unused = this.#reading?.delivery
    const isUsual = isChosen && unused?.serve !== undefined && unused.suits?.(hooks) !== false
    if (!isUsual) return shared.owner.deliveryFor(hooks, this.runner, unused)
    unused.serve!(this.runner, hooks, this.#payloadMemory)
    return unused
  }

  get #sharesReader(): boolean {
    return this.chain === ExtensionChain.none
  }

  /** Ends the loans. A reading half that is in use in this moment is left when the read ends. */
  #endLoans(): void {
    if (this.#reading !== undefined) this.shared.readingHalves.end(this.#reading)
    if (this.#madeIncoming?.isReading !== true) this.#leaveReading()
    this.outbox.endLoan()
  }

  /** Has a reading half that was lent forget this connection, which is gone. It is older than most connections, and would keep them in memory. */
  #leaveReading(): void {
    const reading = this.#reading
    if (reading === undefined || !this.#sharesReader) return
    this.#reading = undefined
    this.#madeIncoming?.parserTaken()
    reading.reader.leave()
    if (reading.delivery === undefined) return
    reading.delivery.release?.(false)
    this.#delivery = lent
  }

  #madeDeadline(): Deadline {
    this.#deadline ??= new Deadline(this.shared.runtime.clock)
    return this.#deadline
  }

  #makeAutoPing(): AutoPing | undefined {
    if (this.shared.options.autoPingInterval === 0) return undefined
    const autoPing = new AutoPing(this)
    autoPing.start()
    return autoPing
  }

  /** The steps that end this connection, made when it begins to end. */
  get #closing(): Closing {
    this.#madeClosing ??= this.#makeClosing()
    return this.#madeClosing
  }

  #makeClosing(): Closing {
    const { stream, hooks } = this
    const { runtime, options, role, answersInMicrotasks } = this.shared
    return new Closing({
      state: this.#state,
      deadline: this.#madeDeadline(),
      clock: runtime.clock,
      stream,
      runner: this.runner,
      incoming: this.#incoming(),
      outbox: this.outbox,
      events: this,
      hooks,
      answersInMicrotasks,
      text: runtime.text,
      isServer: role.isServer,
      serverConnectionDropTimeout: role.serverConnectionDropTimeout,
      options,
    })
  }

  /**
   * Calls `onPing`. Where that only answers, it does not wait for the hooks in front of it: they may take longer than the peer waits for
   * its pong.
   */
  #pingReceived(payload: ReceivedOctets): void {
    const { hooks, shared } = this
    const answer = (): Awaitable<void> => hooks.onPing(payload)
    if (this.runner.isHeld && !this.runner.isStopped && shared.owner.onlyAnswersPings(hooks)) this.#callAside(answer)
    else this.#run(payload, answer)
  }

  /** Gives a frame with a claimed opcode to the extension if that receives frames itself, else to `onFrame`. */
  #reservedReceived(header: FrameHeader, payload: Octets): void {
    const receive = this.chain.frameReceiver(header.opcode)
    if (receive === undefined) return this.#run(payload, () => this.hooks.onFrame(header, payload))
    this.#run(payload, () => {
      try {
        const result = receive(header, payload)
        return isPromise(result) ? Promise.resolve(result).catch(error => this.readingFailed(error)) : undefined
      } catch (error) {
        this.readingFailed(error)
      }
    })
  }

  /** Takes a pong as a sign of life at once; its hooks are called in their order. */
  #pongReceived(payload: ReceivedOctets): void {
    const { hooks, shared } = this
    const roundTripTime = this.#autoPing?.pongReceived(payload)
    shared.owner.pongCame(payload, hooks)
    // each hook may change or transfer its octets
    const copy = roundTripTime === undefined ? payload : copyOf(payload, 0, payload.length)
    this.#run(payload, () => hooks.onPong(payload))
    if (roundTripTime === undefined) return
    this.runner.run(() => hooks.onAutoPong(roundTripTime, copy))
  }

  /** Runs a hook of a frame that was read whole. Where it has to wait, its octets count as read ahead. */
  #run(payload: Octets, hook: () => Awaitable<void>): void {
    if (this.runner.isHeld) this.runner.readAhead(payload.length)
    this.runner.run(hook)
  }

  #decodeRest(): void {
    try {
      this.#reading?.reader.proceed()
    } catch (error) {
      this.readingFailed(error)
    }
  }

  #applicationFailed(thrown: unknown): void {
    const error = asError(thrown)
    this.#report(error)
    this.#closing.fail(CloseCode.InternalError, 'internal error', error)
  }

  #report(error: Error): void {
    this.#onlookers?.failed(error)
    this.shared.owner.failed(error, this.hooks)
  }

  /** Calls a hook out of its order: one that others may be waiting for, or the last one. */
  #callAside(hook: () => Awaitable<void>): void {
    try {
      heeded(hook(), error => this.#applicationFailed(error))
    } catch (error) {
      this.#applicationFailed(error)
    }
  }

  /** Opens the extensions. The handshake has been answered, so what they throw ends the connection with 1011, and cannot refuse it. */
  #openExtensions(extensions: readonly NegotiatedExtension[]): void {
    try {
      if (extensions.length > 0) this.outbox.open(this.#joined(extensions))
      this.chain.opened(this.outbox, error => this.#applicationFailed(error))
    } catch (error) {
      this.#applicationFailed(error)
    }
  }

  /** Joins extensions. Closes them all if one of them throws when it is asked what it claims. */
  #joined(extensions: readonly NegotiatedExtension[]): ExtensionChain {
    try {
      return new ExtensionChain(extensions)
    } catch (error) {
      for (const { instance } of extensions) this.#callAside(() => instance.close())
      throw error
    }
  }

  #closeExtensions(): void {
    try {
      this.chain.close(error => this.#applicationFailed(error))
    } catch (error) {
      this.#applicationFailed(error)
    }
  }
}

/** Returns the error for a connection that ended before it was open: always a `HandshakeFailed`. */
function whyNotOpened({ cause, reason, by }: CloseInfo): HandshakeFailed {
  if (cause instanceof HandshakeFailed) return cause
  if (cause !== undefined)
    return new HandshakeFailed(`the transport was lost during the opening handshake: ${cause.message}`, undefined, { cause })
  return new HandshakeFailed(by === 'network' ? 'the peer ended the transport during the opening handshake' : reason)
}

/** So many messages are copied one by one. A connection with more keeps the memory that they share, at most 1 KiB between two reads. */
const fewMessages = 4

/** Stands for a delivery that another connection uses now. */
const lent: unique symbol = Symbol('lent')

const nothingAgreed: Agreement = { subprotocol: '', extensions: [] }
