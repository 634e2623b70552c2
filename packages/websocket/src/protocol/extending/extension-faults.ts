import { type Awaitable, afterwards, heeded, isPromise } from '../../bytes/awaitable.ts'
import type { Emit } from '../../bytes/octets.ts'
import { asError } from '../faults/as-error.ts'
import { ApiMisuse, PeerMisbehaved } from '../faults/errors.ts'
import type { ExtensionInstance, MessageTransform } from './extension.ts'

/** Calls a member of an extension. If it throws or rejects, the error names the extension and the member. */
export function callMember<Result>(name: string, member: string, call: () => Awaitable<Result>): Result
export function callMember(name: string, member: string, call: () => Awaitable<unknown>): unknown {
  let result: Awaitable<unknown>
  try {
    result = call()
  } catch (error) {
    throw blamed(name, member, error)
  }
  return isPromise(result) ? blamedLater(name, member, result) : result
}

function blamedLater(name: string, member: string, result: PromiseLike<unknown>): Promise<unknown> {
  return Promise.resolve(result).then(undefined, error => {
    throw blamed(name, member, error)
  })
}

/** Calls a member of an extension whose result cannot be awaited: a promise is misuse, because its rejection would come too late. */
export function callAtOnce<Result>(name: string, member: string, call: () => Result): Result {
  const result = callMember(name, member, call as () => Awaitable<Result>) as Result
  if (isPromise<unknown>(result)) throw promised(name, member, result)
  return result
}

function promised(name: string, member: string, result: PromiseLike<unknown>): ApiMisuse {
  heeded(result)
  return new ApiMisuse(`extension ${name}: its ${member} must not return a promise`)
}

/** Makes an error that names an extension and its member. Faults of the peer, and misuse, say who is to blame and stay unchanged. */
export function blamed(name: string, member: string, thrown: unknown): unknown {
  const error = asError(thrown)
  if (error instanceof PeerMisbehaved || error instanceof ApiMisuse || error instanceof ExtensionFailed) return error
  return new ExtensionFailed(`extension ${name} failed in its ${member}: ${error.message}`, { cause: thrown })
}

/** A fault of an extension; the cause is the exception. */
class ExtensionFailed extends Error {
  override readonly name = 'ExtensionFailed'
}

/** Makes the error for output of a transform that comes too late and would become part of another message. */
export function emittedTooLate(name: string, member: 'encoder' | 'decoder'): ApiMisuse {
  return new ApiMisuse(`extension ${name}: its ${member} emits before write, flush and end are done, and not later`)
}

/**
 * Wraps a transform of one extension among several, so that its errors name only this extension: exceptions, and output that comes too
 * late. Late output would otherwise reach the next transform in the middle of another message, without any error.
 */
export function answering(
  name: string,
  member: 'encoder' | 'decoder',
  transform: MessageTransform | undefined,
): MessageTransform | undefined {
  if (transform === undefined) return undefined
  return {
    reserved: transform.reserved,
    write: (octets, emit) => inTime(name, member, emit, timely => transform.write(octets, timely)),
    flush: emit => inTime(name, member, emit, timely => transform.flush?.(timely)),
    end: emit => inTime(name, member, emit, timely => transform.end(timely)),
    abandon: () => transform.abandon?.(),
  }
}

function inTime(name: string, member: 'encoder' | 'decoder', emit: Emit, work: (timely: Emit) => Awaitable<void>): Awaitable<void> {
  let isOver = false
  const timely: Emit = octets => {
    if (isOver) throw emittedTooLate(name, member)
    return emit(octets)
  }
  return callMember(name, member, () =>
    afterwards(work(timely), () => {
      isOver = true
    }),
  )
}

/** Checks the result of `encoder` or `decoder` of an extension. Anything but a transform or `undefined` is misuse. */
export function checkedTransform(
  name: string,
  member: 'encoder' | 'decoder',
  { reservedBits }: ExtensionInstance,
  transform: MessageTransform | undefined,
): MessageTransform | undefined {
  if (transform === undefined) return undefined
  if (isPromise<unknown>(transform)) throw promised(name, member, transform)
  if (typeof transform?.write !== 'function' || typeof transform.end !== 'function')
    throw new ApiMisuse(`extension ${name}: its ${member} must return undefined, or an object with the functions write and end`)
  if (member === 'encoder' && (transform.reserved & ~reservedBits) !== 0)
    throw new ApiMisuse(`extension ${name}: its encoder sets reserved bits ${transform.reserved}, and it claims ${reservedBits}`)
  return transform
}

/**
 * Checks the instance that an extension has made for a connection: each member must have the type that the connection relies on. Misuse
 * names the member.
 */
export function checkInstance(name: string, instance: ExtensionInstance): void {
  if (typeof instance !== 'object' || instance === null)
    throw new ApiMisuse(`extension ${name}: its instance must be an object, and not ${instance}`)
  if (!Array.isArray(instance.opcodes)) throw new ApiMisuse(`extension ${name}: opcodes must be an array, and not ${instance.opcodes}`)
  if (typeof instance.close !== 'function') throw new ApiMisuse(`extension ${name}: close must be a function, and not ${instance.close}`)
  for (const member of optionalFunctions) {
    if (instance[member] !== undefined && typeof instance[member] !== 'function')
      throw new ApiMisuse(`extension ${name}: ${member} must be a function, and not ${instance[member]}`)
  }
}

const optionalFunctions = ['encoder', 'decoder', 'check', 'sharedWasSent', 'opened', 'onFrame'] as const
