import type { Awaitable } from '../bytes/awaitable.ts'
import { noOctets, type Octets } from '../bytes/octets.ts'
import type { ConnectingRequest, ConnectionAccept, ConnectionRequest, ConnectionResponse } from '../handshake/connection-request.ts'
import { checkOptions } from '../protocol/checks/check-options.ts'
import { trueOrFalse } from '../protocol/checks/option-values.ts'
import type { WebSocketConnection } from '../protocol/connection/connection.ts'
import type { NegotiatedExtension } from '../protocol/extending/extension.ts'
import { PreparedFrame } from '../protocol/extending/prepared-frame.ts'
import { ApiMisuse } from '../protocol/faults/errors.ts'
import { shownValue } from '../protocol/faults/shown-value.ts'
import type { FrameHeader } from '../protocol/frames/frame-header.ts'
import type { FrameOptions, SendOptions } from '../protocol/frames/send-options.ts'
import type { Hooks } from '../protocol/hooks/hooks.ts'
import type { CloseInfo } from '../protocol/life/close-info.ts'
import { State } from '../protocol/life/state.ts'
import type { Timings } from '../protocol/life/timings.ts'
import type { TrafficStats } from '../protocol/life/traffic-stats.ts'
import type { TransportDetails } from '../protocol/life/transport-details.ts'
import { MessageCollector } from '../protocol/receiving/message-collector.ts'
import { PreparedMessage } from '../protocol/sending/prepared-message.ts'
import type { WebSocketClientFactory } from './client-factory.ts'
import type { WebSocketFactory } from './factory.ts'
import { checkedIsBinary, checkedOctets } from './payload.ts'
import { attach, collector, isConnected, type ProtocolParts, parts } from './protocol-parts.ts'
import { frameChecks, frameOptions, sendOptions } from './send-checks.ts'
import type { WebSocketServerFactory } from './server-factory.ts'

/**
 * The WebSocket protocol: what applications derive from, as `WebSocketServerProtocol` or `WebSocketClientProtocol`.
 *
 * Hooks (`on…`) are called by the connection. Each may return a promise: the hooks behind it wait until it settles, so that handlers stay in
 * order. The connection reads 64 KiB ahead meanwhile and then stops its peer, so that memory stays bounded. A peer that closes waits for the
 * messages before its close frame, as long as a hook is called every 2.5 s; after that its close frame is answered, and messages whose hooks
 * still wait are lost. A hook that throws, or whose promise rejects, closes its connection with 1011, and the error goes to `factory.onError`.
 *
 * Send methods return `true` for "go on" and `false` for "stop": above the high-water mark the message was taken, and `onDrain` follows;
 * on a connection that is closing or closed it was not sent, and is counted in `trafficStats`. A race with a disconnect never throws.
 * Before the connection is open, and where the order of calls is wrong, they throw `ApiMisuse`.
 *
 * What is sent as octets is never changed. Below 8 KiB it is copied at once; larger payloads go out by reference and must stay
 * untouched until `bufferedAmount` is 0.
 */
export abstract class WebSocketProtocol implements Hooks {
  #parts: ProtocolParts | undefined
  #collector: MessageCollector | undefined

  // ---- for factories and the function style

  /** @internal */
  static [isConnected](value: unknown): value is WebSocketProtocol {
    return typeof value === 'object' && value !== null && #parts in value && value.#parts !== undefined
  }

  /** @internal */
  [attach](given: ProtocolParts): void {
    this.#parts = given
  }

  /** @internal */
  get [parts](): ProtocolParts {
    return this.#connected()
  }

  /** @internal */
  get [collector](): MessageCollector {
    return this.#collecting()
  }

  // ---- life

  /** The opening handshake is done. */
  onOpen(): Awaitable<void> {}

