import { type Awaitable, isPromise } from '../bytes/awaitable.ts'
import type { Timer } from '../bytes/clock.ts'
import { noOctets, type Octets } from '../bytes/octets.ts'
import type { Runtime } from '../bytes/runtime.ts'
import type { WebSocketConnection } from '../protocol/connection/connection.ts'
import type { Opening } from '../protocol/connection/connection-parts.ts'
import { asError } from '../protocol/faults/as-error.ts'
import { HandshakeFailed } from '../protocol/faults/errors.ts'
import { State } from '../protocol/life/state.ts'
import type { TransportDetails } from '../protocol/life/transport-details.ts'
import type { ClientOptions } from '../protocol/options/options.ts'
import { type CheckedResponse, checkResponse, formatRequest, makeKey } from './client-request.ts'
import type { ConnectingRequest, ConnectionResponse } from './connection-request.ts'
import { changesOf, checkConfirmed } from './hook-values.ts'
import type { ResponseHead } from './http/http1-head.ts'
import { ResponseBody } from './http/response-body.ts'
import { ResponseReader } from './http/response-reader.ts'
import { confirmExtensions, offerExtensions } from './negotiate.ts'

/** The application's part of the handshake. */
export interface ClientDecision {
  onConnecting(transport: TransportDetails): Awaitable<Partial<ConnectingRequest> | void>
  onConnect(response: ConnectionResponse): Awaitable<void>
  report(error: Error): void
}

/** The client's side of the opening handshake, RFC 6455 §4.1: `onConnecting`, request, response, `onConnect`. */
export class ClientHandshake implements Opening {
  readonly #connection: WebSocketConnection
  readonly #runtime: Runtime
  readonly #transport: TransportDetails
  readonly #options: ClientOptions
  readonly #request: ConnectingRequest
  readonly #decision: ClientDecision
  readonly #reader: ResponseReader
  readonly #key: string
  #offered = ''
  #protocols: readonly string[] = []
  #refusal: Refusal | undefined

  constructor(parts: {
    readonly connection: WebSocketConnection
    readonly runtime: Runtime
    readonly transport: TransportDetails
    readonly options: ClientOptions
    readonly request: ConnectingRequest
    readonly decision: ClientDecision
  }) {
    this.#connection = parts.connection
    this.#runtime = parts.runtime
    this.#transport = parts.transport
    this.#options = parts.options
    this.#request = parts.request
    this.#decision = parts.decision
    this.#reader = new ResponseReader(parts.options.maxHandshakeSize, parts.options.maxHandshakeHeaders)
    this.#key = makeKey(parts.runtime.crypto)
  }

