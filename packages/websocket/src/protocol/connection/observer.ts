import type { Runtime } from '../../bytes/runtime.ts'
import type { WireTap } from '../frames/wire-tap.ts'
import type { CloseInfo } from '../life/close-info.ts'

/** Hooks for the life of connections, for a runtime's own diagnostics. `source` is the protocol. Errors of these hooks are ignored. */
export interface Observer {
  /** The opening handshake succeeded. */
  opened?(source: object): void
  /** The connection is gone, whether it was open before or not. */
  closed?(source: object, info: CloseInfo): void
  /** An error has occurred, which also goes to `factory.onError`. `source` is the factory where the error belongs to no connection. */
  failed?(error: Error, source: object): void
}

/** A tap and an observer that watch one connection beside the application's own `wireTap`. */
export interface Observation {
  readonly tap?: WireTap
  readonly observer?: Observer
}

/** A runtime that may watch connections. */
export interface ObservedRuntime extends Runtime {
  /** Called once per connection, when it begins. `undefined`: this connection is not watched, and nothing is called for it later. */
  observe?(): Observation | undefined
}
