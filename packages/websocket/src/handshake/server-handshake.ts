import type { Awaitable } from '../bytes/awaitable.ts'
import { noOctets, type Octets } from '../bytes/octets.ts'
import type { Runtime } from '../bytes/runtime.ts'
import type { WebSocketConnection } from '../protocol/connection/connection.ts'
import type { Opening } from '../protocol/connection/connection-parts.ts'
import { asError } from '../protocol/faults/as-error.ts'
import { counted } from '../protocol/faults/counted.ts'
import { HandshakeFailed } from '../protocol/faults/errors.ts'
import { State } from '../protocol/life/state.ts'
import type { TransportDetails } from '../protocol/life/transport-details.ts'
import type { ServerOptions } from '../protocol/options/options.ts'
import type { ConnectionAccept } from './connection-request.ts'
import { acceptanceOf, askHook } from './hook-values.ts'
import { type HeadersInput, HttpException } from './http/http-exception.ts'
import { HeadReader, parseRequestHead, type RequestHead, sizeOfHead } from './http/http1-head.ts'
import { asHttpException } from './http/malformed-head.ts'
import type { IncomingRequest, UpgradeContext } from './incoming-request.ts'
import { negotiateExtensions } from './negotiate.ts'
import { checkRequest, type UpgradeRequest, upgradeRequired } from './request.ts'
import { acceptFor, formatAccept, formatRefusal, withoutContent } from './response.ts'
import { statusPage } from './status-page.ts'

/** The factory's parameters for handshakes: how clients reach this server, and its own headers. */
export interface ServerSession {
  readonly server: string | undefined
  readonly headers: HeadersInput
  readonly externalPort: number | undefined
  readonly isSecure: boolean | undefined
}

/** The application's part in a server's handshake. */
export interface ServerDecision {
  /** Called with a request that has passed all checks, before `onConnect`. */
  requested(request: IncomingRequest): void
  onConnect(request: IncomingRequest): Awaitable<ConnectionAccept>
  /** Called when the connection is accepted, with the `data` from `onConnect`; `undefined` where it returned none. */
  accepted(data: unknown): void
  /** The connection is open, and `onOpen` was called. `head` is the text of the request's head, where it was read here. */
  opened(request: IncomingRequest, head: string | undefined): void
  report(error: Error): void
}

/** The constructor parts of `ServerHandshake`. */
export interface ServerHandshakeParts {
  readonly connection: WebSocketConnection
  readonly runtime: Runtime
  readonly transport: TransportDetails
  readonly options: ServerOptions
  readonly session: ServerSession
  readonly decision: ServerDecision
  /** The parts that an application has passed on with the request. */
  readonly context: UpgradeContext | undefined
}

/** The server's side of the opening handshake, RFC 6455 §4.2: request, `onConnect`, extensions, response. */
export class ServerHandshake implements Opening {
  readonly #parts: ServerHandshakeParts
  readonly #reader: HeadReader
  #hasHead = false
  /** The request's head as text, where it was read here and not by an HTTP server. */
  #text: string | undefined
  #asksForHead = false

  constructor(parts: ServerHandshakeParts) {
    const { options, runtime } = parts
    this.#parts = parts
    this.#reader = new HeadReader(options.maxHandshakeSize, options.maxHandshakeHeaders, runtime.text)
  }

  received(octets: Octets): Octets | undefined {
    if (this.#hasHead) return octets
    try {
      const complete = asHttpException(() => this.#reader.push(octets))
      if (complete === undefined) return undefined
      this.#text = complete.text
      this.headReceived(asHttpException(() => parseRequestHead(complete.text)))
      return complete.rest
    } catch (error) {
      this.refuse(error)
      return noOctets
    }
  }

  /** Notes that an HTTP server has read the request, so that all octets of the stream are frames. `headReceived` follows. */
  headWasRead(): void {
    this.#hasHead = true
  }

  /** Handles the request, which was read here or by an HTTP server. */
  headReceived(head: RequestHead): void {
    const wasReadElsewhere = this.#hasHead
    this.#hasHead = true
    this.#asksForHead = head.method === 'HEAD'
    try {
      const { transport, options, session } = this.#parts
      const { maxHandshakeHeaders, maxHandshakeSize } = options
      if (wasReadElsewhere && sizeOfHead(head) > maxHandshakeSize)
        throw new HttpException(431, `more than ${maxHandshakeSize} octets of header`)
      if (head.headers.size > maxHandshakeHeaders) throw new HttpException(431, `more than ${counted(maxHandshakeHeaders, 'header')}`)
      const checked = checkRequest(head, transport, options, session)
      if (checked.isUpgrade) this.#ask(checked)
      else this.#answerPlain(checked.resource)
    } catch (error) {
      this.refuse(error)
    }
  }

  /** Refuses with the status of an `HttpException`. Any other error is answered with 500, and only the application learns the details. */
  refuse(thrown: unknown): void {
    this.#hasHead = true
    const error = asError(thrown)
    try {
      this.#refuseWith(error instanceof HttpException ? error : this.#internalError(error), error)
    } catch (misuse) {
      // the status or headers cannot be sent, or not even be read
      this.#refuseWith(this.#internalError(misuse), asError(misuse))
    }
  }

  #refuseWith({ status, reason, headers }: HttpException, cause: Error): void {
    const { connection, session, runtime } = this.#parts
    const response = formatRefusal({ status, reason, headers, serverHeader: session.server }, runtime.text)
    connection.refuse(
      this.#asksForHead ? withoutContent(response) : response,
      new HandshakeFailed(`refused with ${status} ${reason}`, status, { cause }),
    )
  }

  #internalError(error: unknown): HttpException {
    this.#parts.decision.report(asError(error))
    return new HttpException(500, 'Internal Server Error')
  }

  #answerPlain(resource: string): void {
    const { connection, options, session, runtime } = this.#parts
    if (!options.webStatus) throw upgradeRequired(options.versions)
    const page = statusPage(session.server ?? '', resource, runtime.text)
    const why = new HandshakeFailed('plain HTTP request, answered with the status page', 200)
    connection.refuse(this.#asksForHead ? withoutContent(page) : page, why)
  }

  #ask(checked: UpgradeRequest): void {
    const { connection, decision, session, context } = this.#parts
    decision.requested(checked.request.join(connection, session.isSecure, context))
    connection.requested(checked.request)
    connection.timings?.track('onConnect')
    askHook(
      () => decision.onConnect(checked.request),
      answer => this.#answer(checked, answer),
      error => this.refuse(error),
    )
  }

  #answer({ request, key }: UpgradeRequest, answer: ConnectionAccept): void {
    const { connection, runtime, options, session, decision } = this.#parts
    if (connection.state !== State.Connecting) return
    const { protocol, headers, data } = acceptanceOf(answer, request.protocols)
    const extensions = negotiateExtensions(options.extensions, request.extensions, error => this.#internalError(error))
    try {
      const accept = acceptFor(key, runtime.crypto)
      const { server: serverHeader, headers: factoryHeaders } = session
      const response = formatAccept({ accept, protocol, extensions, serverHeader, factoryHeaders, headers }, runtime.text)
      decision.accepted(data)
      connection.writeOpening(response)
    } catch (error) {
      for (const { instance } of extensions) instance.close()
      throw error
    }
    const onOpenWaits = connection.runner.isHeld
    connection.open({ subprotocol: protocol, extensions })
    // an application that has paused its connection reads the request in its onOpen later
    if (!onOpenWaits) decision.opened(request, this.#text)
  }
}
