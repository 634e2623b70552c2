import type { Clock, Octets } from '@autobahn-ts/websocket/portable'
import { octetsOf } from './check-size.ts'

import { answerOf, type LongPollAnswer } from './longpoll-answer.ts'
import { LongPollServerTransport } from './longpoll-server-transport.ts'
import type { MessageTransport, TransportDetails } from './message-transport.ts'
import type { ReportError } from './reception.ts'
import { type SpokenSerializers, spokenBy } from './subprotocols.ts'
import type { TransportOptions } from './transport-settings.ts'

/** Everything that the long-poll side of a router is made with. */
export interface LongPollServing {
  readonly spoken: SpokenSerializers
  readonly limits: TransportOptions
  readonly clock: Clock
  /** The number of transports at once; more are answered 503. */
  readonly maxTransports: number
  readonly accept: (transport: MessageTransport) => void
  readonly onError: ReportError
}

/**
 * The long-poll transports of a router, without HTTP: requests go in, answers come out. Whoever speaks HTTP has read the body within its
 * limits, and has checked origin and host.
 */
export class LongPollServer {
  readonly #serving: LongPollServing
  readonly #transports = new Map<string, LongPollServerTransport>()

  constructor(serving: LongPollServing) {
    this.#serving = serving
  }

  /** The number of transports that are not gone. */
  get size(): number {
    return this.#transports.size
  }

  /** Answers a POST: `target` is the path below that of long-poll, `/open` or `/<transport>/receive`, without a query. Never rejects. */
  async answer(target: string, body: Octets, details: TransportDetails): Promise<LongPollAnswer> {
    const [, first = '', action, ...rest] = target.split('/')
    if (rest.length > 0) return answerOf(404)
    if (action === undefined) return first === 'open' ? this.#open(body, details) : answerOf(404)
    const transport = this.#transports.get(first)
    if (transport === undefined) return answerOf(404)
    if (action === 'receive') return transport.receive()
    if (action === 'send') return transport.sent(body)
    if (action !== 'close') return answerOf(404)
    transport.closedByClient()
    return answerOf(204)
  }

  /** Drops the transport that a body above `maxMessageSize` is for, and answers the request. */
  tooLarge(target: string): LongPollAnswer {
    const [, id = ''] = target.split('/')
    this.#transports.get(id)?.abort(`a message is larger than the limit of ${this.#serving.limits.maxMessageSize} octets`)
    return answerOf(413)
  }

  /** Closes all transports. */
  close(): void {
    for (const transport of this.#transports.values()) transport.close()
  }

  /** Drops all transports. */
  abort(reason: string): void {
    for (const transport of this.#transports.values()) transport.abort(reason)
  }

  #open(body: Octets, details: TransportDetails): LongPollAnswer {
    const { spoken, limits, clock, maxTransports, accept, onError } = this.#serving
    const protocol = protocolsOf(body)?.find(each => spokenBy(each, spoken) !== undefined)
    if (protocol === undefined) return answerOf(400)
    if (this.#transports.size >= maxTransports) return answerOf(503)
    const id = randomId()
    const ended = (): void => void this.#transports.delete(id)
    const transport = new LongPollServerTransport({ spoken: spokenBy(protocol, spoken)!, details, limits, clock, onError, ended })
    this.#transports.set(id, transport)
    try {
      accept(transport)
    } catch (error) {
      onError(error instanceof Error ? error : new Error(String(error)))
      transport.abort('internal error')
      return answerOf(500)
    }
    return { status: 200, body: octetsOf(JSON.stringify({ protocol, transport: id })), isBinary: false }
  }
}

/** Reads the subprotocols of a request to open a transport; `undefined` where the body has none. */
function protocolsOf(body: Octets): readonly string[] | undefined {
  try {
    const { protocols } = JSON.parse(decoder.decode(body)) as { readonly protocols?: unknown }
    return Array.isArray(protocols) ? protocols.filter(each => typeof each === 'string') : undefined
  } catch {
    return undefined
  }
}

/** Returns 128 random bits in hexadecimal digits: whoever knows the id has the session. */
function randomId(): string {
  const octets = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(octets, octet => octet.toString(16).padStart(2, '0')).join('')
}

const decoder = new TextDecoder('utf-8', { fatal: true })
