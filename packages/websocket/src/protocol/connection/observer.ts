import type { Runtime } from '../../bytes/runtime.ts'
import type { HandshakeFailed } from '../faults/errors.ts'
import type { WireTap } from '../frames/wire-tap.ts'
import type { CloseInfo } from '../life/close-info.ts'

/**
 * Hooks that see what happens to connections, for a runtime's own diagnostics. `source` is the protocol. Durations are in milliseconds.
 * Errors of these hooks are ignored.
 */
export interface Observer {
  /**
   * Called on a server with a request that has passed all checks (`ConnectionRequest`), before `onConnect`; on a client with the request that
   * it is about to send (`ConnectingRequest`).
   */
  requested?(source: object, request: object): void
  /** The opening handshake succeeded, and has taken `duration`. */
  opened?(source: object, duration: number): void
  /** The opening handshake was refused with an HTTP response, which was sent on a server and received on a client. */
  refused?(source: object, refusal: Refusal): void
  /** The connection is gone, whether it was open before or not. */
  closed?(source: object, info: CloseInfo, life: Life): void
  /** An error has occurred, which also goes to `factory.onError`. `source` is the factory where the error belongs to no connection. */
  failed?(error: Error, source: object): void
  /** The application has handled a message of the peer. */
  messageHandled?(source: object, message: HandledMessage): void
  /** A message was sent: all of its octets were taken from the application. */
  messageSent?(source: object, message: SentMessage): void
}

/** An HTTP response that refuses a connection. */
export interface Refusal {
  readonly status: number
  /** The status and the reason in words. */
  readonly reason: string
  /** The time since the connection began. */
  readonly duration: number
  /** The error with which the connection ends. */
  readonly error: HandshakeFailed
}

/** The life of a connection that is gone. */
export interface Life {
  /** Whether the opening handshake succeeded. */
  readonly wasOpen: boolean
  /** The time since the connection began. */
  readonly duration: number
}

/** A message that was sent. */
export interface SentMessage {
  readonly isBinary: boolean
  /** The number of octets of the payload, before extensions transform it. */
  readonly size: number
}

/** A message that was received and handled. */
export interface HandledMessage {
  readonly isBinary: boolean
  /** The number of octets of the payload, after extensions have transformed it. */
  readonly size: number
  /**
   * The time in the handler. In class style, the time until the hook returned, or its promise settled; in the tiers of frames and streams the
   * sum over the hooks of the message. In function style, the time from when the application got the message until it asked for the next
   * one, or the connection ended.
   */
  readonly duration: number
}

/** A tap and an observer that watch one connection beside the application's own `wireTap` (decision 21). */
export interface Observation {
  readonly tap?: WireTap
  readonly observer?: Observer
}

/** A runtime that may watch connections. */
export interface ObservedRuntime extends Runtime {
  /**
   * Called once per connection, when it begins, with the side that it is. `undefined`: this connection is not watched, and nothing is called
   * for it later.
   */
  observe?(isServer: boolean): Observation | undefined
}
