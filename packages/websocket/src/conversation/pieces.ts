import { asError } from '../protocol/faults/as-error.ts'
import { ApiMisuse } from '../protocol/faults/errors.ts'
import { shownValue } from '../protocol/faults/shown-value.ts'
import type { Readable, ReadableBlob, Source } from './connection.ts'

/** A message whose octets have to be asked for. */
export type InPieces = ReadableBlob | Source<unknown>

/** The iterator over the pieces of a source. */
export interface Pieces {
  next(): Promise<IteratorResult<unknown>> | IteratorResult<unknown>
  return?(): unknown
}

/**
 * Tells whether a message is iterated for octets. Collections are not: most of them never hold octets, and an empty one could not be told
 * from an empty source.
 */
export function isPieces(message: unknown): message is Source<unknown> {
  if (typeof message !== 'object' || message === null || ArrayBuffer.isView(message) || message instanceof typedArray) return false
  if (Symbol.asyncIterator in message) return typeof message[Symbol.asyncIterator] === 'function'
  if (isReadable(message)) return true
  return Symbol.iterator in message && typeof message[Symbol.iterator] === 'function' && !collections.has(tagOf(message))
}

/** Tells whether a value is a `ReadableStream` that is not async iterable, as in some browsers. */
function isReadable(value: object): value is Readable<unknown> {
  return 'getReader' in value && typeof value.getReader === 'function'
}

/** Tells whether a value is a `Blob` or a `File`, of any realm. */
export function isBlob(value: object): value is ReadableBlob {
  return blobs.has(tagOf(value)) && typeof (value as ReadableBlob).stream === 'function'
}

function tagOf(value: object): string {
  return Object.prototype.toString.call(value).slice(8, -1)
}

/**
 * Returns the iterator of a source. Throws `ApiMisuse` where there is none: a stream that has another reader, or an object that only looks
 * like a source.
 */
export function iteratorOf(pieces: Source<unknown>): Pieces {
  try {
    const iterator = begun(pieces)
    if (typeof (iterator as Pieces | undefined)?.next === 'function') return iterator as Pieces
    throw new ApiMisuse(`a source of octets must have an iterator, and not ${shownValue(iterator)}`)
  } catch (error) {
    throw asMisuse(error, `${shownValue(pieces)} cannot be iterated over`)
  }
}

function begun(pieces: Source<unknown>): unknown {
  if (isReadable(pieces)) return readerOf(pieces)
  return Symbol.asyncIterator in pieces ? pieces[Symbol.asyncIterator]() : (pieces as Iterable<unknown>)[Symbol.iterator]()
}

/**
 * Reads a `ReadableStream`, and gives it up when it is let go of: at once, while the iterator of the platform, which some browsers do not have,
 * would wait for the piece that it was asked for.
 */
function readerOf(stream: Readable<unknown>): Pieces {
  const reader = stream.getReader() as ReturnType<typeof stream.getReader> & { cancel?(): unknown }
  return {
    next: () => reader.read() as Promise<IteratorResult<unknown>>,
    return: () => reader.cancel?.(),
  }
}

/**
 * Tells a source to free what it holds. Does not wait for it: it may be stuck, and its errors do not matter any more.
 *
 * The iterator of a Node stream ends only after the piece that it waits for, and does nothing where it has not begun, so the stream is told
 * too.
 */
export function letGo(iterator: Pieces, source: Source<unknown> & { destroy?(): unknown }): void {
  try {
    Promise.resolve(iterator.return?.()).catch(ignore)
    source.destroy?.()
  } catch {
    // as above
  }
}

/** Tells a source that was not begun to free what it holds, because its message will not be sent. Does nothing for a `Blob`. */
export function abandon(source: InPieces): void {
  if (isBlob(source)) return
  try {
    letGo(iteratorOf(source), source)
  } catch {
    // it cannot be read: another reader has it
  }
}

/** Turns errors of the engine and of getters into `ApiMisuse`. */
export function asMisuse(error: unknown, what: string): ApiMisuse {
  if (error instanceof ApiMisuse) return error
  const cause = asError(error)
  return new ApiMisuse(`${what}: ${cause.message}`, { cause })
}

function ignore(): void {}

const blobs: ReadonlySet<string> = new Set(['Blob', 'File'])

/** The base class of all typed arrays. A proxy for one, or an object with its prototype, inherits iteration that throws. */
const typedArray = Object.getPrototypeOf(Uint8Array) as { readonly prototype: object; new (): object }

/** Kinds of iterable objects that are refused even where they are empty. To send a Set of octets, pass the list `[...set]`. */
const collections: ReadonlySet<string> = new Set(['String', 'Map', 'Set', 'URLSearchParams', 'FormData', 'Headers'])
