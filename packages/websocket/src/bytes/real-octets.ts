import type { Octets } from './octets.ts'

/**
 * Returns the octets of a value as a plain array over the same memory; `undefined` where it is not a `Uint8Array`.
 *
 * The value's own claims are not trusted: `Symbol.toStringTag` can be set on any object, and a subclass or an own property can return a
 * wrong `length`. A header with such a length would be followed by other octets, and a runtime that gets an object in place of octets ends
 * the process. Arrays of other realms and of subclasses, such as Node's `Buffer`, are accepted.
 */
export function realOctets(value: unknown): Octets | undefined {
  if (kindOf.call(value) !== 'Uint8Array') return undefined
  const octets = value as Octets
  // A new array for each payload shows in what small messages cost. Those are copied by the engine, so that only the length matters.
  const { length } = octets
  if (length <= small && length === lengthOf.call(octets) && Object.getPrototypeOf(octets) === Uint8Array.prototype) return octets
  return plainView(octets)
}

/** A plain array over the memory of another one. Over memory that was transferred no array can be made. */
function plainView(octets: Octets): Octets {
  const length = lengthOf.call(octets)
  return length === 0 ? new Uint8Array(0) : new Uint8Array(bufferOf.call(octets), offsetOf.call(octets), length)
}

/**
 * Returns the octets of any view of memory or of an `ArrayBuffer`, as a plain array over the same memory; `undefined` for any other value.
 * Memory that was transferred looks empty. As in `realOctets`, the engine is asked, and not the value.
 */
export function memoryOctets(value: unknown): Octets | undefined {
  try {
    if (!ArrayBuffer.isView(value)) return new Uint8Array(value as ArrayBuffer, 0, bufferLengthOf.call(value))
    if (kindOf.call(value) === undefined)
      return new Uint8Array(viewBufferOf.call(value), viewOffsetOf.call(value), viewLengthOf.call(value))
    const length = byteLengthOf.call(value)
    return length === 0 ? new Uint8Array(0) : new Uint8Array(bufferOf.call(value), offsetOf.call(value), length)
  } catch {
    return isMemory(value) ? new Uint8Array(0) : undefined
  }
}

/** Tells whether a value is a view of memory or an `ArrayBuffer`, also one that was transferred. */
function isMemory(value: unknown): boolean {
  if (ArrayBuffer.isView(value)) return true
  try {
    bufferLengthOf.call(value)
    return true
  } catch {
    return false
  }
}

/** Tells whether the memory of a view was transferred, or was made smaller than the view needs: the view looks empty then. */
export function isDetached(memory: ArrayBufferView | ArrayBuffer): boolean {
  try {
    if (!ArrayBuffer.isView(memory)) new Uint8Array(memory)
    else if (kindOf.call(memory) === undefined) viewLengthOf.call(memory)
    else indexOf.call(memory as Octets, 0)
    return false
  } catch {
    return true
  }
}

/** Describes the kind of a value, for errors about values that are not octets. */
export function nameOfKind(value: unknown): string {
  if (value === null) return 'null'
  if (typeof value !== 'object') return typeof value
  try {
    const tag = Object.prototype.toString.call(value).slice(8, -1)
    return tag === 'Uint8Array' || value instanceof Uint8Array ? 'an object that only looks like one' : tag
  } catch {
    // thrown by a proxy or a getter
    return 'object'
  }
}

const typedArray = Object.getPrototypeOf(Uint8Array.prototype) as object
const kindOf = getter<string | undefined>(typedArray, Symbol.toStringTag)
const bufferOf = getter<ArrayBuffer>(typedArray, 'buffer')
const offsetOf = getter<number>(typedArray, 'byteOffset')
const lengthOf = getter<number>(typedArray, 'length')
const byteLengthOf = getter<number>(typedArray, 'byteLength')
const viewBufferOf = getter<ArrayBuffer>(DataView.prototype, 'buffer')
const viewOffsetOf = getter<number>(DataView.prototype, 'byteOffset')
const viewLengthOf = getter<number>(DataView.prototype, 'byteLength')
const bufferLengthOf = getter<number>(ArrayBuffer.prototype, 'byteLength')
const { indexOf } = Uint8Array.prototype

/** A getter of the engine itself, which returns the kind of an array and not its own claim. */
function getter<Value>(prototype: object, name: PropertyKey): (this: unknown) => Value {
  return Object.getOwnPropertyDescriptor(prototype, name)!.get as (this: unknown) => Value
}

const small = 4096
