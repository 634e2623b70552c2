import { heeded } from '../../bytes/awaitable.ts'
import { asError } from '../faults/as-error.ts'

/**
 * Calls a function of the application that is not waited for, and returns its result. If it throws or rejects, `failed` gets the error, so that it does not
 * reach the event loop.
 */
export function guarded<T>(run: () => T, failed: (error: unknown) => void): T | undefined {
  try {
    return heeded(run(), failed)
  } catch (error) {
    failed(error)
  }
}

/** Prints a thrown value. Never throws: an error whose `stack` cannot be read is printed as its message. */
export function printError(thrown: unknown): void {
  try {
    console.error(thrown)
  } catch {
    console.error(asError(thrown).message)
  }
}

/**
 * Returns a function that passes what was thrown to `onError`, or prints it. Never throws: what `onError` throws, or its promise rejects with, is
 * printed.
 */
export function reporting(onError: ((error: Error) => void) | undefined): (thrown: unknown) => void {
  return thrown => guarded(() => (onError === undefined ? printError(thrown) : onError(asError(thrown))), printError)
}
