import type { WebSocketFactory } from '../../application/factory.ts'
import { asError } from '../../protocol/faults/as-error.ts'
import { diagnostics } from '../runtime/diagnostics.ts'

/** Reports an error that belongs to no connection of a server to its factory and to the diagnostics channel. */
export function report(factory: WebSocketFactory, thrown: unknown): void {
  factory.report(asError(thrown), undefined, diagnostics(true)?.observer)
}
