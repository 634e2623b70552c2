import type { Octets } from '../bytes/octets.ts'
import { memoryOctets } from '../bytes/real-octets.ts'

/**
 * Conversions of Web IDL (§3.2), as far as the interfaces of this folder need them. They throw `TypeError`s, as the platform does, and not `ApiMisuse`.
 */

/** Converts a value to a string without lone surrogates, which become U+FFFD (USVString). */
export function scalarText(value: unknown): string {
  const text = `${value as string}`
  return anySurrogate.test(text) ? text.replace(/\p{Surrogate}/gu, '\uFFFD') : text
}

/** Finds half of a pair, which most texts do not have: without the flag `u` the search is a plain one. */
const anySurrogate = /[\ud800-\udfff]/

/** Converts a value to a whole number from 0 to 65,535, and takes the nearest where it is outside ([Clamp] unsigned short). */
export function clampedShort(value: unknown): number {
  const number = Number(value)
  if (Number.isNaN(number)) return 0
  const clamped = Math.min(Math.max(number, 0), 65_535)
  const below = Math.floor(clamped)
  const isNearerAbove = clamped - below > 0.5 || (clamped - below === 0.5 && below % 2 === 1)
  return isNearerAbove ? below + 1 : below
}

/** Converts a value to a whole number from 0 to 65,535, modulo 65,536 (unsigned short). */
export function wrappedShort(value: unknown): number {
  const number = Math.trunc(Number(value))
  return Number.isFinite(number) ? ((number % 65_536) + 65_536) % 65_536 : 0
}

/** Converts a value to an object of options; nothing stands for an empty one (dictionary). Throws `TypeError` for anything else. */
export function dictionary(value: unknown, where: string): Readonly<Record<string, unknown>> {
  if (value === undefined || value === null) return {}
  if (typeof value !== 'object' && typeof value !== 'function') throw new TypeError(`${where} must be an object, and not ${String(value)}`)
  return value as Readonly<Record<string, unknown>>
}

/**
 * Returns the octets of a view of memory or of an `ArrayBuffer`; `undefined` for any other value (BufferSource). Throws `TypeError` for memory that threads
 * share and for memory that can be resized.
 */
export function bufferSource(value: unknown): Octets | undefined {
  // asked first, because the engine is asked about memory by calls that throw for anything else
  if (typeof value !== 'object' || value === null) return undefined
  const octets = memoryOctets(value)
  if (octets === undefined) return undefined
  const memory: ArrayBufferLike & { readonly resizable?: boolean } = ArrayBuffer.isView(value) ? value.buffer : (value as ArrayBuffer)
  if (!(memory instanceof ArrayBuffer) && Object.prototype.toString.call(memory) === '[object SharedArrayBuffer]')
    throw new TypeError('memory that threads share cannot be sent: send a copy')
  if (memory.resizable === true) throw new TypeError('memory that can be resized cannot be sent: send a copy')
  return octets
}

/** Converts the items of an iterable object to strings (sequence<USVString>). Throws `TypeError` for anything else, a string included. */
export function textSequence(value: unknown, where: string): string[] {
  if (!isIterableObject(value)) throw new TypeError(`${where} must be a list of strings`)
  return Array.from(value, scalarText)
}

/** Tells whether a value is an object that can be iterated over. */
export function isIterableObject(value: unknown): value is Iterable<unknown> {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false
  const method: unknown = Reflect.get(value, Symbol.iterator)
  return typeof method === 'function'
}

/** Throws a `TypeError` where a call has fewer arguments than it needs. */
export function needsArguments(count: number, given: number, where: string): void {
  if (given < count) throw new TypeError(`${where} needs ${count} ${count === 1 ? 'argument' : 'arguments'}, and got ${given}`)
}
