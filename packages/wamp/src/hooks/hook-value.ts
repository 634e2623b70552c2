import { ApiMisuse, shownValue } from '@autobahn-ts/websocket/portable'

/** Throws a value that is an error: a hook that returns an error refuses as one that throws it. */
export function unlessError<Value>(value: Value): Value {
  if (isError(value)) throw value
  return value
}

/** Whether a value is an error. A proxy that does not let itself be asked is none. */
export function isError(value: unknown): value is Error {
  try {
    return value instanceof Error
  } catch {
    return false
  }
}

/** A hook of the application has returned a value that is neither an acceptance nor a refusal. Such a value refuses. */
export class UnclearValue extends ApiMisuse {}

/** Names the hook, its value, and what to return instead. */
export function unclear(hook: string, value: unknown, wanted: string): UnclearValue {
  return new UnclearValue(`${hook} returned ${shownValue(value)}, which counts as a refusal: ${wanted}`)
}

/** Checks the value of a hook that accepts by returning nothing. An error is thrown on, and any other value is misuse. */
export function expectNothing(hook: string, value: unknown): void {
  if (unlessError(value) !== undefined && value !== null) throw unclear(hook, value, 'return nothing to accept, throw to refuse')
}
