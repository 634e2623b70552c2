import type { Awaitable } from '../bytes/awaitable.ts'
import { noOctets, type Octets } from '../bytes/octets.ts'
import type { PayloadSharing } from '../bytes/payload-memory.ts'
import type { ConnectingRequest, ConnectionAccept, ConnectionRequest, ConnectionResponse } from '../handshake/connection-request.ts'
import { IncomingRequest } from '../handshake/incoming-request.ts'
import { acceptedRequest } from '../handshake/request.ts'
import { checkOptions } from '../protocol/checks/check-options.ts'
import { trueOrFalse } from '../protocol/checks/option-values.ts'
import type { WebSocketConnection } from '../protocol/connection/connection.ts'
import type { NegotiatedExtension } from '../protocol/extending/extension.ts'
import { PreparedFrame } from '../protocol/extending/prepared-frame.ts'
import { ApiMisuse } from '../protocol/faults/errors.ts'
import { shownValue } from '../protocol/faults/shown-value.ts'
import type { FrameHeader } from '../protocol/frames/frame-header.ts'
import type { FrameOptions, SendOptions } from '../protocol/frames/send-options.ts'
import type { HookRunner } from '../protocol/hooks/hook-runner.ts'
import type { Hooks } from '../protocol/hooks/hooks.ts'
import type { CloseInfo } from '../protocol/life/close-info.ts'
import { State } from '../protocol/life/state.ts'
import type { Timings } from '../protocol/life/timings.ts'
import type { TrafficStats } from '../protocol/life/traffic-stats.ts'
import type { TransportDetails } from '../protocol/life/transport-details.ts'
import type { Delivery } from '../protocol/receiving/delivery.ts'
import { MessageCollector } from '../protocol/receiving/message-collector.ts'
import { PreparedMessage } from '../protocol/sending/prepared-message.ts'
import type { WebSocketClientFactory } from './client-factory.ts'
import type { WebSocketFactory } from './factory.ts'
import { checkedIsBinary, checkedOctets } from './payload.ts'
import { attach, collector, isConnected, keepRequest, ownDelivery, type ProtocolParts, parts } from './protocol-parts.ts'
import { frameChecks, frameOptions, sendOptions } from './send-checks.ts'
import type { WebSocketServerFactory } from './server-factory.ts'

