import type { Awaitable } from '../bytes/awaitable.ts'
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
import { askHook, changesOf, checkConfirmed } from './hook-values.ts'
import type { ResponseHead } from './http/http1-head.ts'
import { ResponseBody } from './http/response-body.ts'
import { ResponseReader } from './http/response-reader.ts'
import { confirmExtensions, offerExtensions } from './negotiate.ts'

/** The application's part in a client's handshake. */
export interface ClientDecision {
  onConnecting(transport: TransportDetails): Awaitable<Partial<ConnectingRequest> | void>
  onConnect(response: ConnectionResponse): Awaitable<void>
  report(error: Error): void
}

/** The constructor parts of `ClientHandshake`. */
export interface ClientHandshakeParts {
  readonly connection: WebSocketConnection
  readonly runtime: Runtime
  readonly transport: TransportDetails
  readonly options: ClientOptions
  readonly request: ConnectingRequest
  readonly decision: ClientDecision
}

/** The client's side of the opening handshake, RFC 6455 §4.1: `onConnecting`, request, response, `onConnect`. */
export class ClientHandshake implements Opening {
  readonly #parts: ClientHandshakeParts
  readonly #reader: ResponseReader
  readonly #key: string
  #offered = ''
  #request: ConnectingRequest
  #refusal: Refusal | undefined

  constructor(parts: ClientHandshakeParts) {
    const { options, runtime } = parts
    this.#parts = parts
    this.#request = parts.request
    this.#reader = new ResponseReader(options.maxHandshakeSize, options.maxHandshakeHeaders)
    this.#key = makeKey(runtime.crypto)
  }

  /** Sends the request, after `onConnecting`. */
  begin(): void {
    const { connection, decision, transport } = this.#parts
    connection.timings?.track('onConnecting')
    this.#ask(
      'onConnecting',
      () => decision.onConnecting(transport),
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
    const { connection, options } = this.#parts
    if (connection.state !== State.Connecting) return
    const request = { ...this.#parts.request, ...changes }
    this.#request = request
    this.#offered = offerExtensions(options.extensions)
    const octets = formatRequest(request, this.#key, this.#offered, options.version)
    connection.requested(request)
    connection.writeOpening(octets)
  }

  /** Handles a response. Anything but a 101 refuses, and its body is collected for the application (RFC 6455 §4.1). */
  #responded(head: ResponseHead, rest: Octets): Octets | undefined {
    const { connection, runtime, transport, options, decision } = this.#parts
    let checked: CheckedResponse
    try {
      const { protocols, resource } = this.#request
      checked = checkResponse(head, { key: this.#key, crypto: runtime.crypto, protocols, resource })
    } catch (error) {
      return this.#refused(error, head, rest)
    }
    const response = { peer: transport.peer, transport, headers: head.headers, version: options.version, ...checked }
    connection.timings?.track('onConnect')
    this.#ask(
      'onConnect',
      () => decision.onConnect(response),
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
    const { connection, runtime, options } = this.#parts
    const linger = options.failLingerTimeout || shortestLinger
    const deadline = runtime.clock.schedule(() => connection.failOpening(failed()), linger * 1000)
    this.#refusal = { body, failed, deadline }
    return this.#bodyReceived(this.#refusal, rest)
  }

  #bodyReceived({ body, failed, deadline }: Refusal, octets: Octets): Octets | undefined {
    body.push(octets)
    if (!body.isComplete) return undefined
    deadline.cancel()
    this.#parts.connection.failOpening(failed())
    return noOctets
  }

  /**
   * Returns the refusal that was received, with as much of its body as there is. For when the transport ends, which may be the end of the
   * body.
   */
  failure(): HandshakeFailed | undefined {
    this.#refusal?.deadline.cancel()
    return this.#refusal?.failed()
  }

  #open({ protocol, extensions }: CheckedResponse): void {
    const { connection, options } = this.#parts
    if (connection.state !== State.Connecting) return
    connection.open({ subprotocol: protocol, extensions: confirmExtensions(options.extensions, this.#offered, extensions) })
  }

  /**
   * Calls a hook, reads the value that it returned, and goes on.
   *
   * An error of the hook or in its value belongs to the application and is reported, unless it is a `HandshakeFailed`, by which the hook
   * gives up. Later errors are the peer's, or come from the application's headers.
   */
  #ask<T, Value>(hook: string, call: () => Awaitable<T>, read: (returned: T) => Value, then: (value: Value) => void): void {
    askHook(
      call,
      returned => {
        const value = read(returned)
        this.#guarded(() => then(value))
      },
      error => this.#threw(hook, error),
    )
  }

  #guarded(call: () => void): void {
    try {
      call()
    } catch (error) {
      this.#fail(error)
    }
  }

  #threw(hook: string, thrown: unknown): void {
    const { connection, decision } = this.#parts
    const error = asError(thrown)
    if (error instanceof HandshakeFailed) return connection.failOpening(error)
    decision.report(error)
    connection.failOpening(new HandshakeFailed(`${hook} threw: ${error.message}`, undefined, { cause: error }))
  }

  #fail(thrown: unknown): void {
    const { connection } = this.#parts
    const error = asError(thrown)
    connection.failOpening(error instanceof HandshakeFailed ? error : new HandshakeFailed(error.message, undefined, { cause: error }))
  }
}

/** A refusal whose body is still being received. */
interface Refusal {
  readonly body: ResponseBody
  readonly deadline: Timer
  failed(): HandshakeFailed
}

/** The number of octets that are kept of a refusal's body. */
const maxBodySize = 16 * 1024

/** The number of seconds to wait for the body where `failLingerTimeout` is 0. */
const shortestLinger = 0.1
