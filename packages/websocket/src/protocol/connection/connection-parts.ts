import type { ByteStream } from '../../bytes/byte-stream.ts'
import type { Octets } from '../../bytes/octets.ts'
import type { Runtime } from '../../bytes/runtime.ts'
import type { NegotiatedExtension } from '../extending/extension.ts'
import type { HandshakeFailed, PeerMisbehaved } from '../faults/errors.ts'
import type { WireTap } from '../frames/wire-tap.ts'
import type { HookRunner } from '../hooks/hook-runner.ts'
import type { Hooks } from '../hooks/hooks.ts'
import type { Loans } from '../life/loans.ts'
import type { CommonOptions } from '../options/options.ts'
import type { Delivery } from '../receiving/delivery.ts'
import type { ReadingHalf } from '../receiving/message-reader.ts'
import type { FlushQueue } from '../sending/flush-queue.ts'
import type { ScratchPool } from '../sending/outgoing-batch.ts'
import type { SendingHalf } from '../sending/sending-half.ts'
import type { Observer } from './observer.ts'

/** The parts that a connection is made of. */
export interface ConnectionParts {
  readonly shared: SharedParts
  readonly stream: ByteStream
  readonly hooks: Hooks
  readonly wireTap?: WireTap | undefined
  readonly observer?: Observer | undefined
}

/**
 * The parts that all connections of a factory share, where they run on one runtime with the same options. They are made once, not for each
 * of thousands.
 */
export interface SharedParts {
  readonly role: Role
  readonly runtime: Runtime
  readonly options: CommonOptions
  readonly pool: ScratchPool
  readonly readingHalves: Loans<ReadingHalf>
  readonly sendingHalves: Loans<SendingHalf>
  readonly flushes: FlushQueue
  readonly owner: ConnectionOwner
  /** Octets that a connection reads ahead while hooks wait. */
  readonly readAhead: number
  /** Whether the application gets messages through promises, and so can answer them only when microtasks run. */
  readonly answersInMicrotasks: boolean
}

/** The factory of a connection. Each call names the connection by its hooks. */
export interface ConnectionOwner {
  /**
   * Called when octets of the open connection are there and it has no delivery. `unused`: one that has served another connection, and may be
   * returned if it suits this one.
   */
  deliveryFor(hooks: Hooks, runner: HookRunner, unused: Delivery | undefined): Delivery
  /** Tells whether `onPing` is the default, which only answers: then a ping may be answered before the hooks in front of it are called. */
  onlyAnswersPings(hooks: Hooks): boolean
  /** Called as soon as a pong is read; `onPong` is called in its order. */
  pongCame(payload: Octets, hooks: Hooks): void
  /** Called when the peer sends no more, and hooks of what it has sent still wait. */
  lastHooksWait(hooks: Hooks): void
  /** Takes errors that the application threw, and those that have no other recipient. */
  failed(error: Error, hooks: Hooks): void
  /**
   * Called when the peer broke the rules, before the connection is failed for it. Returns the code and the reason of the close frame. Absent:
   * the code and the message of the error.
   */
  failureFor?(error: PeerMisbehaved, hooks: Hooks): { readonly code: number; readonly reason: string }
  /** Called when the connection is gone, before `onClose`. */
  gone(hooks: Hooks): void
}

/** The end of the connection that we are: what differs between server and client, RFC 6455 §5.1 and §7.1.1. */
export interface Role {
  readonly isServer: boolean
  /** Whether our frames are masked. */
  readonly masks: boolean
  /** Whether frames of the peer must be masked (`true`), must not be (`false`), or may be (`undefined`), RFC 6455 §5.1. */
  readonly peerMasks: boolean | undefined
  /** A client's option: the seconds to wait for the server to end TCP, 0 for ever. `undefined` on a server, which ends TCP first. */
  readonly serverConnectionDropTimeout: number | undefined
}

/** The opening handshake, which reads what comes before the first frame. */
export interface Opening {
  /** Takes octets of the peer's handshake. Returns the octets behind its end, or `undefined` while it is not complete. */
  received(octets: Octets): Octets | undefined
  /** Returns why the handshake fails if the transport ends now; `undefined` where no better reason is known. */
  failure?(): HandshakeFailed | undefined
}

/** The result of an opening handshake. */
export interface Agreement {
  readonly subprotocol: string
  readonly extensions: readonly NegotiatedExtension[]
}
