import { type Awaitable, isPromise } from '../bytes/awaitable.ts'
import { noOctets, type Octets } from '../bytes/octets.ts'
import type { Runtime } from '../bytes/runtime.ts'
import type { WebSocketConnection } from '../protocol/connection/connection.ts'
import type { Opening } from '../protocol/connection/connection-parts.ts'
import { asError } from '../protocol/faults/as-error.ts'
import { HandshakeFailed } from '../protocol/faults/errors.ts'
import { State } from '../protocol/life/state.ts'
import type { TransportDetails } from '../protocol/life/transport-details.ts'
import type { ServerOptions } from '../protocol/options/options.ts'
import type { ConnectionAccept, ConnectionRequest } from './connection-request.ts'
import { acceptanceOf } from './hook-values.ts'
import { type HeadersInput, HttpException } from './http/http-exception.ts'
import { HeadReader, parseRequestHead, type RequestHead, sizeOfHead } from './http/http1-head.ts'
import { asHttpException } from './http/malformed-head.ts'
import { negotiateExtensions } from './negotiate.ts'
import { checkRequest, type UpgradeRequest, upgradeRequired } from './request.ts'
import { acceptFor, formatAccept, formatRefusal, withoutContent } from './response.ts'
import { statusPage } from './status-page.ts'

/** What the factory knows of how clients reach this server, and what it says of itself. */
export interface ServerSession {
  readonly server: string | undefined
  readonly headers: HeadersInput
  readonly externalPort: number | undefined
  readonly isSecure: boolean | undefined
}

/** The application's part of the handshake. */
export interface ServerDecision {
  /** The request is legal; called before `onConnect`. */
  requested(request: ConnectionRequest): void
  onConnect(request: ConnectionRequest): Awaitable<ConnectionAccept>
  /** What `onConnect` wants to be kept. */
  accepted(data: unknown): void
  report(error: Error): void
}

/** The server's side of the opening handshake, RFC 6455 §4.2: request, `onConnect`, extensions, response. */
export class ServerHandshake implements Opening {
  readonly #connection: WebSocketConnection
  readonly #runtime: Runtime
  readonly #transport: TransportDetails
  readonly #options: ServerOptions
  readonly #session: ServerSession
  readonly #decision: ServerDecision
  readonly #reader: HeadReader
  #hasHead = false
  #asksForHead = false

  constructor(parts: {
    readonly connection: WebSocketConnection
    readonly runtime: Runtime
    readonly transport: TransportDetails
    readonly options: ServerOptions
    readonly session: ServerSession
    readonly decision: ServerDecision
  }) {
    this.#connection = parts.connection
    this.#runtime = parts.runtime
    this.#transport = parts.transport
    this.#options = parts.options
    this.#session = parts.session
    this.#decision = parts.decision
    this.#reader = new HeadReader(parts.options.maxHandshakeSize, parts.options.maxHandshakeHeaders, parts.runtime.text)
  }

  received(octets: Octets): Octets | undefined {
    if (this.#hasHead) return octets
    try {
      const complete = asHttpException(() => this.#reader.push(octets))
      if (complete === undefined) return undefined
      this.headReceived(asHttpException(() => parseRequestHead(complete.text)))
      return complete.rest
    } catch (error) {
      this.refuse(error)
      return noOctets
    }
  }

  /** An HTTP server has read the request: all octets are frames. `headReceived` follows. */
  headWasRead(): void {
    this.#hasHead = true
  }

  /** The request is there, read here or by an HTTP server. */
  headReceived(head: RequestHead): void {
    const wasReadElsewhere = this.#hasHead
    this.#hasHead = true
    this.#asksForHead = head.method === 'HEAD'
    try {
      const { maxHandshakeHeaders, maxHandshakeSize } = this.#options
      if (wasReadElsewhere && sizeOfHead(head) > maxHandshakeSize)
        throw new HttpException(431, `more than ${maxHandshakeSize} octets of header`)
      if (head.headers.size > maxHandshakeHeaders) throw new HttpException(431, `more than ${maxHandshakeHeaders} headers`)
      const checked = checkRequest(head, this.#transport, this.#options, this.#session)
      if (checked.isUpgrade) this.#ask(checked)
      else this.#answerPlain(checked.resource)
    } catch (error) {
      this.refuse(error)
    }
  }

  /** Answers with the status of an `HttpException`; anything else is 500, and only the application is told why. */
  refuse(thrown: unknown): void {
    this.#hasHead = true
    const error = asError(thrown)
    try {
      this.#refuseWith(error instanceof HttpException ? error : this.#internalError(error), error)
    } catch (misuse) {
      // a status or headers that cannot be sent, or that cannot even be read
      this.#refuseWith(this.#internalError(misuse), asError(misuse))
    }
  }

  #refuseWith({ status, reason, headers }: HttpException, cause: Error): void {
    const response = formatRefusal(status, reason, headers, undefined, this.#session.server)
    this.#connection.refuse(
      this.#asksForHead ? withoutContent(response) : response,
      new HandshakeFailed(`refused with ${status} ${reason}`, status, { cause }),
    )
  }

  #internalError(error: unknown): HttpException {
    this.#decision.report(asError(error))
    return new HttpException(500, 'Internal Server Error')
  }

  #answerPlain(resource: string): void {
    if (!this.#options.webStatus) throw upgradeRequired(this.#options.versions)
    const page = statusPage(this.#session.server ?? '', resource)
    const why = new HandshakeFailed('plain HTTP request, answered with the status page', 200)
    this.#connection.refuse(this.#asksForHead ? withoutContent(page) : page, why)
  }

  #ask(checked: UpgradeRequest): void {
    this.#decision.requested(checked.request)
    this.#connection.timings?.track('onConnect')
    const answer = this.#decision.onConnect(checked.request)
    if (!isPromise<ConnectionAccept>(answer)) return this.#answer(checked, answer)
    // wrapped: a thenable of the application may settle twice, or with another promise
    Promise.resolve(answer).then(
      settled => this.#answerLate(checked, settled),
      error => this.refuse(error),
    )
  }

  #answerLate(checked: UpgradeRequest, answer: ConnectionAccept): void {
    try {
      this.#answer(checked, answer)
    } catch (error) {
      this.refuse(error)
    }
  }

  #answer({ request, key }: UpgradeRequest, answer: ConnectionAccept): void {
    if (this.#connection.state !== State.Connecting) return
    const { protocol, headers, data } = acceptanceOf(answer, request.protocols)
    const extensions = negotiateExtensions(this.#options.extensions, request.extensions, error => this.#internalError(error))
    try {
      const accept = acceptFor(key, this.#runtime.crypto)
      const { server: serverHeader, headers: factoryHeaders } = this.#session
      const response = formatAccept({ accept, protocol, extensions, serverHeader, factoryHeaders, headers }, this.#runtime.text)
      this.#decision.accepted(data)
      this.#connection.writeOpening(response)
    } catch (error) {
      for (const { instance } of extensions) instance.close()
      throw error
    }
    this.#connection.open({ subprotocol: protocol, extensions })
  }
}
