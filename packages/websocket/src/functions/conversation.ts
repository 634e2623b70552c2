import { GatheredOctets } from '../bytes/gathered-octets.ts'
import { copyOf, type Octets } from '../bytes/octets.ts'
import type { WebSocketProtocol } from '../classes/protocol.ts'
import { CloseCode } from '../protocol/close-code.ts'
import type { CloseInfo } from '../protocol/close-info.ts'
import { ApiMisuse, ConnectionClosed } from '../protocol/errors.ts'
import type { Connection, Message, MessageStream } from './connection.ts'
import { Inbox, IncomingStream } from './inbox.ts'

/** Bounds for messages that are collected whole; streams have none of their own. 0 is no limit. */
export interface CollectLimits {
  readonly maxMessagePayloadSize: number
  readonly maxMessageFrames: number
}

/**
 * The function style over one protocol: hooks on one side, promises and iterators on the other.
 *
 * Whether a message is collected or streamed is decided when it begins, by what was asked for last.
 */
export class Conversation implements Connection {
  readonly protocol: WebSocketProtocol
  readonly #limits: CollectLimits
  readonly #messages: Inbox<Message> = new Inbox(() => this.#relax())
  readonly #streams: Inbox<IncomingStream> = new Inbox(() => this.#streamTaken?.())
  readonly #pings = new Map<string, { readonly sentAt: number; resolve(roundTripTime: number): void; reject(error: Error): void }>()
  #mode: 'messages' | 'streams' | 'ignore' = 'messages'
  #stream: IncomingStream | undefined
  #streamTaken: (() => void) | undefined
  #isBinary = false
  readonly #gathered = new GatheredOctets()
  #missing = 0
  #frameCount = 0
  #wireLength = 0
  #isPaused = false
  #writable: Promise<void> | undefined
  #drained: (() => void) | undefined
  #sending: Promise<void> | undefined
  #end: ConnectionClosed | undefined

  constructor(protocol: WebSocketProtocol, limits: CollectLimits) {
    this.protocol = protocol
    this.#limits = limits
  }

  get closed(): Promise<CloseInfo> {
    return this.protocol.closed
  }

  /** Why nothing more comes; `undefined` while the connection lives. */
  get end(): ConnectionClosed | undefined {
    return this.#end
  }

  // ---- for the application

