import { asError, type Clock, HandshakeFailed, type Octets, type Timer } from '@autobahn-ts/websocket/portable'
import type { Message } from '../messages/message.ts'
import type { Encoded } from '../messages/payload.ts'
import type { Serializer } from '../serializers/serializer.ts'
import { checkSize, octetsOf } from './check-size.ts'
import { type EncodedFormat, encodedFormat } from './encoded-message.ts'
import type { MessageTransport, PreparedMessage, TransportDetails, TransportEnd, TransportListener } from './message-transport.ts'
import { Reception, type ReportError } from './reception.ts'
import { type SpokenSerializers, spokenBy, subprotocolsOf } from './subprotocols.ts'
import type { TransportOptions } from './transport-settings.ts'

/** The port to HTTP: sends a POST to a path below the URL of long-poll, and resolves with the answer. */
export type HttpPost = (path: string, body: Octets, isBinary: boolean, signal: AbortSignal) => Promise<HttpAnswer>

export interface HttpAnswer {
  readonly status: number
  readonly body: Octets
}

/** Everything that a client's long-poll transport is made with. */
export interface LongPollDialling {
  /** Rejects where the request fails, where the answer is larger than `limits.maxMessageSize`, and when the signal is aborted. */
  readonly post: HttpPost
  readonly spoken: SpokenSerializers
  readonly details: TransportDetails
  readonly limits: TransportOptions
  readonly clock: Clock
  readonly onError?: ReportError | undefined
}

/**
 * Opens a transport, and resolves when the router has named it.
 *
 * Rejects with `HandshakeFailed` where the router cannot be reached, refuses, or does not answer within `handshakeTimeout`; and with the
 * reason of the signal.
 */
export async function openLongPoll(dialling: LongPollDialling, signal?: AbortSignal): Promise<MessageTransport> {
  signal?.throwIfAborted()
  const { post, spoken, limits, clock } = dialling
  const request = octetsOf(JSON.stringify({ protocols: subprotocolsOf(spoken) }))
  const stopping = new AbortController()
  const stop = (): void => stopping.abort(signal?.reason)
  signal?.addEventListener('abort', stop)
  const late = new HandshakeFailed(`no answer to the request for a long-poll transport within ${limits.handshakeTimeout} s`)
  const deadline = limits.handshakeTimeout > 0 ? clock.schedule(() => stopping.abort(late), limits.handshakeTimeout * 1000) : undefined
  try {
    return transportFrom(await post('/open', request, false, stopping.signal), dialling)
  } catch (error) {
    if (stopping.signal.aborted) throw stopping.signal.reason
    if (error instanceof HandshakeFailed) throw error
    throw new HandshakeFailed(`cannot open a long-poll transport: ${asError(error).message}`, undefined, { cause: asError(error) })
  } finally {
    deadline?.cancel()
    signal?.removeEventListener('abort', stop)
  }
}

function transportFrom({ status, body }: HttpAnswer, dialling: LongPollDialling): MessageTransport {
  if (status !== 200) {
    const hint = status === 404 || status === 405 ? '; a router of this project has long-poll at the path /lp' : ''
    throw new HandshakeFailed(`the router has answered the request for a long-poll transport with status ${status}${hint}`)
  }
  const { protocol, transport } = namedBy(body)
  const spoken = typeof protocol === 'string' ? spokenBy(protocol, dialling.spoken) : undefined
  if (spoken === undefined || typeof transport !== 'string' || !/^[\w.~-]{1,200}$/.test(transport))
    throw new HandshakeFailed('the router has answered the request for a long-poll transport with something else')
  return new LongPollClientTransport(dialling, `/${transport}`, spoken.serializer, spoken.isBatched)
}

function namedBy(body: Octets): { readonly protocol?: unknown; readonly transport?: unknown } {
  try {
    return (JSON.parse(decoder.decode(body)) as object | null) ?? {}
  } catch {
    return {}
  }
}

/** The client's end of a long-poll transport: one request at a time fetches messages, and one sends them. */
class LongPollClientTransport implements MessageTransport {
  readonly format: EncodedFormat
  readonly details: TransportDetails
  readonly maxSendSize: number
  readonly #dialling: LongPollDialling
  readonly #path: string
  readonly #serializer: Serializer
  readonly #isBatched: boolean
  readonly #reception: Reception
  readonly #requests = new AbortController()
  #outgoing: Encoded[] = []
  /** Octets that wait or are in a request. */
  #unsent = 0
  #isSending = false
  #isPolling = false
  #isFull = false
  /** Messages that came before the listener has paused. */
  #held: Encoded[] = []
  #isPaused = false
  #state: State = State.Open
  #deadline: Timer | undefined

  constructor(dialling: LongPollDialling, path: string, serializer: Serializer, isBatched: boolean) {
    this.format = encodedFormat(isBatched ? 'longpoll.batched' : 'longpoll', serializer)
    this.details = dialling.details
    this.maxSendSize = dialling.limits.maxSendSize
    this.#dialling = dialling
    this.#path = path
    this.#serializer = serializer
    this.#isBatched = isBatched
    this.#reception = new Reception(this, dialling.clock, dialling.onError)
  }

  get bufferedAmount(): number {
    return this.#unsent
  }

  get isWritable(): boolean {
    return this.#state === State.Open && this.#unsent <= this.#dialling.limits.highWaterMark
  }

  open(listener: TransportListener): void {
    this.#reception.open(listener)
    this.#goOn()
  }

