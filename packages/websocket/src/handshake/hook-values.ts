import { type Awaitable, heeded, isPromise } from '../bytes/awaitable.ts'
import { nearestName } from '../protocol/checks/nearest-name.ts'
import { ApiMisuse, HandshakeFailed } from '../protocol/faults/errors.ts'
import type { ConnectingRequest, ConnectionAccept } from './connection-request.ts'
import { type HeadersInput, HttpException } from './http/http-exception.ts'
import { quoted } from './http/quoted.ts'

/** The parts of an answer of `onConnect` that accepts. */
export interface Acceptance {
  /** The subprotocol; empty for none. */
  readonly protocol: string
  readonly headers: HeadersInput | undefined
  readonly data: unknown
}

/**
 * Calls a hook and passes on its value, at once or when its promise has resolved.
 *
 * Calls `failed` instead with what the hook throws or rejects with, and also with what `then` throws.
 */
export function askHook<T>(call: () => Awaitable<T>, then: (returned: T) => void, failed: (thrown: unknown) => void): void {
  const goOn = (returned: T): void => {
    try {
      then(returned)
    } catch (error) {
      failed(error)
    }
  }
  let returned: Awaitable<T>
  try {
    returned = call()
  } catch (error) {
    return failed(error)
  }
  // wrapped: a thenable of the application may settle twice, or with another promise
  if (isPromise<T>(returned)) Promise.resolve(returned).then(goOn, failed)
  else goOn(returned)
}

/**
 * Reads the value that a server's `onConnect` returned. These accept: nothing, one of the subprotocols that the client offered, and an
 * object with no keys but `protocol`, `headers` and `data`.
 *
 * A returned `HttpException` is thrown. Throws `ApiMisuse` for everything else, such as `false`, an `Error`, a status, or a subprotocol
 * that was not offered: a value that was meant as a refusal must never accept a client.
 */
export function acceptanceOf(returned: ConnectionAccept | null, offered: readonly string[]): Acceptance {
  if (returned === undefined || returned === null) return plainAcceptance
  if (typeof returned === 'string') return { ...plainAcceptance, protocol: offeredProtocol(returned, offered) }
  if (returned instanceof HttpException) throw returned
  if (!isRecord(returned)) throw new ApiMisuse(`onConnect returned ${described(returned)}${howToAnswer}`)
  checkKeys('onConnect', returned, acceptKeys)
  const { protocol, headers, data } = returned
  return { protocol: offeredProtocol(protocol ?? undefined, offered), headers: headers ?? undefined, data }
}

/**
 * Reads the value that a client's `onConnecting` returned: nothing, or an object with parts of the request to replace.
 *
 * A returned `HandshakeFailed` is thrown. Throws `ApiMisuse` for everything else, and for parts that do not exist.
 */
export function changesOf(returned: Partial<ConnectingRequest> | void | null): Partial<ConnectingRequest> {
  if (returned === undefined || returned === null) return {}
  if (returned instanceof HandshakeFailed) throw returned
  if (!isRecord(returned))
    throw new ApiMisuse(`onConnecting returned ${described(returned)}, which is not an object with parts of the request`)
  checkKeys('onConnecting', returned, requestKeys)
  return returned
}

/**
 * Looks for a refusal in the value that a client's `onConnect` returned. Other values have no meaning.
 *
 * A returned `HandshakeFailed` is thrown. Throws `ApiMisuse` for `false` and for any other `Error`.
 */
export function checkConfirmed(returned: unknown): void {
  if (returned instanceof HandshakeFailed) throw returned
  if (returned === false || returned instanceof Error)
    throw new ApiMisuse(`onConnect returned ${described(returned)}; throw a HandshakeFailed to give the connection up`)
}

/**
 * Reads the value of a function that must return a boolean. Throws `ApiMisuse` for everything else, such as a promise, which would count as
 * true.
 */
export function yesOrNo(returned: unknown, where: string): boolean {
  if (typeof returned === 'boolean') return returned
  heeded(returned)
  throw new ApiMisuse(`${where} must return true or false, and returned ${described(returned)}`)
}

function offeredProtocol(protocol: unknown, offered: readonly string[]): string {
  if (protocol === undefined) return ''
  if (typeof protocol !== 'string')
    throw new ApiMisuse(`onConnect returned the subprotocol ${described(heeded(protocol))}, which is not a string`)
  if (offered.includes(protocol)) return protocol
  throw new ApiMisuse(`onConnect returned the subprotocol ${quoted(protocol)}, which was not offered by the client`)
}

/** Tells whether a value is a plain object, of any realm. Instances of classes are not: a class of refusals may have no keys. */
function isRecord(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  const prototype = Object.getPrototypeOf(value) as object | null
  if (prototype === null) return true
  const isOfObject = Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'hasOwnProperty')
  return isOfObject && Object.prototype.toString.call(value) === '[object Object]'
}

function checkKeys(hook: string, returned: object, keys: readonly string[]): void {
  const unknown = Reflect.ownKeys(returned).find(key => typeof key === 'symbol' || !keys.includes(key))
  if (unknown === undefined) return
  const meant = nearestName(String(unknown), keys)
  const hint = meant === undefined ? `there are ${keys.join(', ')}` : `did you mean ${meant}?`
  const place =
    meant === undefined && keys.includes('data') ? ': put what handlers read under data, and throw an HttpException to refuse' : ''
  throw new ApiMisuse(`${hook} returned an object with the key ${String(unknown)}; ${hint}${place}`)
}

function described(value: unknown): string {
  if (value instanceof Error) return `an error (${value.name}: ${value.message})`
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object' && value !== null) return `an object (${Object.prototype.toString.call(value).slice(8, -1)})`
  return typeof value === 'string' ? quoted(value) : typeof value === 'function' ? 'a function' : String(value)
}

const plainAcceptance: Acceptance = { protocol: '', headers: undefined, data: undefined }
const acceptKeys = ['protocol', 'headers', 'data']
const requestKeys = ['host', 'resource', 'headers', 'origin', 'protocols', 'useragent']
const howToAnswer =
  ', which does not accept: return nothing, an offered subprotocol, or { protocol, headers, data }; throw an HttpException to refuse'
