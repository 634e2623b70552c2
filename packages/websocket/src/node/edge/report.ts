import type { WebSocketFactory } from '../../application/factory.ts'
import { asError } from '../../protocol/faults/as-error.ts'
import { diagnostics } from '../runtime/diagnostics.ts'

/** Tells a factory, and the diagnostics channel, of an error that belongs to no connection. */
export function report(factory: WebSocketFactory, thrown: unknown): void {
  factory.report(asError(thrown), undefined, diagnostics()?.observer)
}
