import { heeded } from '../../bytes/awaitable.ts'
import { asError } from '../faults/as-error.ts'

/** Calls an application's handler of errors. What the handler throws, or rejects with, is printed: it must not reach the event loop. */
export function tellError(onError: () => unknown): void {
  try {
    heeded(onError(), printError)
  } catch (thrown) {
    printError(thrown)
  }
}

/** Prints what was thrown. Never throws: an error whose `stack` cannot be read is printed as its message. */
export function printError(thrown: unknown): void {
  try {
    console.error(thrown)
  } catch {
    console.error(asError(thrown).message)
  }
}
