import { ApiMisuse } from '@autobahn-ts/websocket/portable'
import { isPlain } from '../messages/is-plain.ts'
import type { Message } from '../messages/message.ts'
import type { MessageRule } from '../messages/message-rule.ts'
import type { Payload } from '../messages/payload.ts'
import { defaultLimits } from './limits.ts'

/** Thrown by writers for a value that WAMP cannot express. It does not name the value; `misuse` finds the place. */
export const unsendable: Error = /* @__PURE__ */ new Error('a value cannot be expressed in WAMP')

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

/** Makes the error of a message that could not be written: it names the first value that WAMP cannot express. */
export function misuse(message: Message, rule: MessageRule | undefined): ApiMisuse {
  if (rule === undefined) return new ApiMisuse(`${String(message[0])} is not the code of a message of WAMP`)
  for (const [n, element] of rule.elements.entries()) {
    const fault = faultIn(message[n + 1], `${rule.name}.${element.name}`, 1)
    if (fault !== undefined) return new ApiMisuse(fault)
  }
  const payload = message[rule.elements.length + 1] as Payload | undefined
  const fault = faultIn(payload?.args, 'args', 1) ?? faultIn(payload?.kwargs, 'kwargs', 1)
  return new ApiMisuse(fault ?? `a value of ${rule.name} changed while it was written`)
}

function faultIn(value: unknown, path: string, depth: number): string | undefined {
  if (typeof value !== 'object' || value === null) return faultOf(value, path)
  if (depth > maxSentDepth) return `${path} is deeper than ${maxSentDepth} levels`
  if (binaryOf(value) !== undefined) return undefined
  const isList = Array.isArray(value)
  if (!isList && !isPlain(value)) return `${path} is ${instance(value)}, and WAMP has only plain objects: send its data`
  for (const [key, item] of Object.entries(value)) {
    if (!isSendableText(key)) return `${path} has a key that begins with U+0000 or has half of a surrogate pair`
    const fault = item === undefined ? undefined : faultIn(item, isList ? `${path}[${key}]` : `${path}.${key}`, depth + 1)
    if (fault !== undefined) return fault
  }
  return undefined
}

function faultOf(value: unknown, path: string): string | undefined {
  if (typeof value === 'function' || typeof value === 'symbol') return `${path} is a ${typeof value}, which cannot be sent`
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : `${path} is ${value}, and WAMP has only finite numbers`
  if (typeof value === 'bigint') return isSendableInteger(value) ? undefined : `${path} is an integer beyond 64 bits`
  if (typeof value !== 'string' || isSendableText(value)) return undefined
  return value.charCodeAt(0) === 0
    ? `${path} is a text that begins with U+0000, which WAMP cannot tell from binary data`
    : `${path} is a text with half of a surrogate pair`
}

function instance(value: object): string {
  const name: unknown = value.constructor?.name
  return typeof name === 'string' && name !== '' ? `an instance of ${name}` : 'an object of a class'
}

/** Unicode mode takes pairs as one character, so that only halves are surrogates. */
const loneSurrogate = /\p{Surrogate}/u
