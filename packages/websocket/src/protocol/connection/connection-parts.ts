import type { ByteStream } from '../../bytes/byte-stream.ts'
import type { Octets } from '../../bytes/octets.ts'
import type { Runtime } from '../../bytes/runtime.ts'
import type { NegotiatedExtension } from '../extending/extension.ts'
import type { HandshakeFailed } from '../faults/errors.ts'
import type { WireTap } from '../frames/wire-tap.ts'
import type { HookRunner } from '../hooks/hook-runner.ts'
import type { Hooks } from '../hooks/hooks.ts'
import type { CommonOptions } from '../options/options.ts'
import type { Delivery } from '../receiving/delivery.ts'
import type { ReaderPool } from '../receiving/reader-pool.ts'
import type { FlushQueue } from '../sending/flush-queue.ts'
import type { ScratchPool } from '../sending/outgoing-batch.ts'
import type { Observer } from './observer.ts'

/** What a connection is made of. */
export interface ConnectionParts {
  readonly shared: SharedParts
  readonly stream: ByteStream
  readonly hooks: Hooks
  readonly wireTap: WireTap | undefined
  readonly observer: Observer | undefined
}

/** What all connections of a factory have in common that run on one runtime with the same options: made once, not for each of thousands. */
export interface SharedParts {
  readonly role: Role
  readonly runtime: Runtime
  readonly options: CommonOptions
  readonly pool: ScratchPool
  readonly readers: ReaderPool
  readonly flushes: FlushQueue
  readonly owner: ConnectionOwner
  /** Octets that a connection reads while hooks wait. */
  readonly readAhead: number
  /** Whether the application is given messages through promises, and so answers them only when microtasks run. */
  readonly answersInMicrotasks: boolean
}

/** Whom connections belong to; told each time whose hooks it is about. */
export interface ConnectionOwner {
  /** Asked once, when the first octets of the open connection are there. */
  deliveryFor(hooks: Hooks, runner: HookRunner): Delivery
  /** Whether `onPing` answers and does nothing else, so that a ping may be answered before the hooks in front of it were called. */
  onlyAnswersPings(hooks: Hooks): boolean
  /** A pong has come. Called as soon as it is read; `onPong` is called in its order. */
  pongCame(payload: Octets, hooks: Hooks): void
  /** The peer sends no more, and hooks of what it has sent still wait. */
  lastHooksWait(hooks: Hooks): void
  /** What the application threw, and what nobody else is told. */
  failed(error: Error, hooks: Hooks): void
  /** The connection is gone; called before `onClose`. */
  gone(hooks: Hooks): void
}

/** What differs between the two ends of a connection, RFC 6455 §5.1 and §7.1.1. */
export interface Role {
  readonly isServer: boolean
  /** Whether our frames are masked. */
  readonly masks: boolean
  /** Whether frames of the peer must be masked (`true`), must not be (`false`), or may be (`undefined`), RFC 6455 §5.1. */
  readonly peerMasks: boolean | undefined
  /** Seconds to wait for the other side to end TCP after the closing handshake. */
  readonly dropTimeout: number
}

/** The opening handshake, which reads what comes before the first frame. */
export interface Opening {
  /** Takes octets of the peer's handshake; what comes behind its end is returned, `undefined` while it is not complete. */
  received(octets: Octets): Octets | undefined
  /** Why the handshake fails where the transport ends now; `undefined` where it is not known better than that. */
  failure?(): HandshakeFailed | undefined
}

/** What the opening handshake agreed on. */
export interface Agreement {
  readonly subprotocol: string
  readonly extensions: readonly NegotiatedExtension[]
}
