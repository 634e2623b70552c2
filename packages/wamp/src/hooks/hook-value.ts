import { ApiMisuse, shownValue } from '@autobahn-ts/websocket/portable'

/** Returns the value, or throws it if it is an error: a hook that returns an error refuses like one that throws it (decision 60). */
export function unlessError<Value>(value: Value): Value {
  if (isError(value)) throw value
  return value
}

/** Whether a value is an error. Returns false for a proxy whose traps throw. */
export function isError(value: unknown): value is Error {
  try {
    return value instanceof Error
  } catch {
    return false
  }
}

/** The error of a hook that returned a value which is neither an acceptance nor a refusal. Such a value refuses. */
export class UnclearValue extends ApiMisuse {}

/** Makes the error of a hook's unclear value. `wanted` is what to return instead. */
export function unclear(hook: string, value: unknown, wanted: string): UnclearValue {
  return new UnclearValue(`${hook} returned ${shownValue(value)}, which counts as a refusal: ${wanted}`)
}

/** Checks the value of a hook that accepts by returning nothing. Throws a returned error, and `UnclearValue` for any other value. */
export function expectNothing(hook: string, value: unknown): void {
  if (unlessError(value) !== undefined && value !== null) throw unclear(hook, value, 'return nothing to accept, throw to refuse')
}