/**
 * The WebSocket protocol: the class that applications derive from, as `WebSocketServerProtocol` or `WebSocketClientProtocol`.
 *
 * Hooks (`on…`) are called by the connection. A hook may return a promise; later hooks wait until it settles, so that handlers stay in
 * order. Meanwhile the connection reads 64 KiB ahead and then stops its peer, so that memory stays bounded. When the peer closes, the
 * messages before its close frame are still delivered, as long as a hook is called every 2.5 s; after that its close frame is answered, and
 * messages whose hooks still wait are lost. A hook that throws, or whose promise rejects, closes its connection with 1011, and the error
 * goes to `factory.onError`.
 *
 * Send methods return `true` for "go on" and `false` for "stop". Above the high-water mark the message was taken, and `onDrain` follows. On
 * a connection that is closing or closed it was not sent, and is counted in `trafficStats`: sending never throws because the peer has just
 * disconnected. Before the connection is open, and where the order of calls is wrong, send methods throw `ApiMisuse`.
 *
 * Octets to send are never changed. Below 8 KiB they are copied at once; larger payloads go out by reference and must stay untouched until
 * `bufferedAmount` is 0.
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
  [ownDelivery]?(runner: HookRunner, sharing: PayloadSharing, unused: Delivery | undefined): Delivery

  /** @internal */
  get [collector](): MessageCollector {
    return this.#collecting()
  }

  // ---- life

  /** Called when the opening handshake has succeeded. */
  onOpen(): Awaitable<void> {}

  /**
   * Called when the connection is gone: once for every protocol, also after a failed handshake, and without waiting for other hooks.
   *
   * `code` is the peer's close code; 1005 if its close frame had none; 1006 if the connection did not close cleanly, and then `reason` says
   * what happened.
   */
  onClose(_wasClean: boolean, _code: number, _reason: string): Awaitable<void> {}

  /** The end of the connection; `undefined` until it is gone. */
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
   * Called with a whole message. The payload belongs to the application. A text message comes as its UTF-8 octets, which are valid. With
   * TypeScript, declare the parameter as `ReceivedOctets` to pass it to the platform's APIs (`Blob`, `crypto.subtle`); every hook gets that
   * type.
   *
   * Payloads of 65 to 2,048 octets may share an `ArrayBuffer` with other payloads of the same connection, never with those of another one.
   * So `postMessage(payload, [payload.buffer])`, which moves a payload to another thread, also moves payloads that this connection has
   * received before; an application that still needs those sets the option `ownPayloadMemory`. Later payloads are not affected: after the
   * first transfer each payload of the factory has an `ArrayBuffer` of its own.
   */
  onMessage(_payload: Octets, _isBinary: boolean): Awaitable<void> {}

  /**
   * Called with a whole text message as a string, in place of `onMessage`, where the protocol has this method when the first octets after
   * the opening handshake are read. There is no default. It is the faster way to strings, which are decoded from the buffer that they were
   * read into.
   *
   * Where `utf8validateIncoming` is off, invalid UTF-8 becomes U+FFFD.
   */
  onTextMessage?(text: string): Awaitable<void>

  // ---- receiving: frames

  /** Called when the first frame of a message begins. */
  onMessageBegin(_isBinary: boolean): Awaitable<void> {}

  /** Called with a whole frame of a message; the payload belongs to the application. The default collects it for `onMessage`. */
  onMessageFrame(payload: Octets, _reserved: number): Awaitable<void> {
    this.#collecting().addFrame(payload)
  }

  /**
   * Called when the message is complete. The default calls `onMessage` or `onTextMessage`, unless an override of `onMessageFrame` has kept
   * frames for itself.
   */
  onMessageEnd(): Awaitable<void> {
    const collector = this.#collecting()
    if (!collector.hasWholeMessage || this.#connection().areHooksOver) return
    const message = collector.takeMessage()
    if (collector.isBinary || this.onTextMessage === undefined) return this.onMessage(message, collector.isBinary)
    return this.onTextMessage(this.#connection().shared.runtime.text.decode(message))
  }

  // ---- receiving: streaming

  /**
   * Called when a frame of a message begins. `length` is the number of octets on the wire; `reserved` has RSV1, RSV2 and RSV3 as 4, 2 and
   * 1.
   *
   * `length` is a number up to 2^53-1. A longer frame is possible only where `maxFramePayloadSize` and `maxMessagePayloadSize` are both 0,
   * and its length is a `bigint`. A class that does not set both may declare its parameter as `number`.
   */
  onMessageFrameBegin(_length: number | bigint, _reserved: number): Awaitable<void> {}

  /**
   * Called with octets of the frame as they arrive: unmasked, transformed by extensions, and in text messages valid UTF-8 so far.
   *
   * They are lent until the hook returns; when it returns a promise, they belong to the application. They may share an `ArrayBuffer`, as
   * described at `onMessage`. The default collects them for `onMessageFrame`. An empty frame calls this once with no octets.
   */
  onMessageFrameData(payload: Octets): Awaitable<void> {
    this.#collecting().addData(payload)
  }

  /**
   * Called when the frame is complete. The default calls `onMessageFrame`, unless an override of `onMessageFrameData` has kept octets for
   * itself.
   */
  onMessageFrameEnd(): Awaitable<void> {
    const collector = this.#collecting()
    if (collector.hasWholeFrame && !this.#connection().areHooksOver) return this.onMessageFrame(collector.takeFrame(), collector.reserved)
  }

  // ---- receiving: everything else

  /**
   * Called with a ping. The default answers with the same payload; above the high-water mark only the latest ping is answered (RFC 6455
   * §5.5.3).
   *
   * The default answers at once, even while other hooks wait. An override waits its turn behind those hooks, and so does the pong that it
   * sends: a peer with a ping timeout shorter than the slowest hook closes the connection.
   */
  onPing(payload: Octets): Awaitable<void> {
    this.sendPong(payload)
  }

  /** Called with a pong: an answer to a ping, also to an automatic one, or unsolicited. */
  onPong(_payload: Octets): Awaitable<void> {}

  /** Called with the answer to an automatic ping, and its round-trip time in milliseconds. */
  onAutoPong(_roundTripTime: number, _payload: Octets): Awaitable<void> {}

  /** Called with the peer's close frame, before it is answered. `code` is `undefined` if it had none; the reason is valid UTF-8. */
  onCloseFrame(_code: number | undefined, _reason: Octets): Awaitable<void> {}

  /** Called with a whole frame whose opcode an extension has claimed. */
  onFrame(_frame: FrameHeader, _payload: Octets): Awaitable<void> {}

  /** Called when everything has been sent after a send method returned `false` on an open connection. Does not wait for other hooks. */
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
    const kind = checkedIsBinary(isBinary, typeof payload !== 'string')
    return this.#connection().outbox.sendMessage(checked, kind, sendOptions(options, 'sendMessage')) === 'sent'
  }

  /** Sends a message made by `factory.prepareMessage`. Clients mask it anew each time. */
  sendPreparedMessage(message: PreparedMessage): boolean {
    if (!PreparedMessage.is(message))
      throw new ApiMisuse(`sendPreparedMessage takes a message made by factory.prepareMessage, not ${shownValue(message)}`)
    return this.#connection().outbox.sendPreparedMessage(message) === 'sent'
  }

  // ---- sending: frames

  /** Begins a message that is sent frame by frame or streamed. No other message may be sent until it is ended. */
  beginMessage(isBinary: boolean, options?: SendOptions): boolean {
    const checked = sendOptions(options, 'beginMessage')
    const kind = checkedIsBinary(isBinary, false)
    return this.#connection().outbox.beginMessage(kind, checked) === 'sent'
  }

  /** Sends a frame of the message begun. `{ final: true }` ends the message with it. */
  sendMessageFrame(payload: Octets, options?: FrameOptions): boolean {
    const octets = checkedOctets(payload, onlyOctets)
    const checked = frameOptions(options, 'sendMessageFrame')
    return this.#connection().outbox.sendMessageFrame(octets, checked) === 'sent'
  }

  /** Ends the message with an empty frame. After a frame with `{ final: true }` there is nothing left to end. */
  endMessage(): boolean {
    return this.#connection().outbox.endMessage() === 'sent'
  }

  // ---- sending: streaming

  /**
   * Begins a frame of `length` octets, which ends by itself with the last of them. With an extension, the frames on the wire may differ.
   *
   * `length` is a whole number from 0 to 2^53-1, or a `bigint` up to 2^63-1 (RFC 6455 §5.2).
   */
  beginMessageFrame(length: number | bigint, options?: FrameOptions): boolean {
    const checked = frameOptions(options, 'beginMessageFrame')
    return this.#connection().outbox.beginMessageFrame(length, checked) === 'sent'
  }

  /**
   * Sends octets of the frame that was begun.
   *
   * Returns the number of octets that the frame still lacks: 0 when it is complete, and 2^53-1 also for more than that. A negative number
   * is the count of octets that did not fit, or that were not sent because the connection is no longer open. For flow control see
   * `isWritable` and `onDrain`.
   */
  sendMessageFrameData(payload: Octets): number {
    return this.#connection().outbox.sendMessageFrameData(checkedOctets(payload, onlyOctets))
  }

  // ---- sending: everything else

  /** Sends a ping of at most 125 octets; the peer answers with `onPong` and the same payload (RFC 6455 §5.5.2). */
  sendPing(payload: Octets = noOctets): boolean {
    return this.#connection().outbox.sendPing(checkedOctets(payload, onlyOctets)) === 'sent'
  }

  /** Sends a pong of at most 125 octets. Above the high-water mark, only the latest one waits to be sent. */
  sendPong(payload: Octets = noOctets): boolean {
    return this.#connection().outbox.sendPong(checkedOctets(payload, onlyOctets)) === 'sent'
  }

  /**
   * Sends a frame whose opcode an extension has claimed; any other opcode or reserved bit is misuse. `isFinal` tells whether the frame has
   * FIN, which is the default; `final` is another name for it.
   */
  sendFrame(opcode: number, payload: Octets = noOctets, options: FrameOptions & { readonly isFinal?: boolean } = {}): boolean {
    checkOptions<typeof options>(options, controlChecks, 'sendFrame')
    const { final = true, isFinal = final, reserved = 0 } = options
    return this.#connection().outbox.sendFrame(opcode, checkedOctets(payload, onlyOctets), isFinal, reserved) === 'sent'
  }

  /**
   * Sends a frame that was made once for many connections. Its opcode and reserved bits must be claimed by an extension; others are misuse.
   */
  sendPreparedFrame(frame: PreparedFrame): boolean {
    if (!PreparedFrame.is(frame)) throw new ApiMisuse(`sendPreparedFrame takes a PreparedFrame, not ${shownValue(frame)}`)
    return this.#connection().outbox.sendPreparedFrame(frame) === 'sent'
  }

  /**
   * Begins the closing handshake. Returns `false` where it has begun already; the call is ignored then.
   *
   * `code` may be 1000-1003, 1007-1014 or 3000-4999; `reason` at most 123 octets of UTF-8.
   */
  sendClose(code?: number, reason?: string): boolean {
    return this.#connection().sendClose(code, reason ?? '')
  }

  /**
   * Fails the connection: sends a close frame, calls no more hooks but `onClose`, and for a short while discards what the peer still sends.
   * `cause` appears only in the `closeInfo` of this side.
   */
  failConnection(code: number, reason: string, cause?: Error): void {
    this.#connection().failConnection(code, reason, cause)
  }

  /** Drops the transport without a closing handshake; with `abort`, unsent octets are discarded too. */
  dropConnection(options?: { readonly abort?: boolean }): void {
    if (options !== undefined) checkOptions<typeof options>(options, dropChecks, 'dropConnection')
    this.#connection().dropConnection(options?.abort === true)
  }

  // ---- flow

  /**
   * Stops calling hooks for received data; 64 KiB are read ahead, then the peer is stopped through TCP. `onClose` and `onDrain` are still
   * called, and pings are answered unless `onPing` is overridden.
   *
   * A peer that closes meanwhile waits up to 2.5 s for the application to take the messages before its close frame.
   *
   * With `{ readAhead: false }` at most what has arrived in one read waits, as octets and not as messages. No ping behind it is answered, and the
   * end of the peer is not noticed: that is for pauses that are short and end by themselves, of peers that send too much. A second call changes
   * whether something is read ahead.
   */
  pauseReceiving(options?: { readonly readAhead?: boolean }): void {
    if (options !== undefined) checkOptions<typeof options>(options, pauseChecks, 'pauseReceiving')
    this.#connection().pauseReceiving(options?.readAhead !== false)
  }

  resumeReceiving(): void {
    this.#connection().resumeReceiving()
  }

  /** The number of octets that send methods have taken and that were not yet handed to the system. */
  get bufferedAmount(): number {
    return this.#connection().bufferedAmount
  }

  /** Whether the connection is open and below the high-water mark. */
  get isWritable(): boolean {
    return this.#connection().outbox.isWritable
  }

  // ---- what it knows

  get factory(): WebSocketFactory {
    return this.#connected().factory
  }

  /** The addresses of both ends, and what TLS agreed on. */
  get transport(): TransportDetails {
    return this.#connected().transport
  }

  /** The negotiated subprotocol; empty for none. */
  get subprotocol(): string {
    return this.#connection().agreement.subprotocol
  }

  get extensions(): readonly NegotiatedExtension[] {
    return this.#connection().agreement.extensions
  }

  get trafficStats(): TrafficStats {
    return this.#connection().stats
  }

  /** Times of events in the life of the connection; `undefined` without the option `trackTimings`. */
  get timings(): Timings | undefined {
    return this.#connection().timings
  }

  /** The round-trip time of the latest automatic ping in milliseconds; `undefined` before the first. */
  get roundTripTime(): number | undefined {
    return this.#connection().roundTripTime
  }

  /**
   * Returns the parts, or throws `ApiMisuse`. This and the following are methods because on Node 20 a private getter costs a call into the
   * engine, which shows per message.
   */
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

/** The server's end of a connection. `Data` is the type of `data`. */
export abstract class WebSocketServerProtocol<Data = unknown> extends WebSocketProtocol {
  override get factory(): WebSocketServerFactory {
    return super.factory as WebSocketServerFactory
  }

  /**
   * The value that `onConnect` returned as `data`, or else the one that was passed to `handleUpgrade`. `undefined` before, whatever its type:
   * with a `Data` that excludes `undefined`, `onConnect` must return one.
   */
  data!: Data

  /** The request, or the text of its head: most applications do not look at it again once the connection is open (decision 71). */
  #request: ConnectionRequest | string | undefined

  /**
   * The client's request; set before `onConnect` is called.
   *
   * An open connection keeps the text alone, and parses it when the request is asked for: an object that was kept from `onConnect` is equal to this
   * one, and not the same.
   */
  get request(): ConnectionRequest | undefined {
    if (typeof this.#request === 'string') this.#request = acceptedRequest(this.#request, this.transport)
    // an open connection keeps its request without what it can add again
    if (this.#request instanceof IncomingRequest) this.#request.join(this[parts].connection, this.factory.isSecure || undefined)
    return this.#request
  }

  set request(request: ConnectionRequest | undefined) {
    this.#request = request
  }

  /** @internal */
  [keepRequest](kept: IncomingRequest | string): void {
    this.#request = kept
  }

  /**
   * Called when a client wants to connect. Accept by returning nothing, a subprotocol, or `{ protocol, headers, data }`; refuse by throwing
   * an `HttpException`.
   *
   * Returning an `HttpException` refuses too. Any other value, including a subprotocol that the client did not offer, and any other
   * exception is answered with status 500; the details go to `factory.onError` only.
   *
   * May return a promise; `openHandshakeTimeout` applies. The default chooses the first of the client's subprotocols that is in the
   * factory's `protocols`.
   */
  onConnect(request: ConnectionRequest): Awaitable<ConnectionAccept<Data>> {
    return request.protocols.find(protocol => this.factory.protocols.includes(protocol))
  }
}

/** The client's end of a connection. */
export abstract class WebSocketClientProtocol extends WebSocketProtocol {
  override get factory(): WebSocketClientFactory {
    return super.factory as WebSocketClientFactory
  }

  /** The server's response; set before `onConnect` is called. */
  response: ConnectionResponse | undefined

  /**
   * Called before the request is sent. A returned object replaces parts of the request, for this connection only.
   *
   * Throwing gives the connection up, and so does returning anything but nothing or such parts; see `onConnect`.
   */
  onConnecting(_transport: TransportDetails): Awaitable<Partial<ConnectingRequest> | void> {}

  /**
   * Called when the server has accepted. Throwing gives the connection up before `onOpen`, and `opened` rejects: with the thrown error if
   * it is a `HandshakeFailed`, else with a `HandshakeFailed` that has it for its cause, and the error also goes to `factory.onError`.
   * Returning a `HandshakeFailed` has the same effect as throwing it; returning `false` or any other error is misuse and gives the
   * connection up too.
   */
  onConnect(_response: ConnectionResponse): Awaitable<void> {}
}

const onlyOctets = 'a Uint8Array'
const dropChecks = { abort: trueOrFalse }
const pauseChecks = { readAhead: trueOrFalse }
const controlChecks = { ...frameChecks, isFinal: trueOrFalse }
