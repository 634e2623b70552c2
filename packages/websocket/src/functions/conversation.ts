import { GatheredOctets } from '../bytes/gathered-octets.ts'
import type { Octets } from '../bytes/octets.ts'
import { takesMessage, type WebSocketProtocol } from '../classes/protocol.ts'
import { CloseCode } from '../protocol/close-code.ts'
import type { CloseInfo } from '../protocol/close-info.ts'
import { ConnectionClosed } from '../protocol/errors.ts'
import type { Connection, Message, MessageStream } from './connection.ts'
import { Inbox, IncomingStream } from './inbox.ts'
import { SendQueue } from './send-queue.ts'

/** Bounds for messages that are collected whole; streams have none of their own. 0 is no limit. */
export interface CollectLimits {
  readonly maxMessagePayloadSize: number
  readonly maxMessageFrames: number
}

/**
 * The function style over one protocol: hooks on one side, promises and iterators on the other.
 *
 * Whether a message is collected, streamed or ignored is decided when it begins, by what was asked for last.
 */
export class Conversation implements Connection {
  readonly protocol: WebSocketProtocol
  readonly #limits: CollectLimits
  readonly #sending: SendQueue
  readonly #messages: Inbox<Message> = new Inbox(
    () => this.#relax(),
    message => message.length,
  )
  readonly #streams: Inbox<IncomingStream> = new Inbox(() => this.#goOn())
  readonly #pings = new Map<string, { readonly sentAt: number; resolve(roundTripTime: number): void; reject(error: Error): void }>()
  #mode: 'messages' | 'streams' | 'ignore' = 'messages'
  /** The message that is arriving, where it is streamed. */
  #stream: IncomingStream | undefined
  /** Lets the octets of a stream come, once somebody has taken it. */
  #streamTaken: (() => void) | undefined
  #isIgnored = false
  #isBinary = false
  readonly #gathered = new GatheredOctets()
  #missing = 0
  #frameCount = 0
  #wireLength = 0
  #isPaused = false
  #takesAll = false
  #end: ConnectionClosed | undefined

  constructor(protocol: WebSocketProtocol, limits: CollectLimits) {
    this.protocol = protocol
    this.#limits = limits
    this.#sending = new SendQueue(protocol)
  }

  get closed(): Promise<CloseInfo> {
    return this.protocol.closed
  }

  get isWritable(): boolean {
    return takesMessage(this.protocol) && !this.#sending.isBusy
  }

  // ---- for the application

  send(message: Message | AsyncIterable<Octets> | Iterable<Octets>): Promise<void> {
    return calm(this.#sending.send(message))
  }

  receive(): Promise<Message> {
    return calm(this.#receive())
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Message, void, void> {
    for (;;) {
      this.#collectMessages()
      const message = await this.#messages.take()
      if (message === undefined) return
      yield message
    }
  }

  streams(): AsyncIterable<MessageStream> {
    this.#mode = 'streams'
    return this.#iterateStreams()
  }

  ignoreMessages(): void {
    this.#mode = 'ignore'
    this.#isIgnored = true
    this.#gathered.take()
    this.#messages.clear()
    this.#streams.clear()
    this.#stream?.abandon()
    this.#goOn()
    this.#relax()
  }

  ping(): Promise<number> {
    const payload = crypto.randomUUID()
    return calm(
      new Promise((resolve, reject) => {
        if (!this.protocol.isOpen) return reject(this.#end ?? new ConnectionClosed(CloseCode.Abnormal, 'the connection is closing'))
        this.#pings.set(payload, { sentAt: performance.now(), resolve, reject })
        this.protocol.sendPing(encoder.encode(payload))
      }),
    )
  }

  close(code: number = CloseCode.Normal, reason = ''): Promise<CloseInfo> {
    this.protocol.sendClose(code, reason)
    this.ignoreMessages()
    return this.protocol.closed
  }

  // ---- for the protocol's hooks

  messageBegan(isBinary: boolean): Promise<void> | void {
    this.#isBinary = isBinary
    this.#isIgnored = this.#mode === 'ignore'
    this.#wireLength = this.#frameCount = 0
    this.#gathered.take()
    if (this.#mode !== 'streams') return
    this.#stream = new IncomingStream(isBinary)
    this.#streams.put(this.#stream)
    if (this.#streams.length === 0 || this.#takesAll) return
    return new Promise(resolve => {
      this.#streamTaken = resolve
    })
  }

  frameBegan(length: number): void {
    if (this.#stream !== undefined || this.#isIgnored) return
    const { maxMessagePayloadSize, maxMessageFrames } = this.#limits
    this.#missing = length
    this.#wireLength += length
    this.#checkCollected(this.#wireLength, maxMessagePayloadSize, 'octets')
    this.#checkCollected(++this.#frameCount, maxMessageFrames, 'frames')
  }

  /** What an extension made of the frame may be longer than the frame. Octets are lent, so a stream is given a copy. */
  dataCame(octets: Octets): Promise<void> | void {
    if (octets.length === 0) return
    if (this.#stream !== undefined) {
      const taken = this.#stream.push(octets)
      return this.#takesAll ? undefined : taken
    }
    if (this.#isIgnored || !this.#checkCollected(this.#gathered.length + octets.length, this.#limits.maxMessagePayloadSize, 'octets'))
      return
    this.#missing = Math.max(0, this.#missing - octets.length)
    this.#gathered.append(octets, 0, octets.length, this.#missing)
  }

  messageEnded(): void {
    const stream = this.#stream
    this.#stream = undefined
    if (stream !== undefined) return stream.end()
    if (this.#isIgnored) return
    const payload = this.#gathered.take()
    const message = this.#isBinary ? payload : decoder.decode(payload)
    if (this.#mode === 'streams' && this.#streams.isAwaited) return this.#streams.put(streamOf(message))
    this.#messages.put(message)
    if (this.#hasRoom || this.#isPaused) return
    this.#isPaused = true
    this.protocol.pauseReceiving()
  }

  /**
   * Takes in everything that was read, however slowly the application takes it from here: the peer sends no more, so that this is no more than
   * what is read ahead, and nothing is lost when the connection closes.
   */
  takeAll(): void {
    this.#takesAll = true
    this.#goOn()
    this.#stream?.goOn()
    this.#relax()
  }

  /** RFC 6455 §5.5.3: the peer may answer the latest of several pings only. */
  pongCame(payload: Octets): void {
    const answered = decoder.decode(payload)
    if (!this.#pings.has(answered)) return
    for (const [key, { sentAt, resolve }] of this.#pings) {
      this.#pings.delete(key)
      resolve(performance.now() - sentAt)
      if (key === answered) return
    }
  }

  drained(): void {
    this.#sending.drained()
  }

  connectionClosed(info: CloseInfo): void {
    const end = new ConnectionClosed(info.code, `connection closed with ${info.code}${info.reason === '' ? '' : `: ${info.reason}`}`, {
      cause: info.cause,
    })
    this.#end = end
    const lost = info.wasClean ? undefined : end
    this.#messages.end(lost)
    this.#streams.end(lost)
    this.#stream?.end(end)
    for (const { reject } of this.#pings.values()) reject(end)
    this.#pings.clear()
    this.#sending.end(end)
  }

  // ---- within

  async #receive(): Promise<Message> {
    this.#collectMessages()
    const message = await this.#messages.take()
    if (message === undefined) throw this.#end
    return message
  }

  /** A stream that has begun and that nobody has taken becomes a message again: its octets are still to come. */
  #collectMessages(): void {
    this.#mode = 'messages'
    if (this.#streams.length === 0) return
    this.#streams.clear()
    this.#stream = undefined
    this.#goOn()
  }

  /** First come messages that were collected before anybody asked for streams. */
  async *#iterateStreams(): AsyncGenerator<MessageStream, void, void> {
    for (;;) {
      this.#mode = 'streams'
      const message = this.#messages.length === 0 ? undefined : await this.#messages.take()
      const stream = message === undefined ? await this.#streams.take() : streamOf(message)
      if (stream === undefined) return
      try {
        yield stream
      } finally {
        stream.abandon()
      }
    }
  }

  #checkCollected(count: number, limit: number, of: string): boolean {
    if (limit === 0 || count <= limit) return true
    this.protocol.failConnection(CloseCode.MessageTooBig, `message of ${count} ${of} is above the limit of ${limit}`)
    return false
  }

  get #hasRoom(): boolean {
    return this.#takesAll || (this.#messages.length < mostWaiting && this.#messages.weight < mostOctetsWaiting)
  }

  /** Lets messages come again, where there is room for them. */
  #relax(): void {
    if (!this.#isPaused || !this.#hasRoom) return
    this.#isPaused = false
    this.protocol.resumeReceiving()
  }

  #goOn(): void {
    const goOn = this.#streamTaken
    this.#streamTaken = undefined
    goOn?.()
  }
}

function streamOf(message: Message): IncomingStream {
  const stream = new IncomingStream(typeof message !== 'string')
  const octets = typeof message === 'string' ? encoder.encode(message) : message
  if (octets.length > 0) void stream.push(octets)
  stream.end()
  return stream
}

/** A peer that goes away must not end the process: that nobody listens to a `ConnectionClosed` is no error. */
function calm<T>(promise: Promise<T>): Promise<T> {
  const calmed = new Promise<T>((resolve, reject) => {
    promise.then(resolve, (error: unknown) => {
      reject(error)
      if (error instanceof ConnectionClosed) calmed.catch(() => undefined)
    })
  })
  return calmed
}

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** Messages, and octets of them, that wait for a slow handler before its peer is stopped. */
const mostWaiting = 16
const mostOctetsWaiting = 1024 * 1024
