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

/** The application's part of the handshake. */
export interface ClientDecision {
  onConnecting(transport: TransportDetails): Awaitable<Partial<ConnectingRequest> | void>
  onConnect(response: ConnectionResponse): Awaitable<void>
  report(error: Error): void
}

/** What a client's handshake works with. */
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
  #protocols: readonly string[] = []
  #refusal: Refusal | undefined

  constructor(parts: ClientHandshakeParts) {
    const { options, runtime } = parts
    this.#parts = parts
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
    this.#protocols = request.protocols
    this.#offered = offerExtensions(options.extensions)
    connection.writeOpening(formatRequest(request, this.#key, this.#offered, options.version))
  }

  /** RFC 6455 §4.1: anything but 101 refuses, and its body says why. */
  #responded(head: ResponseHead, rest: Octets): Octets | undefined {
    const { connection, runtime, transport, options, decision } = this.#parts
    let checked: CheckedResponse
    try {
      checked = checkResponse(head, { key: this.#key, crypto: runtime.crypto, protocols: this.#protocols })
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

  /** The refusal that has come, with as much of its body as has come. The transport's end may be the body's. */
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
   * An error of the hook or in its value is the application's, and reported, unless it gives up by `HandshakeFailed`. Errors behind it are
   * the peer's, or belong to the application's headers.
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
