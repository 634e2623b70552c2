import { heeded } from '../../bytes/awaitable.ts'
import { asError } from '../faults/as-error.ts'

/**
 * Calls a function of the application that is not waited for, and gives what it returns. What it throws, or rejects with, goes to `failed`: it must not
 * reach the event loop.
 */
export function guarded<T>(run: () => T, failed: (error: unknown) => void): T | undefined {
  try {
    return heeded(run(), failed)
  } catch (error) {
    failed(error)
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
