import { type Awaitable, isPromise } from '../bytes/awaitable.ts'
import { noOctets, type Octets } from '../bytes/octets.ts'
import type { Runtime } from '../bytes/runtime.ts'
import { asError } from '../protocol/as-error.ts'
import type { WebSocketConnection } from '../protocol/connection.ts'
import type { Opening } from '../protocol/connection-parts.ts'
import { HandshakeFailed } from '../protocol/errors.ts'
import type { ClientOptions } from '../protocol/options.ts'
import { State } from '../protocol/state.ts'
import type { TransportDetails } from '../protocol/transport-details.ts'
import { type CheckedResponse, checkResponse, formatRequest, makeKey } from './client-request.ts'
import type { ConnectingRequest, ConnectionResponse } from './connection-request.ts'
import { changesOf, checkConfirmed } from './hook-values.ts'
import type { ResponseHead } from './http1-head.ts'
import { confirmExtensions, offerExtensions } from './negotiate.ts'
import { ResponseReader } from './response-reader.ts'

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
    try {
      const response = this.#reader.push(octets)
      if (response === undefined) return undefined
      this.#responded(response.head)
      return response.rest
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

  #responded(head: ResponseHead): void {
    const { crypto } = this.#runtime
    const checked = checkResponse(head, { key: this.#key, crypto, protocols: this.#protocols })
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
      if (isPromise<T>(result)) result.then(settled, error => this.#threw(hook, error))
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
    if (thrown instanceof HandshakeFailed) return this.#connection.failOpening(thrown)
    const error = asError(thrown)
    this.#decision.report(error)
    this.#connection.failOpening(new HandshakeFailed(`${hook} threw: ${error.message}`, undefined, { cause: error }))
  }

  #fail(thrown: unknown): void {
    if (thrown instanceof HandshakeFailed) return this.#connection.failOpening(thrown)
    const error = asError(thrown)
    this.#connection.failOpening(new HandshakeFailed(error.message, undefined, { cause: error }))
  }
}