  /** Sends the request, after `onConnecting`. */
  begin(): void {
    this.#connection.timings?.track('onConnecting')
    this.#attempt(
      'onConnecting',
      () => this.#decision.onConnecting(this.#transport),
      changesOf,
      changes => this.#send(changes),
    )
  }

  received(octets: Octets): Octets | undefined {
    if (this.#refusal !== undefined) return this.#bodyReceived(this.#refusal, octets)
    try {
      const response = this.#reader.push(octets)
      if (response === undefined) return undefined
      return this.#responded(response.head, response.rest)
    } catch (error) {
      this.#fail(error)
      return noOctets
    }
  }

  #send(changes: Partial<ConnectingRequest>): void {
    if (this.#connection.state !== State.Connecting) return
    const request = { ...this.#request, ...changes }
    this.#protocols = request.protocols
    this.#offered = offerExtensions(this.#options.extensions)
    this.#connection.writeOpening(formatRequest(request, this.#key, this.#offered, this.#options.version))
  }

  /** RFC 6455 §4.1: anything but 101 refuses, and its body says why. */
  #responded(head: ResponseHead, rest: Octets): Octets | undefined {
    const { crypto } = this.#runtime
    let checked: CheckedResponse
    try {
      checked = checkResponse(head, { key: this.#key, crypto, protocols: this.#protocols })
    } catch (error) {
      return this.#refused(error, head, rest)
    }
    const { peer } = this.#transport
    const { headers } = head
    const response = { peer, transport: this.#transport, headers, version: this.#options.version, ...checked }
    this.#connection.timings?.track('onConnect')
    this.#attempt(
      'onConnect',
      () => this.#decision.onConnect(response),
      checkConfirmed,
      () => this.#open(checked),
    )
    return rest
  }

  #refused(error: unknown, head: ResponseHead, rest: Octets): Octets | undefined {
    const { message, cause } = asError(error)
    const body = head.status === 101 ? undefined : new ResponseBody(head, maxBodySize)
    const failed = (): HandshakeFailed =>
      new HandshakeFailed(message, head.status, { ...(cause !== undefined && { cause }), headers: head.headers, body: body?.text })
    if (body === undefined) throw failed()
    const linger = this.#options.failLingerTimeout || shortestLinger
    const deadline = this.#runtime.clock.schedule(() => this.#connection.failOpening(failed()), linger * 1000)
    this.#refusal = { body, failed, deadline }
    return this.#bodyReceived(this.#refusal, rest)
  }

  #bodyReceived({ body, failed, deadline }: Refusal, octets: Octets): Octets | undefined {
    body.push(octets)
    if (!body.isComplete) return undefined
    deadline.cancel()
    this.#connection.failOpening(failed())
    return noOctets
  }

  /** The refusal that has come, with as much of its body as has come. The transport's end may be the body's. */
  failure(): HandshakeFailed | undefined {
    this.#refusal?.deadline.cancel()
    return this.#refusal?.failed()
  }

  #open({ protocol, extensions }: CheckedResponse): void {
    if (this.#connection.state !== State.Connecting) return
    this.#connection.open({ subprotocol: protocol, extensions: confirmExtensions(this.#options.extensions, this.#offered, extensions) })
  }

  /**
   * Calls a hook, reads the value that it returned, and goes on.
   *
   * An error of the hook or in its value is the application's, and reported, unless it gives up by `HandshakeFailed`. Errors behind it are
   * the peer's, or belong to the application's headers.
   */
  #attempt<T, Value>(hook: string, call: () => Awaitable<T>, read: (returned: T) => Value, then: (value: Value) => void): void {
    const settled = (returned: T): void => {
      let value: Value
      try {
        value = read(returned)
      } catch (error) {
        return this.#threw(hook, error)
      }
      this.#guarded(() => then(value))
    }
    try {
      const result = call()
      // wrapped: a thenable of the application may settle twice, or with another promise
      if (isPromise<T>(result)) Promise.resolve(result).then(settled, error => this.#threw(hook, error))
      else settled(result)
    } catch (error) {
      this.#threw(hook, error)
    }
  }

  #guarded(call: () => void): void {
    try {
      call()
    } catch (error) {
      this.#fail(error)
    }
  }

  #threw(hook: string, thrown: unknown): void {
    const error = asError(thrown)
    if (error instanceof HandshakeFailed) return this.#connection.failOpening(error)
    this.#decision.report(error)
    this.#connection.failOpening(new HandshakeFailed(`${hook} threw: ${error.message}`, undefined, { cause: error }))
  }

  #fail(thrown: unknown): void {
    const error = asError(thrown)
    if (error instanceof HandshakeFailed) return this.#connection.failOpening(error)
    this.#connection.failOpening(new HandshakeFailed(error.message, undefined, { cause: error }))
  }
}

/** A refusal whose body is still coming. */
interface Refusal {
  readonly body: ResponseBody
  readonly deadline: Timer
  failed(): HandshakeFailed
}

/** Octets of a refusal's body that are kept. */
const maxBodySize = 16 * 1024

/** Seconds for the body where `failLingerTimeout` is 0. */
const shortestLinger = 0.1