  send(message: Message): void {
    if (this.#state !== State.Open) return
    const encoded = this.#serializer.encode(message)
    checkSize(encoded, this.maxSendSize)
    this.#put(encoded)
  }

  sendPrepared(prepared: PreparedMessage): void {
    const message = this.format.own(prepared)
    if (this.#state !== State.Open) return
    checkSize(message.octets, this.maxSendSize)
    this.#put(message.encoded)
  }

  pause(): void {
    this.#isPaused = true
  }

  resume(): void {
    if (!this.#isPaused) return
    this.#isPaused = false
    this.#goOn()
  }

  close(): void {
    if (this.#state !== State.Open) return
    this.#state = State.Closing
    this.#reception.stop()
    const { clock, limits } = this.#dialling
    this.#deadline = clock.schedule(() => this.abort('the router did not take what was sent'), limits.closeTimeout * 1000)
    if (!this.#isSending) this.#run(() => this.#sayClose())
  }

  abort(reason: string): void {
    this.#end({ wasClean: false, reason })
  }

  // ---- to the router

  #put(encoded: Encoded): void {
    const { highWaterMark, maxUnsentSize } = this.#dialling.limits
    this.#outgoing.push(encoded)
    this.#unsent += encoded.length
    if (this.#unsent > maxUnsentSize) return this.abort(`more than ${maxUnsentSize} octets are unsent`)
    if (this.#unsent > highWaterMark) this.#isFull = true
    if (this.#isSending) return
    this.#isSending = true
    this.#dialling.clock.defer(() => this.#run(() => this.#sendAll()))
  }

  async #sendAll(): Promise<void> {
    while (this.#outgoing.length > 0 && this.#state !== State.Closed) {
      const taken = this.#outgoing.splice(0, this.#isBatched ? mostInBatch : 1)
      const body = this.#isBatched ? this.#serializer.join(taken) : taken[0]!
      const { status } = await this.#post('send', octetsOf(body))
      if (status < 200 || status > 299) return this.#gone(status, 'send')
      for (const each of taken) this.#unsent -= each.length
    }
    this.#isSending = false
    if (this.#state === State.Closing) return this.#sayClose()
    if (!this.#isFull || this.#state !== State.Open) return
    this.#isFull = false
    this.#reception.writable()
  }

  async #sayClose(): Promise<void> {
    await this.#post('close', new Uint8Array(0))
    this.#end({ wasClean: true, reason: 'closed by this side' })
  }

  // ---- from the router

  /** Goes on to hand on messages, and then to fetch more, in a later turn. */
  #goOn(): void {
    this.#dialling.clock.defer(() => {
      this.#deliver()
      if (this.#isPolling || !this.#mayPoll) return
      this.#isPolling = true
      this.#run(() => this.#pollAll())
    })
  }

  get #mayPoll(): boolean {
    return this.#state === State.Open && this.#reception.isOpen && !this.#isPaused && !this.#reception.isOver && this.#held.length === 0
  }

  async #pollAll(): Promise<void> {
    while (this.#mayPoll) {
      const { status, body } = await this.#poll()
      if (this.#state !== State.Open) return
      if (status < 200 || status > 299) return this.#gone(status, 'receive')
      if (body.length > 0) this.#received(body)
    }
    this.#isPolling = false
  }

  /** Polls once. A router that does not answer is lost as on any other kind of connection. */
  async #poll(): Promise<HttpAnswer> {
    const { clock, limits } = this.#dialling
    const seconds = limits.pingInterval + limits.pingTimeout
    const isLimited = limits.pingInterval > 0 && limits.pingTimeout > 0
    const timer = isLimited ? clock.schedule(() => this.abort(`no answer to a poll within ${seconds} s`), seconds * 1000) : undefined
    try {
      return await this.#post('receive', new Uint8Array(0))
    } finally {
      timer?.cancel()
    }
  }

  #received(body: Octets): void {
    try {
      if (this.#isBatched) this.#held.push(...this.#serializer.split(body))
      else this.#held.push(body)
    } catch (error) {
      this.#reception.undecodable(error)
    }
    this.#deliver()
  }

  #deliver(): void {
    while (this.#held.length > 0 && !this.#isPaused && !this.#reception.isOver) this.#decode(this.#held.shift()!)
  }

  #decode(data: Encoded): void {
    let message: Message
    try {
      message = this.#serializer.decode(data)
    } catch (error) {
      this.#reception.undecodable(error)
      return
    }
    this.#reception.message(message)
  }

  // ---- requests and the end

  #post(action: string, body: Octets): Promise<HttpAnswer> {
    return this.#dialling.post(`${this.#path}/${action}`, body, this.#serializer.isBinary, this.#requests.signal)
  }

  /** Runs requests whose failure is the end of the transport. */
  #run(requests: () => Promise<void>): void {
    requests().catch(error => this.#end({ wasClean: false, reason: `the connection was lost: ${asError(error).message}` }))
  }

  /** The router has refused a request: it has closed the transport, or does not know it. */
  #gone(status: number, action: string): void {
    const wasClean = status === 410
    this.#end({ wasClean, reason: wasClean ? 'closed by the peer' : `the router has answered ${action} with status ${status}` })
  }

  #end(end: TransportEnd): void {
    if (this.#state === State.Closed) return
    this.#state = State.Closed
    this.#reception.stop()
    this.#deadline?.cancel()
    this.#outgoing = []
    this.#held = []
    this.#unsent = 0
    this.#dialling.clock.defer(() => {
      this.#requests.abort(new Error(end.reason))
      this.#reception.closed(end)
    })
  }
}

const State = { Open: 0, Closing: 1, Closed: 2 } as const
type State = (typeof State)[keyof typeof State]

/** The number of messages in one request. */
const mostInBatch = 1000

const decoder = new TextDecoder('utf-8', { fatal: true })