  /**
   * The connection is gone. Called once for every protocol, also after a failed handshake, and not held up by other hooks.
   *
   * `code` is the peer's close code; 1005 if its close frame had none; 1006 if the connection did not close cleanly, and then `reason`
   * says what happened.
   */
  onClose(_wasClean: boolean, _code: number, _reason: string): Awaitable<void> {}

  /** How the connection ended; `undefined` until then. */
  get closeInfo(): CloseInfo | undefined {
    return this.#connection().closeInfo
  }

  get isOpen(): boolean {
    return this.#parts?.connection.state === State.Open
  }

  /** CONNECTING 0, OPEN 1, CLOSING 2, CLOSED 3, as the platform's `WebSocket` counts them. */
  get state(): State {
    return this.#connection().state
  }

  /** Resolves when the connection is open; rejects with the cause when it never will be. */
  get opened(): Promise<void> {
    return this.#connection().whenOpened
  }

  /** Resolves when the connection is gone; never rejects. */
  get closed(): Promise<CloseInfo> {
    return this.#connection().whenClosed
  }

  // ---- receiving: messages

  /**
   * A whole message. The payload is the application's for good; a text message comes as its UTF-8 octets, which are valid. TypeScript lets
   * the platform's APIs (`Blob`, `crypto.subtle`) take it where the parameter is declared as `ReceivedOctets`, which every hook is given.
   *
   * Payloads of 65 to 2,048 octets may share an `ArrayBuffer` with other payloads of the same connection, never with those of another one. So
   * `postMessage(payload, [payload.buffer])`, which moves a payload to another thread, takes along payloads that this connection
   * has received before; an application that still needs those sets the option `ownPayloadMemory`. Later payloads are not affected: after
   * the first transfer each payload of the factory has an `ArrayBuffer` of its own.
   */
  onMessage(_payload: Octets, _isBinary: boolean): Awaitable<void> {}

  /**
   * A whole text message as a string. There is no default: where a protocol has this method when the first octets are read after the opening handshake, text
   * messages come here and not to `onMessage`, for as long as it lives. It is the faster way to strings, which are decoded from where they
   * were read.
   *
   * Where `utf8validateIncoming` is off, what is no UTF-8 becomes U+FFFD.
   */
  onTextMessage?(text: string): Awaitable<void>

  // ---- receiving: frames

  /** The first frame of a message has begun. */
  onMessageBegin(_isBinary: boolean): Awaitable<void> {}

  /** A whole frame of a message, the application's for good. The default collects it for `onMessage`. */
  onMessageFrame(payload: Octets, _reserved: number): Awaitable<void> {
    this.#collecting().addFrame(payload)
  }

