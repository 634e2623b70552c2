import type { WebSocketFactory } from '../classes/factory.ts'
import { asError } from '../protocol/as-error.ts'

/** Tells a factory of an error that belongs to no connection. What its `onError` throws in turn must not end the process. */
export function report(factory: WebSocketFactory, thrown: unknown): void {
  try {
    factory.onError(asError(thrown), undefined)
  } catch (error) {
    console.error(error)
  }
}
