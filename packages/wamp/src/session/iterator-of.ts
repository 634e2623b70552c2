import { guarded, shownValue } from '@autobahn-ts/websocket/portable'

/** Returns the iterator of a source of values, asynchronous or not. */
export function iteratorOf(source: AsyncIterable<unknown> | Iterable<unknown>): AsyncIterator<unknown> | Iterator<unknown> {
  return Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]()
}

/** Whether the result of a handler is a source of progressive results: a generator, or an asynchronous iterable. A list is one value. */
export function isSource(value: unknown): value is AsyncIterable<unknown> | Iterable<unknown> {
  if (typeof value !== 'object' || value === null) return false
  return Symbol.asyncIterator in value || (Symbol.iterator in value && 'next' in value && typeof value.next === 'function')
}

/** Returns a step of an iterator. Throws `TypeError` for what is not an object, as loops do: without an end it would be read for ever. */
export function stepOf(step: unknown): IteratorResult<unknown> {
  if (typeof step === 'object' && step !== null) return step as IteratorResult<unknown>
  throw new TypeError(`next of an iterator must return an object, and not ${shownValue(step)}`)
}

/**
 * Ends a source that is not read to its end, as `break` in a loop does. It is not waited for: a generator that is busy ends at its next `yield`. What the
 * source throws, or rejects with, goes to `failed`.
 */
export function endSource(iterator: AsyncIterator<unknown> | Iterator<unknown>, failed: (error: unknown) => void): void {
  guarded((): unknown => iterator.return?.(), failed)
}