  /** The message is complete. The default calls `onMessage` or `onTextMessage`, unless the application kept frames for itself. */
  onMessageEnd(): Awaitable<void> {
    const collector = this.#collecting()
    if (!collector.hasWholeMessage || this.#connection().isOver) return
    const message = collector.takeMessage()
    if (collector.isBinary || this.onTextMessage === undefined) return this.onMessage(message, collector.isBinary)
    return this.onTextMessage(this.#connected().runtime.text.decode(message))
  }

  // ---- receiving: streaming

  /**
   * A frame of a message has begun. `length` counts octets on the wire, `reserved` has RSV1, RSV2 and RSV3 as 4, 2 and 1.
   *
   * `length` is a number up to 2^53-1. A longer frame is possible only where `maxFramePayloadSize` and `maxMessagePayloadSize` are both 0, and its
   * length is a `bigint`. A class that does not set both may declare its parameter as `number`.
   */
  onMessageFrameBegin(_length: number | bigint, _reserved: number): Awaitable<void> {}

  /**
   * Octets of the frame, as they arrive: unmasked, transformed by extensions, and valid UTF-8 so far in text messages.
   *
   * They are lent until the hook returns; when it returns a promise, they are the application's. They may share an `ArrayBuffer`, as
   * `onMessage` says. The default collects them for
   * `onMessageFrame`. An empty frame calls this once with no octets.
   */
  onMessageFrameData(payload: Octets): Awaitable<void> {
    this.#collecting().addData(payload)
  }

  /** The frame is complete. The default calls `onMessageFrame`, unless the application kept data for itself. */
  onMessageFrameEnd(): Awaitable<void> {
    const collector = this.#collecting()
    if (collector.hasWholeFrame && !this.#connection().isOver) return this.onMessageFrame(collector.takeFrame(), collector.reserved)
  }

  // ---- receiving: everything else

  /**
   * A ping. The default answers with the same payload; above the high-water mark only the latest is answered (RFC 6455 §5.5.3).
   *
   * Pings are answered at once while other hooks wait. An override keeps its place behind those hooks instead, and so does the pong that
   * it sends: a peer whose patience is shorter than the slowest hook takes this connection for dead.
   */
  onPing(payload: Octets): Awaitable<void> {
    this.sendPong(payload)
  }

  /** A pong, asked for or not, also one that answers an automatic ping. */
  onPong(_payload: Octets): Awaitable<void> {}

  /** The answer to an automatic ping, with its round-trip time in milliseconds. */
  onAutoPong(_roundTripTime: number, _payload: Octets): Awaitable<void> {}

  /** The peer's close frame, before it is answered. `code` is `undefined` if it had none; the reason is valid UTF-8. */
  onCloseFrame(_code: number | undefined, _reason: Octets): Awaitable<void> {}

  /** A whole frame with an opcode that an extension has claimed. */
  onFrame(_frame: FrameHeader, _payload: Octets): Awaitable<void> {}

  /** After a send method returned `false` on an open connection: everything has gone out, go on. Not held up by other hooks. */
  onDrain(): Awaitable<void> {}

  // ---- sending: messages

  /**
   * Sends a message. A string is text and octets are binary, unless `isBinary` says otherwise.
   *
   * Octets below 8 KiB are copied, and may be used again at once. From 8 KiB on they go out by reference: they must not be changed or
   * transferred until `bufferedAmount` is 0, and transferring them before fails the connection. Clients copy all octets, since they mask
   * them. This holds for `sendMessageFrame`, `sendMessageFrameData` and `sendFrame` too; `factory.prepareMessage` and `broadcast` make a copy.
   */
  sendMessage(payload: Octets | string, isBinary?: boolean, options?: SendOptions): boolean {
    const checked = typeof payload === 'string' ? payload : checkedOctets(payload)
    return this.#connection().sender.message(
      checked,
      checkedIsBinary(isBinary, typeof payload !== 'string'),
      sendOptions(options, 'sendMessage'),
    )
  }

  /** Sends what `factory.prepareMessage` has made; clients mask it afresh each time. */
  sendPreparedMessage(message: PreparedMessage): boolean {
    if (!PreparedMessage.is(message))
      throw new ApiMisuse(`sendPreparedMessage takes what factory.prepareMessage has made, and not ${shownValue(message)}`)
    return this.#connection().sender.prepared(message)
  }

  // ---- sending: frames

  /** Begins a message that is sent frame by frame, or streaming. Until it is ended, no other message may be sent. */
  beginMessage(isBinary: boolean, options?: SendOptions): boolean {
    const checked = sendOptions(options, 'beginMessage')
    const kind = checkedIsBinary(isBinary, false)
    return this.#connection().sender.continue('beginMessage', framer => framer.openMessage(kind, checked))
  }

  /** Sends a frame of the message begun. `{ final: true }` ends the message with it. */
  sendMessageFrame(payload: Octets, options?: FrameOptions): boolean {
    const octets = checkedOctets(payload, onlyOctets)
    const checked = frameOptions(options, 'sendMessageFrame')
    return this.#connection().sender.continue('sendMessageFrame', framer => framer.putFrame(octets, checked))
  }

  /** Ends the message with an empty frame. After a frame with `{ final: true }` there is nothing left to end. */
  endMessage(): boolean {
    return this.#connection().sender.continue('endMessage', framer => framer.closeMessage())
  }

  // ---- sending: streaming

  /**
   * Begins a frame of so many octets; it ends by itself with the last of them. Under an extension, frames on the wire differ.
   *
   * `length` is a whole number from 0 to 2^53-1, or a `bigint` up to 2^63-1 (RFC 6455 §5.2).
   */
  beginMessageFrame(length: number | bigint, options?: FrameOptions): boolean {
    const checked = frameOptions(options, 'beginMessageFrame')
    return this.#connection().sender.continue('beginMessageFrame', framer => framer.openFrame(length, checked))
  }

  /**
   * Sends octets of the frame begun.
   *
   * Returns how many are still missing in the frame; 0 when it is complete; a negative number when that many of these octets did not fit
   * (or the connection is not open any more) and were not sent. 2^53-1 also stands for more than that. For flow, see `isWritable` and `onDrain`.
   */
  sendMessageFrameData(payload: Octets): number {
    return this.#connection().sender.frameData(checkedOctets(payload, onlyOctets))
  }

  // ---- sending: everything else

  /** Sends a ping of at most 125 octets; the peer answers with `onPong` and the same payload (RFC 6455 §5.5.2). */
  sendPing(payload: Octets = noOctets): boolean {
    return this.#connection().sender.ping(checkedOctets(payload, onlyOctets))
  }

  /** Sends a pong of at most 125 octets. Above the high-water mark, only the latest one waits to be sent. */
  sendPong(payload: Octets = noOctets): boolean {
    return this.#connection().sender.pong(checkedOctets(payload, onlyOctets))
  }

  /**
   * Sends a frame with an opcode that an extension has claimed; any other opcode or reserved bit is misuse. `isFinal`: whether it has FIN, as it
   * has unless told otherwise; `final` says the same.
   */
  sendFrame(opcode: number, payload: Octets = noOctets, options: FrameOptions & { readonly isFinal?: boolean } = {}): boolean {
    checkOptions<typeof options>(options, controlChecks, 'sendFrame')
    const { final = true, isFinal = final, reserved = 0 } = options
    return this.#connection().sender.frame(opcode, checkedOctets(payload, onlyOctets), isFinal, reserved)
  }

  /** Sends a frame that was made once for many connections, with an opcode that an extension has claimed; any other opcode or bit is misuse. */
  sendPreparedFrame(frame: PreparedFrame): boolean {
    if (!PreparedFrame.is(frame)) throw new ApiMisuse(`sendPreparedFrame takes a PreparedFrame, and not ${shownValue(frame)}`)
    return this.#connection().sender.preparedFrame(frame)
  }

  /**
   * Begins the closing handshake. `false`: it has begun already, and this call is ignored.
   *
   * `code` may be 1000-1003, 1007-1014 or 3000-4999; `reason` at most 123 octets of UTF-8.
   */
  sendClose(code?: number, reason?: string): boolean {
    return this.#connection().sendClose(code, reason ?? '')
  }

  /**
   * Fails the connection: close frame, no more hooks but `onClose`, then what the peer still sends is discarded for a short while.
   * `cause` is for this side's `closeInfo` alone.
   */
  failConnection(code: number, reason: string, cause?: Error): void {
    this.#connection().failConnection(code, reason, cause)
  }

  /** Drops the transport without a closing handshake; with `abort` also what is unsent. */
  dropConnection(options?: { readonly abort?: boolean }): void {
    if (options !== undefined) checkOptions<typeof options>(options, dropChecks, 'dropConnection')
    this.#connection().dropConnection(options?.abort === true)
  }

  // ---- flow

  /**
   * Calls no more hooks for what is received; 64 KiB are read ahead, then the peer is stopped through TCP. `onClose` and `onDrain` still come,
   * and pings are answered unless `onPing` is overridden.
   *
   * A peer that closes meanwhile waits up to 2.5 s for the application to take the messages before its close frame.
   */
  pauseReceiving(): void {
    this.#connection().pauseReceiving()
  }

  resumeReceiving(): void {
    this.#connection().resumeReceiving()
  }

  /** Octets that were taken and not yet handed to the system. */
  get bufferedAmount(): number {
    return this.#connection().bufferedAmount
  }

  /** Whether the connection is open and below the high-water mark. */
  get isWritable(): boolean {
    return this.#connection().sender.isWritable
  }

  // ---- what it knows

  get factory(): WebSocketFactory {
    return this.#connected().factory
  }

  /** Addresses of both ends, and what TLS agreed on. */
  get transport(): TransportDetails {
    return this.#connected().transport
  }

  /** The subprotocol agreed on; empty for none. */
  get subprotocol(): string {
    return this.#connection().agreement.subprotocol
  }

  get extensions(): readonly NegotiatedExtension[] {
    return this.#connection().agreement.extensions
  }

  get trafficStats(): TrafficStats {
    return this.#connection().stats
  }

  /** When things happened; only with the option `trackTimings`. */
  get timings(): Timings | undefined {
    return this.#connection().timings
  }

  /** Milliseconds that the last automatic ping took; `undefined` before the first. */
  get roundTripTime(): number | undefined {
    return this.#connection().roundTripTime
  }

  /** A method, as all of these: a private getter costs a call into the engine each time (Node 20), which shows per message. */
  #connected(): ProtocolParts {
    if (this.#parts === undefined) throw new ApiMisuse('the protocol is not connected; connectWS, listenWS and factories do that')
    return this.#parts
  }

  #connection(): WebSocketConnection {
    return this.#connected().connection
  }

  #collecting(): MessageCollector {
    this.#collector ??= new MessageCollector()
    return this.#collector
  }
}

