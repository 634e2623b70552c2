import { ConnectionClosed } from '../protocol/faults/errors.ts'

/**
 * Returns a promise with the same outcome, on which an unhandled `ConnectionClosed` does not end the process: a peer may always go away.
 */
export function calm<T>(promise: Promise<T>): Promise<T> {
  const calmed = new Promise<T>((resolve, reject) => {
    promise.then(resolve, (error: unknown) => {
      reject(error)
      if (error instanceof ConnectionClosed) calmed.catch(() => undefined)
    })
  })
  return calmed
}
