import {
  type ByteStream,
  type ByteStreamReader,
  type Clock,
  HandshakeFailed,
  type Octets,
  type Timer,
  type TransportDetails,
} from '@autobahn-ts/websocket/portable'
import type { Serializer } from '../serializers/serializer.ts'
import type { MessageTransport } from './message-transport.ts'
import { RawSocketDetails } from './rawsocket-details.ts'
import {
  announcedSize,
  HandshakeOctets,
  HandshakeRefused,
  handshakeOctets,
  Refusal,
  rawSocketMagic,
  readAnswer,
  readRequest,
  refusalOctets,
} from './rawsocket-handshake.ts'
import { RawSocketTransport } from './rawsocket-transport.ts'
import type { ReportError } from './reception.ts'
import type { TransportOptions } from './transport-settings.ts'

/** A connection on which RawSocket is to be spoken. */
export interface RawSocketGround {
  /** The stream, which nothing has begun to read. */
  readonly stream: ByteStream
  /** Octets that were read before, to find out what the peer speaks. */
  readonly first?: Octets
  readonly socket: TransportDetails
  readonly clock: Clock
  readonly limits: TransportOptions
  readonly onError?: ReportError | undefined
}

/**
 * Opens the client's side, and resolves with the transport when the router has answered.
 *
 * Rejects with `HandshakeFailed` where it refuses, says something else, ends, or does not answer within `handshakeTimeout`; and with the
 * reason of the signal. The stream is destroyed then.
 */
export function connectRawSocket(ground: RawSocketGround, serializer: Serializer, signal?: AbortSignal): Promise<MessageTransport> {
  return new Promise((resolve, reject) => {
    const size = announcedSize(ground.limits.maxMessageSize)
    const opening = new Opening(ground, {
      answered: octets => {
        signal?.removeEventListener('abort', stop)
        return transportOn(ground, serializer, size, readAnswer(octets, serializer), false)
      },
      opened: resolve,
      failed: error => {
        signal?.removeEventListener('abort', stop)
        ground.stream.destroy(true)
        reject(error)
      },
    })
    const stop = (): void => opening.fail(signal?.reason)
    if (signal?.aborted) return stop()
    signal?.addEventListener('abort', stop)
    ground.stream.start(opening)
    ground.stream.write(handshakeOctets(serializer, size))
  })
}

/** The terms on which a router accepts RawSocket connections. */
export interface RawSocketTerms {
  readonly serializers: readonly Serializer[]
  /** Whether the router has as many connections as it takes. */
  readonly isFull?: () => boolean
}

/**
 * Opens the router's side, and resolves with the transport when the client was answered.
 *
 * Rejects with `HandshakeRefused` where the client was refused, and with `HandshakeFailed` where it says something else, ends, or sends no
 * request within `handshakeTimeout`. The stream ends then.
 */
export function acceptRawSocket(ground: RawSocketGround, terms: RawSocketTerms): Promise<MessageTransport> {
  return new Promise((resolve, reject) => {
    const { stream, limits } = ground
    const opening = new Opening(ground, {
      answered: octets => {
        if (octets[0] !== rawSocketMagic) throw new HandshakeFailed(`the client does not speak RawSocket: its first octet is ${octets[0]}`)
        const { serializer, maxSize } = readRequest(octets, terms.serializers)
        if (terms.isFull?.()) throw new HandshakeRefused(Refusal.TooManyConnections, 'this router has reached its limit of connections')
        const size = announcedSize(limits.maxMessageSize)
        stream.write(handshakeOctets(serializer, size))
        return transportOn(ground, serializer, size, maxSize, true)
      },
      opened: resolve,
      failed: error => {
        if (error instanceof HandshakeRefused) sendRefusal(ground, error.refusal)
        else stream.destroy(true)
        reject(error)
      },
    })
    stream.start(opening)
    if (ground.first !== undefined) opening.dataReceived(ground.first)
  })
}

/** Sends a refusal and ends the stream. A client that does not read it is dropped at the deadline. */
function sendRefusal({ stream, clock, limits }: RawSocketGround, refusal: Refusal): void {
  stream.write(refusalOctets(refusal))
  stream.destroy(false)
  clock.schedule(() => stream.destroy(true), limits.closeTimeout * 1000)
}

function transportOn(
  ground: RawSocketGround,
  serializer: Serializer,
  size: number,
  peerSize: number,
  isServer: boolean,
): RawSocketTransport {
  const { stream, socket, clock, limits, onError } = ground
  return new RawSocketTransport(stream, {
    serializer,
    maxMessageSize: size,
    maxSendSize: Math.min(peerSize, limits.maxSendSize),
    details: new RawSocketDetails(socket, isServer),
    clock,
    limits,
    onError,
  })
}

interface OpeningSteps {
  /** Takes the four octets of the peer and makes the transport. What it throws fails the opening. */
  answered(octets: Octets): RawSocketTransport
  opened(transport: MessageTransport): void
  /** Told once, and not after `opened`. */
  failed(reason: unknown): void
}

/** The reader of a stream until the handshake is done, and then the way to the transport. */
class Opening implements ByteStreamReader {
  readonly #steps: OpeningSteps
  readonly #handshake = new HandshakeOctets()
  readonly #deadline: Timer | undefined
  #transport: RawSocketTransport | undefined
  #hasFailed = false

  constructor({ clock, limits: { handshakeTimeout } }: RawSocketGround, steps: OpeningSteps) {
    this.#steps = steps
    const timeIsUp = (): void => this.fail(new HandshakeFailed(`no RawSocket handshake within ${handshakeTimeout} s`))
    this.#deadline = handshakeTimeout > 0 ? clock.schedule(timeIsUp, handshakeTimeout * 1000) : undefined
  }

  dataReceived(octets: Octets): void {
    if (this.#transport !== undefined) return this.#transport.dataReceived(octets)
    if (this.#hasFailed) return
    const taken = this.#handshake.take(octets)
    if (!this.#handshake.isComplete) return
    const transport = this.#opened()
    if (transport !== undefined && taken < octets.length) transport.dataReceived(octets.subarray(taken))
  }

  drained(): void {
    this.#transport?.drained()
  }

  ended(): void {
    if (this.#transport !== undefined) this.#transport.ended()
    else this.fail(new HandshakeFailed('the peer has closed the connection in the RawSocket handshake'))
  }

  closed(error: Error | undefined): void {
    if (this.#transport !== undefined) return this.#transport.closed(error)
    const details = error === undefined ? {} : { cause: error }
    this.fail(new HandshakeFailed('the connection was lost in the RawSocket handshake', undefined, details))
  }

  fail(reason: unknown): void {
    if (this.#hasFailed || this.#transport !== undefined) return
    this.#hasFailed = true
    this.#deadline?.cancel()
    this.#steps.failed(reason)
  }

  #opened(): RawSocketTransport | undefined {
    try {
      this.#transport = this.#steps.answered(this.#handshake.octets)
    } catch (error) {
      this.fail(error)
      return undefined
    }
    this.#deadline?.cancel()
    this.#steps.opened(this.#transport)
    return this.#transport
  }
}
