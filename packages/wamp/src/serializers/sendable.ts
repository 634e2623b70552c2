import { defaultLimits } from './limits.ts'

/** The depth of values that are sent, which is what receivers take by default. */
export const maxSentDepth: number = defaultLimits.maxDepth

/** Returns the octets of binary data, `Uint8Array` or `ArrayBuffer`; `undefined` for other objects. */
export function binaryOf(value: object): Uint8Array | undefined {
  if (value instanceof Uint8Array) return value
  const tag = Object.prototype.toString.call(value)
  if (tag === '[object ArrayBuffer]') return new Uint8Array(value as ArrayBuffer)
  return tag === '[object Uint8Array]' ? (value as Uint8Array) : undefined
}

/** Tells whether a text can be sent: it does not begin with U+0000 and has no half of a surrogate pair. */
export function isSendableText(text: string): boolean {
  return text.charCodeAt(0) !== 0 && !loneSurrogate.test(text)
}

/** Tells whether an integer fits into 64 bits, signed or not. */
export function isSendableInteger(integer: bigint): boolean {
  return integer >= -(2n ** 63n) && integer < 2n ** 64n
}

/** Unicode mode takes pairs as one character, so that only halves are surrogates. */
const loneSurrogate = /\p{Surrogate}/u
