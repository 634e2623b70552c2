import type { Runtime } from '../../bytes/runtime.ts'
import type { WireTap } from '../frames/wire-tap.ts'
import type { CloseInfo } from '../life/close-info.ts'

/** Hooks for the life of connections, as a runtime's own diagnostics want them. `source` is the protocol; what a hook throws is ignored. */
export interface Observer {
  /** The opening handshake succeeded. */
  opened?(source: object): void
  /** The connection is gone, open before or not. */
  closed?(source: object, info: CloseInfo): void
  /** An error that also goes to `factory.onError`. `source` is the factory where it belongs to no connection. */
  failed?(error: Error, source: object): void
}

/** What watches one connection beside the application's own `wireTap`. */
export interface Observation {
  readonly tap?: WireTap
  readonly observer?: Observer
}

/** A runtime that wants to see connections. */
export interface ObservedRuntime extends Runtime {
  /** Asked once per connection, when it begins; `undefined` where nobody looks, so that nothing is called later. */
  observe?(): Observation | undefined
}