  send(message: Message | AsyncIterable<Octets> | Iterable<Octets>): Promise<void> {
    const isWhole = typeof message === 'string' || message instanceof Uint8Array
    const before = this.#sending
    if (isWhole && before === undefined) return this.#sendWhole(message)
    const sent = (before ?? Promise.resolve()).then(() => (isWhole ? this.#sendWhole(message) : this.#sendPieces(message)))
    const settled = sent.then(
      () => undefined,
      () => undefined,
    )
    this.#sending = settled
    void settled.then(() => {
      if (this.#sending === settled) this.#sending = undefined
    })
    return sent
  }

  async receive(): Promise<Message> {
    this.#mode = 'messages'
    const message = await this.#messages.take()
    if (message === undefined) throw this.#end ?? new ConnectionClosed(CloseCode.Abnormal, 'the connection is closed')
    return message
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Message, void, void> {
    this.#mode = 'messages'
    for (let message = await this.#messages.take(); message !== undefined; message = await this.#messages.take()) yield message
  }

  streams(): AsyncIterable<MessageStream> {
    this.#mode = 'streams'
    return this.#iterateStreams()
  }

  ignoreMessages(): void {
    this.#mode = 'ignore'
    this.#messages.clear()
    this.#stream?.abandon()
    this.#streamTaken?.()
    this.#relax()
  }

  ping(): Promise<number> {
    const payload = crypto.randomUUID()
    return new Promise((resolve, reject) => {
      if (this.#end !== undefined || !this.protocol.isOpen) return reject(this.#gone())
      this.#pings.set(payload, { sentAt: performance.now(), resolve, reject })
      this.protocol.sendPing(encoder.encode(payload))
    })
  }

  close(code: number = CloseCode.Normal, reason = ''): Promise<CloseInfo> {
    this.protocol.sendClose(code, reason)
    this.ignoreMessages()
    return this.protocol.closed
  }

  // ---- for the protocol's hooks

  messageBegan(isBinary: boolean): Promise<void> | void {
    this.#isBinary = isBinary
    this.#wireLength = this.#frameCount = 0
    this.#gathered.take()
    if (this.#mode !== 'streams') return
    this.#stream = new IncomingStream(isBinary)
    this.#streams.put(this.#stream)
    if (this.#streams.length === 0) return
    return new Promise(resolve => {
      this.#streamTaken = resolve
    })
  }

  frameBegan(length: number): void {
    if (this.#stream !== undefined) return
    const { maxMessagePayloadSize, maxMessageFrames } = this.#limits
    this.#missing = length
    this.#wireLength += length
    this.#checkCollected(this.#wireLength, maxMessagePayloadSize, 'octets')
    this.#checkCollected(++this.#frameCount, maxMessageFrames, 'frames')
  }

  /** What an extension made of the frame may be longer than the frame. Octets are lent, so a stream is given a copy. */
  dataCame(octets: Octets): Promise<void> | void {
    if (octets.length === 0) return
    if (this.#stream !== undefined) return this.#stream.push(copyOf(octets, 0, octets.length))
    this.#checkCollected(this.#gathered.length + octets.length, this.#limits.maxMessagePayloadSize, 'octets')
    if (this.#mode === 'ignore') return
    this.#missing = Math.max(0, this.#missing - octets.length)
    this.#gathered.append(octets, 0, octets.length, this.#missing)
  }

  messageEnded(): void {
    if (this.#stream !== undefined) {
      this.#stream.end()
      this.#stream = undefined
      return
    }
    const payload = this.#gathered.take()
    if (this.#mode === 'ignore') return
    if (this.#mode === 'streams') return this.#putAsStream(payload)
    this.#messages.put(this.#isBinary ? payload : decoder.decode(payload))
    if (this.#messages.length < mostWaiting || this.#isPaused) return
    this.#isPaused = true
    this.protocol.pauseReceiving()
  }

  pongCame(payload: Octets): void {
    const key = decoder.decode(payload)
    const ping = this.#pings.get(key)
    this.#pings.delete(key)
    ping?.resolve(performance.now() - ping.sentAt)
  }

  drained(): void {
    this.#drained?.()
    this.#writable = this.#drained = undefined
  }

  connectionClosed(info: CloseInfo): void {
    this.#end = new ConnectionClosed(info.code, `connection closed with ${info.code}${info.reason === '' ? '' : `: ${info.reason}`}`, {
      cause: info.cause,
    })
    const lost = info.wasClean ? undefined : this.#end
    this.#messages.end(lost)
    this.#streams.end(lost)
    this.#stream?.end(this.#end)
    for (const { reject } of this.#pings.values()) reject(this.#end)
    this.#pings.clear()
    this.drained()
  }

  // ---- within

  async *#iterateStreams(): AsyncGenerator<MessageStream, void, void> {
    for (;;) {
      const stream = await this.#streams.take()
      this.#streamTaken = undefined
      if (stream === undefined) return
      try {
        yield stream
      } finally {
        stream.abandon()
      }
    }
  }

  /** A message whose beginning came before it was asked for as a stream. */
  #putAsStream(payload: Octets): void {
    const stream = new IncomingStream(this.#isBinary)
    if (payload.length > 0) void stream.push(payload)
    stream.end()
    this.#streams.put(stream)
  }

  #checkCollected(count: number, limit: number, of: string): void {
    if (limit === 0 || count <= limit) return
    this.protocol.failConnection(CloseCode.MessageTooBig, `message of ${count} ${of} is above the limit of ${limit}`)
  }

  /** There is room again. */
  #relax(): void {
    if (!this.#isPaused || this.#messages.length >= mostWaiting) return
    this.#isPaused = false
    this.protocol.resumeReceiving()
  }

  async #sendWhole(message: Message): Promise<void> {
    if (!this.protocol.isOpen) throw this.#gone()
    if (!this.protocol.sendMessage(message)) await this.#room()
  }

  /** Each piece is sent as soon as it is there, so the end needs an empty frame: nobody knows which piece is the last. */
  async #sendPieces(pieces: AsyncIterable<Octets> | Iterable<Octets>): Promise<void> {
    if (!this.protocol.isOpen) throw this.#gone()
    this.protocol.beginMessage(true)
    try {
      for await (const piece of pieces) {
        if (!this.protocol.sendMessageFrame(piece)) await this.#room()
      }
      if (!this.protocol.endMessage()) await this.#room()
    } catch (error) {
      if (this.#end === undefined && this.protocol.isOpen)
        this.protocol.failConnection(CloseCode.InternalError, 'a message could not be completed')
      throw error
    }
  }

  /** Until what was sent has gone out. */
  async #room(): Promise<void> {
    if (!this.protocol.isOpen) throw this.#gone()
    this.#writable ??= new Promise(resolve => {
      this.#drained = resolve
    })
    await this.#writable
    if (this.#end !== undefined) throw this.#end
  }

  #gone(): Error {
    if (this.#end !== undefined) return this.#end
    return this.protocol.state === 0
      ? new ApiMisuse('the connection is not open yet')
      : new ConnectionClosed(CloseCode.Abnormal, 'the connection is closing')
  }
}

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** Messages that wait for a slow handler before its peer is stopped. */
const mostWaiting = 16