/** The server's end of a connection. */
export abstract class WebSocketServerProtocol extends WebSocketProtocol {
  override get factory(): WebSocketServerFactory {
    return super.factory as WebSocketServerFactory
  }

  /** What `onConnect` returned as `data`. */
  data: unknown

  /** The client's request; there from `onConnect` on. */
  request: ConnectionRequest | undefined

  /**
   * A client wants to connect. Accept with nothing, a subprotocol, or `{ protocol, headers, data }`; refuse by throwing an `HttpException`.
   *
   * An `HttpException` that is returned refuses too. Any other value, a subprotocol that the client did not offer included, is answered 500,
   * and so is any other exception; the client is not told more, and `factory.onError` is given the error.
   *
   * May take its time (within `openHandshakeTimeout`). The default chooses the first of the client's subprotocols that the factory has in its `protocols`.
   */
  onConnect(request: ConnectionRequest): Awaitable<ConnectionAccept> {
    return request.protocols.find(protocol => this.factory.protocols.includes(protocol))
  }
}

/** The client's end of a connection. */
export abstract class WebSocketClientProtocol extends WebSocketProtocol {
  override get factory(): WebSocketClientFactory {
    return super.factory as WebSocketClientFactory
  }

  /** The server's response; there from `onConnect` on. */
  response: ConnectionResponse | undefined

  /**
   * Called before the request is sent. The returned object replaces parts of the request, for this connection only.
   *
   * Throwing gives the connection up, and so does returning anything but nothing or such parts: see `onConnect`.
   */
  onConnecting(_transport: TransportDetails): Awaitable<Partial<ConnectingRequest> | void> {}

  /**
   * The server has accepted. Throwing gives the connection up before `onOpen`: a `HandshakeFailed` is what `opened` rejects with; anything else
   * becomes its cause, and goes to `factory.onError`. A `HandshakeFailed` that is returned does the same; `false` and other errors that are
   * returned are misuse and give the connection up too.
   */
  onConnect(_response: ConnectionResponse): Awaitable<void> {}
}

const onlyOctets = 'a Uint8Array'
const dropChecks = { abort: trueOrFalse }
const controlChecks = { ...frameChecks, isFinal: trueOrFalse }
